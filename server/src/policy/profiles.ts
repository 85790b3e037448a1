/**
 * Profiles: one switch that sets every limit, length and term. Each value of the decisions C1 to C15 stands here once;
 * `docs/profiles.md` explains them.
 */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The name of a profile. */
export const profileNames = ['balanced', 'nist', 'pci', 'psd2'] as const;
export type ProfileName = (typeof profileNames)[number];

/** Every value that a profile sets. Times are milliseconds. */
export interface Profile {
  /** C1: whether a mailbox may be a second factor (NIST SP 800-63B-4 §3.1.3.1 forbids it). */
  readonly mailboxFactor: boolean;
  /** C2: digits that are typed on the phone to approve. */
  readonly pushDigits: 2 | 6;
  /** C3: the longest term for which a browser may stand in for the second factor; 0 is never. */
  readonly trustedBrowserMost: number;
  /** C4: the second step always follows and one verdict comes at the end. */
  readonly strict: boolean;
  /** C5: guesses per challenge, where pauses begin, where the block comes, how long it is, where a factor is disabled. */
  readonly guesses: {
    readonly perChallenge: number;
    readonly pauseFrom: number;
    readonly blockAt: number;
    readonly block: number;
    readonly disableAt: number;
  };
  /** C6: shortest password where it may be the only factor, and beside a second one; estimated strength of 4. */
  readonly password: {
    readonly alone: number;
    readonly withSecond: number;
    readonly most: number;
    readonly score: number;
  };
  /** C7: days after which a password must be changed; there is no such term in any profile. */
  readonly passwordRotation: null;
  /** C8: steps either side of the current one that an authenticator app may be off. */
  readonly totpWindow: 1;
  /** C9: how long a mailed link and a mailed code of recovery live. */
  readonly recoveryLink: number;
  readonly recoveryCode: number;
  /** C13: absolute and idle length of a session, for most and for console roles. */
  readonly session: { readonly absolute: number; readonly idle: number };
  readonly consoleSession: { readonly absolute: number; readonly idle: number };
  /** How long a proof is fresh enough for a dangerous action. */
  readonly stepUp: number;
  /** C14: whether asking again makes a new code at sign-in. */
  readonly newCodeOnResend: true;
  /** C15: who can make a new paper key. */
  readonly paperKeyReplacedBy: 'owner';
}

const balanced: Profile = {
  mailboxFactor: true,
  pushDigits: 2,
  trustedBrowserMost: 30 * day,
  strict: false,
  guesses: { perChallenge: 5, pauseFrom: 5, blockAt: 10, block: 30 * minute, disableAt: 100 },
  password: { alone: 8, withSecond: 8, most: 128, score: 3 },
  passwordRotation: null,
  totpWindow: 1,
  recoveryLink: 30 * minute,
  recoveryCode: 10 * minute,
  session: { absolute: 14 * day, idle: 24 * hour },
  consoleSession: { absolute: 12 * hour, idle: 30 * minute },
  stepUp: 10 * minute,
  newCodeOnResend: true,
  paperKeyReplacedBy: 'owner',
};

const nist: Profile = {
  ...balanced,
  mailboxFactor: false,
  pushDigits: 6,
  trustedBrowserMost: 0,
  password: { ...balanced.password, alone: 15 },
  session: { absolute: 24 * hour, idle: hour },
  consoleSession: { absolute: 8 * hour, idle: 15 * minute },
};

const pci: Profile = {
  ...balanced,
  mailboxFactor: false,
  pushDigits: 6,
  trustedBrowserMost: 0,
  password: { ...balanced.password, alone: 12, withSecond: 12 },
  session: { absolute: 24 * hour, idle: 15 * minute },
  consoleSession: { absolute: 8 * hour, idle: 15 * minute },
};

const psd2: Profile = {
  ...pci,
  strict: true,
  guesses: { ...balanced.guesses, blockAt: 5 },
  session: { absolute: 24 * hour, idle: 5 * minute },
  consoleSession: { absolute: 8 * hour, idle: 5 * minute },
};

/** The table of profiles. */
export const profiles: Readonly<Record<ProfileName, Profile>> = { balanced, nist, pci, psd2 };
