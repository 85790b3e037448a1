/** The ways of confirming that it is you: what there is, since when, and what can be done with each. */
import { type ReactNode, useState } from 'react';
import { Link } from '../navigation.tsx';
import { kindName, t } from '../texts.tsx';
import { CameInAnotherWay } from './came-in.tsx';
import type { Account, Factor, Factors } from './data.ts';
import { ago, dayOf } from './dates.ts';
import { MethodDialog, type MethodTask } from './method-dialog.tsx';
import { MethodMenu } from './method-menu.tsx';
import { MethodPicture } from './passkeys/picture.tsx';

function history(factor: Factor): string {
  const date = dayOf(factor.createdAt);
  const added = factor.createdFrom
    ? t('methods.created-from', { date, from: factor.createdFrom })
    : t('methods.created', { date });
  const used = factor.lastUsedAt ? t('methods.used', { date: ago(factor.lastUsedAt) }) : t('methods.never-used');
  return `${added} · ${used}`;
}

/** Whether a passkey goes along to other devices, where its level or its provider says so; else nothing is claimed. */
function keptWhere({ level, look }: Factor): string {
  if (level === 'aal3') return t('methods.bound');
  return look?.category === 'cloud' ? t('methods.synced') : '';
}

interface MethodProps {
  readonly factor: Factor;
  readonly several: boolean;
  readonly canLose: boolean;
  readonly onTask: (task: MethodTask) => void;
}

function Method({ factor, several, canLose, onTask }: MethodProps): ReactNode {
  const label = factor.label || kindName(factor.kind);
  const name = factor.serial === undefined ? kindName(factor.kind) : t('way.token');
  const provider = factor.look?.name ?? '';
  const more = [name, provider, factor.hint].filter((text) => text && text !== label).join(' · ');
  return (
    <li className="item">
      <MethodPicture factor={factor} />
      <div className="item-words">
        <p className="item-name">
          {label}
          {factor.preferred && several && <em className="badge">{t('methods.preferred')}</em>}
          {factor.state === 'lost' && <em className="badge badge-bad">{t('methods.lost')}</em>}
          {factor.expired === true && <em className="badge badge-bad">{t('methods.expired')}</em>}
        </p>
        {factor.asked === false && factor.state === 'active' && <p className="item-more">{t('methods.not-asked')}</p>}
        {factor.expired === true && <p className="item-more">{t('methods.expired.lead')}</p>}
        {factor.unavailable === true && <p className="item-more">{t('methods.unavailable')}</p>}
        {more && <p className="item-more">{more}</p>}
        {keptWhere(factor) && <p className="item-more">{keptWhere(factor)}</p>}
        <p className="item-more">{history(factor)}</p>
      </div>
      <MethodMenu factor={factor} label={label} several={several} canLose={canLose} onTask={onTask} />
    </li>
  );
}

export function Methods({ account, factors }: { account: Account; factors: Factors }): ReactNode {
  const [task, setTask] = useState<MethodTask>();
  const everyday = factors.factors.filter((factor) => factor.use === 'everyday');
  const active = everyday.filter((factor) => factor.state === 'active').length;
  const recovery = factors.factors.some((factor) => factor.use === 'recovery');
  const addable = factors.kinds.length > 0;
  return (
    <section className="panel">
      <h2>{t('methods.title')}</h2>
      <p className="panel-lead">{t('methods.lead')}</p>
      <CameInAnotherWay factors={everyday} onTask={setTask} />
      {everyday.length === 0 && <p className="item-more">{t('methods.none')}</p>}
      {everyday.length > 0 && (
        <ul>
          {everyday.map((factor) => (
            <Method
              key={factor.id}
              factor={factor}
              several={active > 1}
              canLose={active > 1 || recovery}
              onTask={setTask}
            />
          ))}
        </ul>
      )}
      {addable && account.secondFactor && (
        <Link to="/account/add" className="button button-plain">
          {t('methods.add')}
        </Link>
      )}
      {task && <MethodDialog task={task} last={active <= 1} onClose={() => setTask(undefined)} />}
    </section>
  );
}
