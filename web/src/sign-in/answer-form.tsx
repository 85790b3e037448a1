/** The form around a prompt: one submit at a time, its fault told in words, its button at rest while one has to wait. */
import { type FormEvent, type ReactNode, useMemo } from 'react';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { useSecondsLeft } from '../ui/clock.ts';
import type { Fault } from './fault.ts';
import type { FlowView } from './flow.ts';
import { wordsFor } from './refusal.ts';

interface FaultLineProps {
  readonly fault: Fault;
  readonly ask: string;
  readonly id: string;
}

/** Tells a fault once to those who listen, and counts down only for those who look. */
function FaultLine({ fault, ask, id }: FaultLineProps): ReactNode {
  const left = useSecondsLeft(fault.retryAt);
  const first = useMemo(() => {
    const wait = fault.retryAt === undefined ? 0 : Math.ceil((fault.retryAt - Date.now()) / 1000);
    return wordsFor(fault, ask, wait);
  }, [fault, ask]);
  if (fault.retryAt === undefined) {
    return (
      <p className="field-fault" id={id} role="alert">
        {first}
      </p>
    );
  }
  if (left === 0) {
    return (
      <p className="field-hint" id={id} role="status">
        {t('refused.limited-over')}
      </p>
    );
  }
  return (
    <>
      <p className="for-ears" id={id} role="alert">
        {first}
      </p>
      <p className="field-fault" aria-hidden="true">
        {wordsFor(fault, ask, left)}
      </p>
    </>
  );
}

interface FaultSlotProps {
  readonly flow: FlowView;
  readonly ask: string;
  readonly id: string;
}

/** The place where a fault is told; it is there before the fault, so that nothing jumps. */
export function FaultSlot({ flow, ask, id }: FaultSlotProps): ReactNode {
  const about = flow.fault?.byKey ? 'passkey' : ask;
  return (
    <div className="fault-slot">
      {flow.fault && <FaultLine key={flow.fault.at} fault={flow.fault} ask={about} id={id} />}
    </div>
  );
}

interface AnswerFormProps extends FaultSlotProps {
  readonly submit: string;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
  /** What stands below the button. */
  readonly after?: ReactNode;
}

/** A form that answers a prompt. `id` is the fault's id, which the form's field names as its description. */
export function AnswerForm(props: AnswerFormProps): ReactNode {
  const { flow, ask, id, submit, onSubmit, children, after } = props;
  // Where only no code can be sent, one that has come already can still be typed.
  const waiting = useSecondsLeft(flow.fault?.sending ? undefined : flow.fault?.retryAt) > 0;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!flow.busy && !waiting) onSubmit();
  };
  return (
    <form className="answer" noValidate onSubmit={send}>
      {children}
      <FaultSlot flow={flow} ask={ask} id={id} />
      <Button type="submit" look="primary" busy={flow.busy} idle={waiting}>
        {submit}
      </Button>
      <span className="for-ears" role="status">
        {flow.busy && t('app.wait')}
      </span>
      {after}
    </form>
  );
}
