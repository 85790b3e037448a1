/** Asking for another code, once the last one had its time to arrive. */
import { type ReactNode, useMemo } from 'react';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { useSecondsLeft } from '../ui/clock.ts';
import type { FlowView } from './flow.ts';
import { spell } from './refusal.ts';

interface ResendProps {
  readonly flow: FlowView;
  /** Seconds; each answer that says so counts from its own arrival. Undefined where no code is out. */
  readonly after: number | undefined;
  readonly resent: boolean;
  /** What is asked for again: a code, or an answer on the phone. */
  readonly what?: 'code' | 'wait';
  readonly onResend: () => void;
}

export function Resend({ flow, after, resent, what = 'code', onResend }: ResendProps): ReactNode {
  const { answer, fault, busy } = flow;
  const pause = useMemo(() => (answer && after ? Date.now() + after * 1000 : 0), [answer, after]);
  const left = useSecondsLeft(Math.max(pause, (fault?.sending && fault.retryAt) || 0));
  const first = after === undefined;
  const label =
    left > 0
      ? t(first ? 'code.send-in' : `${what}.resend-in`, { time: spell(left) })
      : t(first ? 'code.send' : `${what}.resend`);
  return (
    <div className="resend">
      <Button look={first ? 'primary' : 'quiet'} idle={busy || left > 0} onClick={onResend}>
        {label}
      </Button>
      <span role="status" className={resent ? 'resent' : 'for-ears'}>
        {resent && t(`${what}.resent`)}
      </span>
    </div>
  );
}
