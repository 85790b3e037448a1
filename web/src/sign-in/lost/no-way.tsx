/** Where nothing is left to choose: whom to turn to. */
import type { ReactNode } from 'react';
import { pageMeta } from '../../page-meta.ts';
import { t } from '../../texts.tsx';
import type { FlowView } from '../flow.ts';

interface NoWayProps {
  readonly title: string;
  readonly lead: string;
}

function NoWay({ title, lead }: NoWayProps): ReactNode {
  return (
    <details className="fold">
      <summary>{title}</summary>
      <p>{lead}</p>
    </details>
  );
}

/** For somebody who has no other way, or none of them at hand. */
export function NoneOfThese({ title }: Pick<NoWayProps, 'title'>): ReactNode {
  return <NoWay title={title} lead={t('others.none.lead', { service: pageMeta.service })} />;
}

/** For a mailbox of the account that has to be confirmed: nothing else takes its place. */
export function NoMailbox({ flow }: { flow: FlowView }): ReactNode {
  const held = flow.name === 'sign-in' || flow.name === 'recovery';
  if (flow.answer?.step !== 'confirm-address' || !held) return null;
  return <NoWay title={t('others.no-mailbox')} lead={t('others.none.mailbox', { service: pageMeta.service })} />;
}
