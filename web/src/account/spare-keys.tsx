/** Backup codes and paper key: what is left, and new ones. */
import type { ReactNode } from 'react';
import { Link } from '../navigation.tsx';
import { t } from '../texts.tsx';
import type { Account, Factor } from './data.ts';
import { dayOf } from './dates.ts';

interface SpareProps {
  readonly name: string;
  readonly state: string;
  readonly low: boolean;
  readonly to: string;
  readonly action: string;
}

function Spare({ name, state, low, to, action }: SpareProps): ReactNode {
  return (
    <li className="item">
      <div className="item-words">
        <p className="item-name">{name}</p>
        <p className={low ? 'item-low' : 'item-more'}>{state}</p>
      </div>
      <Link to={to} className="button button-plain">
        {action}
      </Link>
    </li>
  );
}

function codesState(left: number | null): string {
  if (!left) return t('spare.codes.none');
  const count = t('spare.codes.left', { count: left });
  return left <= 2 ? `${count}. ${t('spare.codes.few')}` : count;
}

export function SpareKeys({ account, factors }: { account: Account; factors: readonly Factor[] }): ReactNode {
  const key = factors.find((factor) => factor.kind === 'paper-key');
  const left = account.codesLeft;
  return (
    <section className="panel">
      <h2>{t('spare.title')}</h2>
      <p className="panel-lead">{account.secondFactor ? t('spare.lead') : t('spare.needs-second')}</p>
      {account.secondFactor && (
        <ul>
          <Spare
            name={t('spare.codes')}
            state={codesState(left)}
            low={left !== null && left <= 2}
            to="/account/backup-codes"
            action={left === null ? t('spare.codes.first') : t('spare.codes.new')}
          />
          <Spare
            name={t('spare.key')}
            state={key ? t('spare.key.have', { date: dayOf(key.createdAt) }) : t('spare.key.none')}
            low={false}
            to="/account/paper-key"
            action={account.paperKey ? t('spare.key.new') : t('spare.key.first')}
          />
        </ul>
      )}
    </section>
  );
}
