/** What a flow may reach for. Few fields; `main.ts` fills them, tests fill them with a clock and senders of their own. */

import type { Channel } from './delivery/deliver.ts';
import type { ReadSubscription } from './delivery/push/subscription.ts';
import type { SmsRisk } from './delivery/sms/risk.ts';
import type { Watch } from './flows/elsewhere/watch.ts';
import type { Hasher } from './security/passwords.ts';
import type { Random } from './security/random.ts';
import type { Keyring } from './security/sealing.ts';
import type { PasswordJudge } from './security/strength.ts';
import type { Database } from './storage/open.ts';

/** Writes structured log lines; never given a secret, a code or a token. */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, text: string): void;
  warn(fields: Readonly<Record<string, unknown>>, text: string): void;
  error(fields: Readonly<Record<string, unknown>>, text: string): void;
}

/** Settings of factor kinds, by kind; each kind parses its own. */
export type FactorSettings = Readonly<Record<string, unknown>>;

/** The world outside a room. */
export interface Deps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly hasher: Hasher;
  readonly passwords: PasswordJudge;
  readonly now: () => number;
  readonly random: Random;
  readonly log: Log;
  /** Tells the outbox that a commit has left it something; a hint, nothing depends on it. */
  readonly wake: () => void;
  /** Tells pages and phones of this process that wait at once; they look by themselves all the same. */
  readonly watch: Watch;
  /** Reaches services that the operator named; never an address that a user gave. */
  readonly fetch: typeof fetch;
  /** A rough place for an address (`Lisbon, PT`), empty where no local database is configured. */
  readonly placeOf: (address: string) => string;
  readonly factorSettings: FactorSettings;
  /** Web Push: the key that browsers subscribe with (not inside a transaction), and what may be kept of what they send. */
  readonly push: {
    readonly publicKey: () => Promise<string>;
    readonly read: (given: unknown) => ReadSubscription;
  };
  /** Whether an account could take a message for this destination: nothing is asked that can never come. */
  readonly reaches: (channel: Channel, to: string) => boolean;
  /** What is known against a number before a code is texted to it; undefined where nobody is asked. */
  readonly smsRisk: SmsRisk | undefined;
  /** The hash of the link that may set up the first owner, and its end; undefined where there is none. */
  readonly setUp: { readonly tokenHash: string; readonly expiresAt: number } | undefined;
}
