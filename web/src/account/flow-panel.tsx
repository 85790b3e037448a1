/** A change that is a flow: what it is about, its prompts one after the other, and what came of it. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import type { FlowName, FlowStart } from '../api.ts';
import { Link } from '../navigation.tsx';
import { FaultSlot } from '../sign-in/answer-form.tsx';
import { type Flow, useFlow } from '../sign-in/flow.ts';
import { FlowBody } from '../sign-in/flow-body.tsx';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { Heading } from '../ui/heading.tsx';
import { useGuard } from './step-up.tsx';

interface Words {
  readonly title: string;
  readonly lead: string;
}

interface FlowPanelProps extends Words {
  readonly name: FlowName;
  readonly start?: FlowStart;
  /** Whether it begins by itself; where that fails, or a fresh proof is not given, `begin` is shown. */
  readonly atOnce?: boolean;
  /** The button that begins it, or what stands in its place. */
  readonly begin: string | ((flow: Flow) => ReactNode);
  readonly done: Words;
}

function Begin({
  flow,
  title,
  lead,
  begin,
}: Pick<FlowPanelProps, 'title' | 'lead' | 'begin'> & { flow: Flow }): ReactNode {
  const fault = useId();
  return (
    <div className="step">
      <Heading focus>{title}</Heading>
      <p className="lead">{lead}</p>
      {typeof begin !== 'string' && begin(flow)}
      <FaultSlot flow={flow} ask={flow.name} id={fault} />
      {typeof begin === 'string' && (
        <div className="row">
          <Button look="primary" busy={flow.busy} onClick={() => flow.begin()}>
            {begin}
          </Button>
          <Link to="/account" className="button button-plain">
            {t('account.cancel')}
          </Link>
        </div>
      )}
    </div>
  );
}

function Done({ title, lead }: Words): ReactNode {
  return (
    <div className="step">
      <Heading focus>{title}</Heading>
      <p className="lead">{lead}</p>
      <div>
        <Link to="/account" className="button button-primary">
          {t('account.back')}
        </Link>
      </div>
    </div>
  );
}

export function FlowPanel({ name, start, atOnce = false, begin, done, title, lead }: FlowPanelProps): ReactNode {
  const guard = useGuard();
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries();
  const flow = useFlow({ name, inAddress: true, atOnce, guard, onDone: refresh, ...(start ? { start } : {}) });
  const beginning = atOnce && !flow.answer && !flow.fault;
  if (flow.loading || beginning) return <p className="waiting">{t('app.wait')}</p>;
  // What was refused on the phone is over too, and says so itself.
  const over = flow.answer?.done === true && !flow.answer.refused;
  return (
    <>
      {!over && (
        <p className="back">
          <Link to="/account">{t('account.back')}</Link>
        </p>
      )}
      <div className="flow-panel">
        {over && <Done {...done} />}
        {!over && flow.answer && <FlowBody flow={flow} />}
        {!flow.answer && <Begin flow={flow} title={title} lead={lead} begin={begin} />}
      </div>
    </>
  );
}
