/** The order in which ways are offered. */
import type { Offerable } from '../../../server/src/flows/prompt.ts';

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
