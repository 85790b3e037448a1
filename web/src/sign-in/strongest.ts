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

/** What one begins with: what the server says, or the strongest. */
export const goodStart = (kinds: readonly Offerable[]): Offerable | undefined =>
  kinds.find(({ advice }) => advice === 'good-start') ?? strongestFirst(kinds)[0];

/** What is chosen until the person chooses. */
export const advisedFirst = (kinds: readonly Offerable[]): Offerable | undefined =>
  kinds.find(({ advice }) => advice === 'suggested') ?? goodStart(kinds);

const badges = { 'good-start': 'offer.good-start', suggested: 'offer.suggested' } as const satisfies Record<
  string,
  TextKey
>;

/** The word beside a kind that is advised. */
export const badgeOf = ({ advice }: Offerable): string | undefined => (advice ? t(badges[advice]) : undefined);
