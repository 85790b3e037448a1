/** Asking for another code, once the last one had its time to arrive. */
import { type ReactNode, useMemo } from 'react';
import type { FlowAnswer } from '../../../server/src/flows/prompt.ts';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { useSecondsLeft } from '../ui/clock.ts';
import { spell } from './refusal.ts';

interface ResendProps {
  readonly after: number | undefined;
  /** The answer that said `after`: each one counts from its own arrival. */
  readonly answer: FlowAnswer | null;
  readonly busy: boolean;
  readonly resent: boolean;
  readonly onResend: () => void;
}

export function Resend({ after = 0, answer, busy, resent, onResend }: ResendProps): ReactNode {
  const end = useMemo(() => (answer ? Date.now() + after * 1000 : undefined), [answer, after]);
  const left = useSecondsLeft(end);
  return (
    <div className="resend">
      <Button look="quiet" idle={left > 0} busy={false} aria-disabled={busy || left > 0} onClick={onResend}>
        {left > 0 ? t('code.resend-in', { time: spell(left) }) : t('code.resend')}
      </Button>
      <span role="status" className={resent ? 'resent' : 'for-ears'}>
        {resent && t('code.resent')}
      </span>
    </div>
  );
}
