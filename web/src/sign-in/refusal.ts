/** The words for a fault: what happened and what to do next. */
import { type TextKey, t, tAny } from '../texts.tsx';
import type { Fault } from './fault.ts';

/** Seconds as a person reads them: 45 s, 4:05 min, 2 h. */
export function spell(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
  return `${Math.ceil(seconds / 3600)} h`;
}

/** What to say about a fault at a prompt. `left`: seconds until another try makes sense. */
export function wordsFor(fault: Fault, ask: string, left: number): string {
  if (fault.sending && left > 0) {
    const time = spell(left);
    return tAny([`refused.limited-wait.${ask}`], t('refused.limited-wait', { time }), { time });
  }
  if (fault.problem) {
    const { code } = fault.problem;
    // Typed, so that a code without words does not compile.
    const key: TextKey = `problem.${code}`;
    return tAny(left > 0 ? [`${key}-wait`, key] : [key], t('problem.other'), { time: spell(left) });
  }
  if (!fault.refused) return '';
  const { code, attemptsLeft, advice } = fault.refused;
  if (attemptsLeft === 0) return tAny([`refused.spent.${ask}`], t('refused.spent'));
  const key: TextKey = `refused.${code}`;
  const said = [tAny([`${key}.${ask}`, key], t('refused.other'))];
  if (attemptsLeft !== undefined && attemptsLeft <= 2) said.push(t('refused.attempts-left', { count: attemptsLeft }));
  for (const key of (advice ?? []).slice(0, 2)) said.push(tAny([key, `advice.${key}`], ''));
  return said.filter(Boolean).join(' ');
}
