/** The order in which ways are offered, and which of them is advised. */
import type { Offerable } from '../../../server/src/flows/prompt.ts';
import { type TextKey, t } from '../texts.tsx';

const strength: Readonly<Record<Offerable['level'], number>> = {
  password: 0,
  'two-step': 1,
  aal2: 2,
  'phishing-resistant': 3,
  aal3: 4,
};

/** The strongest first; equals stay in the server's order. */
export const strongestFirst = (kinds: readonly Offerable[]): Offerable[] =>
  kinds.toSorted((one, other) => strength[other.level] - strength[one.level]);

/** What somebody who has nothing yet starts best with: what the server says, or what an app on a phone can do. */
export const goodStart = (kinds: readonly Offerable[]): Offerable | undefined =>
  kinds.find(({ advice }) => advice === 'good-start') ?? kinds.find(({ kind }) => kind === 'totp');

/** What is chosen until the person chooses: what is suggested next, a good start, or the strongest. */
export const advisedFirst = (kinds: readonly Offerable[]): Offerable | undefined =>
  kinds.find(({ advice }) => advice === 'suggested') ?? goodStart(kinds) ?? strongestFirst(kinds)[0];

const badges = { 'good-start': 'offer.good-start', suggested: 'offer.suggested' } as const satisfies Record<
  string,
  TextKey
>;

/** The word beside a kind that is advised among these. */
export function badgeOf(one: Offerable, kinds: readonly Offerable[]): string | undefined {
  if (one.advice) return t(badges[one.advice]);
  const unsaid = kinds.length > 1 && kinds.every(({ advice }) => advice === undefined);
  return unsaid && goodStart(kinds) === one ? t('offer.good-start') : undefined;
}
