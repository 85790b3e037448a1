/** The strength as a bar and in words, never by colour alone. */
import type { ReactNode } from 'react';
import { t, tAny } from '../../texts.tsx';
import type { Verdict } from './verdict.ts';

interface StrengthMeterProps {
  readonly id: string;
  readonly empty: boolean;
  /** How many characters are missing. */
  readonly short: number;
  readonly minScore: number;
  readonly verdict: Verdict | null;
}

function words({ empty, short, minScore, verdict }: StrengthMeterProps): { name: string; advice: string } {
  if (empty) return { name: t('strength.empty'), advice: '' };
  if (short > 0) return { name: t('new-password.short', { count: short }), advice: '' };
  if (!verdict) return { name: t('app.wait'), advice: '' };
  const name = tAny([`strength.${verdict.score}`], '');
  const advice = verdict.score >= Math.max(minScore, 3) ? [] : verdict.advice.slice(0, 2);
  return { name, advice: advice.map((key) => tAny([`advice.${key}`], '')).join(' ') };
}

export function StrengthMeter(props: StrengthMeterProps): ReactNode {
  const { id, empty, short, minScore, verdict } = props;
  const { name, advice } = words(props);
  const score = empty ? 0 : Math.min(verdict?.score ?? 0, short > 0 ? 1 : 4);
  return (
    <div className="strength">
      <meter
        min={0}
        max={4}
        low={minScore}
        high={minScore}
        optimum={4}
        value={empty ? 0 : Math.max(score, 0.35)}
        aria-label={t('new-password.strength')}
        aria-valuetext={name}
      />
      <p id={id} aria-live="polite">
        <b>{name}</b> {advice}
      </p>
    </div>
  );
}
