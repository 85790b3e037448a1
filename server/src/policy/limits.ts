/** How often one may try and how much is sent. This file decides the numbers; `storage/` counts. */
import type { Profile } from './profiles.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Who is guessing, as far as lockout goes: a block in one lane never closes another, so nobody keeps the owner out. */
export type Lane = BrowserLane | 'recovery';

/** Whether this browser has completed a sign-in of this user before. */
export type BrowserLane = 'known' | 'other';

/** After how many attempts in a row how long a pause follows, and when the kind is disabled. */
export interface Pace {
  readonly pauses: readonly number[];
  readonly disableAt: number;
}

/**
 * The pauses of a profile: none at first, growing ones from `pauseFrom`, the block at `blockAt`; then the row begins
 * again, with a block twice as long each time, until the total disables the kind (NIST SP 800-63B-4 §3.2.2, PCI DSS
 * 8.3.4, RTS 4(3)(b)).
 */
export function paceOf(profile: Profile): Pace {
  const { pauseFrom, blockAt, block, disableAt } = profile.guesses;
  const pauses = Array.from({ length: blockAt }, (_, i) => {
    const count = i + 1;
    if (count === blockAt) return block;
    return count < pauseFrom ? 0 : 5 * second * 2 ** (count - pauseFrom);
  });
  return { pauses, disableAt };
}

/** At most `most` messages in each window. */
export interface SendingQuota {
  readonly name: 'user' | 'destination' | 'destination-from' | 'source' | 'country' | 'total';
  readonly most: number;
  readonly windowMs: number;
}

/**
 * How many codes leave. `own`: to a person's own address, after a proof. `public`: what anybody can ask for by naming an
 * address; there one source cannot use up what an address takes from all sources. Each is counted for known browsers
 * and for strangers apart. Text messages cost money and are what toll fraud lives on: `ownNumber` is a number that its
 * owner has proved, `newNumber` one that somebody has typed and nobody has proved yet; `country` is a calling code.
 * `phone` is a push to a phone that its owner has connected: it costs nothing, but a phone that asks again and again is
 * answered in the end to have peace.
 */
export const sendingQuotas: Readonly<
  Record<'own' | 'public' | 'ownNumber' | 'newNumber' | 'phone', readonly SendingQuota[]>
> = {
  own: [
    { name: 'user', most: 6, windowMs: 10 * minute },
    { name: 'user', most: 40, windowMs: 24 * hour },
    { name: 'source', most: 200, windowMs: 10 * minute },
    { name: 'total', most: 20_000, windowMs: hour },
  ],
  public: [
    { name: 'destination-from', most: 6, windowMs: 10 * minute },
    { name: 'destination-from', most: 20, windowMs: 24 * hour },
    { name: 'destination', most: 12, windowMs: 10 * minute },
    { name: 'destination', most: 60, windowMs: 24 * hour },
    { name: 'source', most: 20, windowMs: 10 * minute },
    { name: 'total', most: 10_000, windowMs: hour },
  ],
  ownNumber: [
    { name: 'user', most: 6, windowMs: 10 * minute },
    { name: 'user', most: 30, windowMs: 24 * hour },
    { name: 'destination', most: 12, windowMs: 10 * minute },
    { name: 'destination', most: 40, windowMs: 24 * hour },
    { name: 'source', most: 60, windowMs: 10 * minute },
    { name: 'country', most: 3000, windowMs: hour },
    { name: 'total', most: 10_000, windowMs: hour },
  ],
  newNumber: [
    { name: 'user', most: 5, windowMs: 10 * minute },
    { name: 'user', most: 10, windowMs: 24 * hour },
    { name: 'destination', most: 5, windowMs: 10 * minute },
    // What one source asks for does not keep the number's owner from adding it for a day.
    { name: 'destination-from', most: 10, windowMs: 24 * hour },
    { name: 'destination', most: 30, windowMs: 24 * hour },
    { name: 'source', most: 20, windowMs: 10 * minute },
    { name: 'source', most: 100, windowMs: 24 * hour },
    { name: 'country', most: 300, windowMs: hour },
    { name: 'total', most: 1000, windowMs: hour },
  ],
  phone: [
    { name: 'user', most: 3, windowMs: 5 * minute },
    { name: 'user', most: 40, windowMs: 24 * hour },
    { name: 'source', most: 100, windowMs: 10 * minute },
    { name: 'total', most: 20_000, windowMs: hour },
  ],
};

/** How many denied requests of one source the audit is told of. */
export const denialsTold = { most: 60, windowMs: 10 * minute } as const;

/** New passwords that are judged and new sets of codes that are made: dear to the server, free to who asks. */
export const rations = {
  /** Serial numbers that are looked up, and guesses at one token that nobody has yet, whichever account makes them. */
  serialsOfUser: { most: 20, windowMs: 30 * minute },
  serialsFromSource: { most: 60, windowMs: 30 * minute },
  guessesAtToken: { most: 30, windowMs: 24 * hour },
  judgedInFlow: { most: 20, windowMs: 30 * minute },
  judgedFromSource: { most: 60, windowMs: 10 * minute },
  renewedInFlow: { most: 3, windowMs: 30 * minute },
  /** Above what may be sent, so that the quotas speak first; for those whose numbers are refused. */
  riskOfUser: { most: 20, windowMs: 10 * minute },
  riskFromSource: { most: 100, windowMs: 10 * minute },
  /** Approvals that a user's phones are asked for. */
  requestsOfUser: { most: 3, windowMs: 5 * minute },
  pairingsFromSource: { most: 60, windowMs: 10 * minute },
  /** Signatures that are checked, of keys that cannot be guessed. */
  signaturesInFlow: { most: 20, windowMs: 30 * minute },
  signaturesFromSource: { most: 1000, windowMs: 10 * minute },
  invitations: { most: 50, windowMs: 24 * hour },
  tokenImports: { most: 60, windowMs: hour },
} as const;

/** After so many requests without an approval no phone is asked until another factor was proved or a phone was added. */
export const requestsSinceApproval = 10;

/** How long before another code may be asked for. */
export const resendPause = 30 * second;

/** How long flows live; none longer than 30 minutes, a pending sign-in 10 (NIST SP 800-63B-4 §3.1.3.2). */
export const flowLifetimes = { signIn: 10 * minute, stepUp: 10 * minute, longer: 30 * minute } as const;

/** How long an invitation and a set-up link are good. */
export const invitationLifetime = 72 * hour;
export const setUpLifetime = hour;

/** Last seen is written at most this often, so that a session check seldom writes. */
export const seenEvery = minute;

/** How long what is over is kept. */
export const terms = {
  flows: hour,
  attempts: 48 * hour,
  totals: 30 * 24 * hour,
  disableAt: 100,
  sessions: 30 * 24 * hour,
  messages: 7 * 24 * hour,
} as const;
