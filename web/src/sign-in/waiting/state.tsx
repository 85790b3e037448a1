/** How a wait stands, in one line that is read out when it changes: waiting, answered, run out. */
import type { ReactNode } from 'react';
import { t } from '../../texts.tsx';
import { useSecondsLeft } from '../../ui/clock.ts';
import { spell } from '../refusal.ts';

interface WaitStateProps {
  readonly state: 'waiting' | 'answered' | 'over';
  readonly what: 'approval' | 'pairing';
  /** In milliseconds since 1970, by the clock of this machine. */
  readonly until: number;
}

/** Only for those who look: counted aloud, it would drown everything else. */
function TimeLeft({ until }: Pick<WaitStateProps, 'until'>): ReactNode {
  const left = useSecondsLeft(until);
  return (
    <span className="wait-left" aria-hidden="true">
      {t('wait.left', { time: spell(left) })}
    </span>
  );
}

export function WaitState({ state, what, until }: WaitStateProps): ReactNode {
  return (
    <div className={`wait-state wait-${state}`}>
      <p role="status">{t(`wait.${what}.${state}`)}</p>
      {state === 'waiting' && <TimeLeft until={until} />}
    </div>
  );
}
