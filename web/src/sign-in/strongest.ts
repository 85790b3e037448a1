/** The order in which ways are offered, and which of them is advised. */
import type { Offerable } from '../../../server/src/flows/prompt.ts';
import { type TextKey, t } from '../texts.tsx';
import type { Abilities } from './passkey/able.ts';

const strength: Readonly<Record<Offerable['level'], number>> = {
  password: 0,
  'two-step': 1,
  aal2: 2,
  'phishing-resistant': 3,
  aal3: 4,
};

/** The strongest first; equals stay in the server's order. */
const strongestFirst = (kinds: readonly Offerable[]): Offerable[] =>
  kinds.toSorted((one, other) => strength[other.level] - strength[one.level]);

/** An authenticator app, which is what "an app" means on a page. */
const app = 'totp';

/** What takes the place of a phone number: an app, where there is one to be had. */
export const appAmong = (kinds: readonly Offerable[]): Offerable | undefined =>
  kinds.find(({ kind }) => kind === app) ?? goodStart(kinds);

/** What one begins with: what the server says, or the strongest. */
const goodStart = (kinds: readonly Offerable[]): Offerable | undefined =>
  kinds.find(({ advice }) => advice === 'good-start') ?? strongestFirst(kinds)[0];

/** What is chosen until the person chooses. */
export const advisedFirst = (kinds: readonly Offerable[]): Offerable | undefined =>
  kinds.find(({ advice }) => advice === 'suggested') ?? goodStart(kinds);

/** The kind whose keys the browser itself keeps or speaks to: whether it can be had depends on where one is. */
const inBrowser = 'passkey';

/**
 * What is offered in this browser. Where the device keeps passkeys, one comes first, as the good start; elsewhere what the
 * server calls one does. What the browser cannot do is left out while there is anything else. `held`: the kinds that the
 * person has.
 */
export function offeredHere(
  kinds: readonly Offerable[],
  able: Abilities,
  held: readonly string[] = [],
): readonly Offerable[] {
  const possible = kinds.filter(({ kind }) => able.passkeys || kind !== inBrowser);
  const ordered = strongestFirst(possible.length > 0 ? possible : kinds);
  const started = ordered.find(({ advice }) => advice === 'good-start');
  const own = able.here && !held.includes(inBrowser) ? ordered.find(({ kind }) => kind === inBrowser) : undefined;
  const first = own ?? started;
  if (!first) return ordered;
  const rest = ordered.filter(({ kind }) => kind !== first.kind);
  if (first !== own || !started) return [first, ...rest];
  return [
    { ...first, advice: 'good-start' as const },
    ...rest.map(({ advice, ...offered }) => (advice === 'suggested' ? { ...offered, advice } : offered)),
  ];
}

/** The keys of the sentence that says how strong and how easy a kind is; a passkey on this very device has its own. */
export const whyKeys = ({ kind, why }: Offerable, { here }: Abilities): string[] => [
  ...(here ? [`kind.${kind}.why-here`] : []),
  why,
  `kind.${kind}.why`,
];

const badges = { 'good-start': 'offer.good-start', suggested: 'offer.suggested' } as const satisfies Record<
  string,
  TextKey
>;

/** The word beside a kind that is advised. */
export const badgeOf = ({ advice }: Offerable): string | undefined => (advice ? t(badges[advice]) : undefined);
