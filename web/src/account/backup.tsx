/** Backup codes and paper key: what is left, and new ones. */
import type { ReactNode } from 'react';
import { Link } from '../navigation.tsx';
import { t } from '../texts.tsx';
import type { Account, Factor } from './data.ts';
import { dayOf } from './dates.ts';

interface ReserveProps {
  readonly name: string;
  readonly state: string;
  readonly low: boolean;
  readonly to: string;
  readonly action: string;
}

function Reserve({ name, state, low, to, action }: ReserveProps): ReactNode {
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
  if (!left) return t('backup.codes.none');
  const count = t('backup.codes.left', { count: left });
  return left <= 2 ? `${count}. ${t('backup.codes.few')}` : count;
}

export function Backup({ account, factors }: { account: Account; factors: readonly Factor[] }): ReactNode {
  const key = factors.find((factor) => factor.kind === 'paper-key');
  const left = account.codesLeft;
  return (
    <section className="panel">
      <h2>{t('backup.title')}</h2>
      <p className="panel-lead">{account.secondFactor ? t('backup.lead') : t('backup.needs-second')}</p>
      {account.secondFactor && (
        <ul>
          <Reserve
            name={t('backup.codes')}
            state={codesState(left)}
            low={left !== null && left <= 2}
            to="/account/backup-codes"
            action={left === null ? t('backup.codes.first') : t('backup.codes.new')}
          />
          <Reserve
            name={t('backup.key')}
            state={key ? t('backup.key.have', { date: dayOf(key.createdAt) }) : t('backup.key.none')}
            low={false}
            to="/account/paper-key"
            action={account.paperKey ? t('backup.key.new') : t('backup.key.first')}
          />
        </ul>
      )}
    </section>
  );
}
