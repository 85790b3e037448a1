/**
 * What a factor kind is. A kind asks and judges, and nothing else: it knows nothing of HTTP, SQL, sessions, lockout or
 * audit, which exist once, in the flows. Everything it may use is handed to it.
 */
import type { ZodType } from 'zod';
import type { Channel, Sendable } from '../delivery/deliver.ts';
import type { Level } from '../levels.ts';
import type { Random } from '../security/random.ts';

/** Why a challenge was put: it is bound into every short code, so a code for one purpose is worth nothing for another. */
export type Purpose = 'registration' | 'sign-in' | 'step-up' | 'recovery' | 'enrolment' | 'address' | 'password';

/** What a kind may know and use while it asks or judges. */
export interface Given<Settings = unknown> {
  /** Milliseconds since 1970 by the server's clock, never the client's (ASVS 6.5.8). */
  readonly now: number;
  readonly random: Random;
  /** For kinds that ask a validation server. */
  readonly fetch: typeof fetch;
  /** A hardware token that was imported and is free, or kept for this user: what its serial number leads to. */
  readonly tokenWith: (serial: string) => Promise<HardwareToken | undefined>;
  readonly service: {
    readonly name: string;
    readonly host: string;
    readonly rpId: string;
    readonly origins: readonly string[];
  };
  /** `handle` is random and says nothing; `label` is what an authenticator shows; `email` is there once confirmed. */
  readonly user: { readonly handle: string; readonly label: string; readonly email?: string };
  readonly settings: Settings;
  /** The data of the user's active factors of this kind; of a question, those that may answer it. */
  readonly mine: readonly unknown[];
  /** Whether another proof was given in this flow: what a factor says of itself is believed only beside one. */
  readonly beside: boolean;
  /** The level that the flow has to reach; `password` where it need reach none. */
  readonly wanted: Level;
  /** How many digits the tenant's profile has typed on a phone to approve. */
  readonly typedDigits: number;
  readonly purpose: Purpose;
  /** The id of the question that is asked or answered. */
  readonly challenge: string;
  /** HMAC of a short code under a key outside the database, over tenant, user, purpose, challenge, destination and code. */
  readonly codeDigest: (destination: string, code: string) => string;
  /** Whether a typed code has this digest, in constant time. */
  readonly codeMatches: (digest: string, destination: string, code: string) => boolean;
  /** Salted argon2id under a bounded queue, for secrets of less than 112 bits (NIST SP 800-63B-4 §3.1.2.2). */
  readonly slowHash: {
    readonly make: (secret: string) => Promise<string>;
    readonly matches: (hash: string, secret: string) => Promise<boolean>;
  };
}

/** A hardware token of the store room, with what its kind keeps of it. */
export interface HardwareToken {
  readonly serial: string;
  /** `hotp` or `totp`. */
  readonly kind: string;
  /** As the kind's `data`, not yet parsed. */
  readonly data: unknown;
}

/** What the page shows for a question; the flow adds the names and the other ways. */
export type FactorPrompt =
  /** Something to fill in before a code can be asked for; `notice` is the key of a sentence to be read before. */
  | { readonly ask: 'fill'; readonly what: 'phone' | 'serial'; readonly notice?: string }
  | {
      readonly ask: 'code';
      readonly format: 'digits' | 'letters';
      readonly length: number;
      readonly sentTo?: string;
      /** Of the hardware token that shows the code. */
      readonly serial?: string;
    }
  | {
      readonly ask: 'scan-and-code';
      readonly uri: string;
      readonly secret: string;
      /** The same as `uri`, as an SVG picture. */
      readonly qr: string;
      readonly length: number;
    }
  /** `options`: WebAuthn's creation and request options as JSON (WebAuthn L3 §5.1.8). */
  | { readonly ask: 'passkey-create'; readonly options: Readonly<Record<string, unknown>> }
  | { readonly ask: 'passkey-use'; readonly options: Readonly<Record<string, unknown>> }
  /** Something is to be done on another device; `number` is typed there, `uri` and `qr` lead there. */
  | {
      readonly ask: 'wait';
      readonly number?: string;
      readonly uri?: string;
      readonly qr?: string;
      /** ISO 8601. */
      readonly until: string;
    }
  | { readonly ask: 'keep' };

/** What each question is answered with: a code cannot stand for a key, nor a key for a code. */
export const answeredWith = {
  fill: 'value',
  code: 'code',
  'scan-and-code': 'code',
  'passkey-create': 'credential',
  'passkey-use': 'credential',
  wait: 'collected',
  keep: 'kept',
} as const satisfies Readonly<Record<FactorPrompt['ask'], string>>;

/** Codes or a key that are in one answer and stored nowhere. */
export interface Reveal {
  readonly codes?: readonly string[];
  readonly paperKey?: string;
  /** The paper key as a QR code, an SVG picture. */
  readonly paperKeyQr?: string;
}

/** A question to the user: what to show, what to remember sealed until the answer, what to send, what to show once. */
export interface Question<Pending = unknown> {
  readonly prompt: FactorPrompt;
  readonly pending: Pending;
  /** How long the answer may take, in milliseconds; the flow's own end comes first. */
  readonly lifetime?: number;
  readonly send?: Sendable;
  /** Whether it may be asked anew though nothing is sent. */
  readonly again?: boolean;
  readonly reveal?: Reveal;
}

/**
 * What a kind says about an answer. `ok` carries the data to keep from now on; `spent` says that the factor is used up
 * and dies with this answer. `why` is for the audit alone: the person learns that it was wrong, no more.
 */
export type FactorVerdict<Data = unknown> =
  | ({ readonly is: 'ok'; readonly data: Data; readonly spent?: boolean; readonly left?: number } & Shown)
  | { readonly is: 'wrong'; readonly why?: string }
  | { readonly is: 'replayed' }
  | { readonly is: 'expired' };

/** What one answer has shown, for kinds whose answers differ in strength; the kind's own level and `amr` otherwise. */
export interface Shown {
  readonly level?: Level;
  readonly amr?: readonly string[];
  /** The most that the factor can show from now on. */
  readonly reaches?: Level;
  /** Two factors by itself: who has it, and that it is them (WebAuthn L3 user verification). */
  readonly alone?: boolean;
  /** Accepted all the same, and told to the audit: a signature counter that did not grow. */
  readonly risk?: string;
}

/**
 * What a kind says about an answer while it is enrolled. `more` asks the next question; with `kind` another kind goes on
 * with it (a serial number says which kind of token it is). `refused` names what was wrong with what was filled in.
 */
export type EnrolmentVerdict<Data = unknown, Enrolling = unknown> =
  | FactorVerdict<Data>
  | { readonly is: 'more'; readonly question: Question<Enrolling>; readonly kind?: string }
  | {
      readonly is: 'refused';
      /** For the audit, where it says more. */
      readonly reason?: string;
      readonly why:
        | 'not-a-number'
        | 'number-not-allowed'
        | 'number-yours-already'
        | 'no-such-token'
        | 'not-allowed'
        | 'yours-already';
    };

/** How what a factor is on is shown. Pictures are `data:` addresses; without one there is a drawing of the category. */
export interface Look {
  readonly name: string;
  readonly category: 'phone' | 'computer' | 'cloud' | 'key';
  readonly icon?: { readonly light?: string; readonly dark?: string };
}

/**
 * A kind whose questions are answered on another device. What that device is sent and says is the same for all such
 * kinds (`flows/elsewhere/`); the kind keeps its key and judges its answers.
 */
export interface Elsewhere<Data = unknown, Asking = unknown> {
  /** Whether the device that holds this factor signed the text. */
  signed(data: Data, text: string, signature: string): boolean;
  /** Whether both are of one key. */
  sameKey(one: Data, other: Data): boolean;
  /** How many digits are typed there. */
  digits(pending: Asking): number;
  /** Where the device is woken; null for nowhere. */
  wokenWhere(data: Data): string | null;
  /** The same factor, with another address to wake the device at, or none. */
  wokenAt(data: Data, address: string | null): Data;
}

/** One way to prove that one is there. One kind, one file. */
export interface FactorKind<Data = unknown, Settings = unknown, Enrolling = unknown, Asking = unknown> {
  readonly kind: string;
  /** What a factor is called until its owner names it. */
  readonly name: string;
  /** Everyday kinds are signed in with; recovery kinds are for when those are gone and never count as a second factor. */
  readonly use: 'everyday' | 'recovery';
  /** Whether an answer can be guessed, and so takes an attempt before it is judged. */
  readonly guessable: boolean;
  /** The most that an answer of this kind proves together with a password. */
  readonly level: Level;
  /** What it is worth as a rule, where that is less than the most; for the offer. */
  offered?(given: Pick<Given<Settings>, 'settings' | 'typedDigits'>): Level;
  /** RFC 8176 values. */
  readonly amr: readonly string[];
  /** What carries its codes, where it sends any. */
  readonly sends?: Channel;
  /** The one to begin with: strong, free, and nearly everybody can. */
  readonly goodStart?: boolean;
  /** How many answers one question takes; the profile's number where it does not say. */
  readonly answersTaken?: number;
  /** A question goes to all of a user's factors of the kind at once, and this tells from the answer which one gave it. */
  readonly answeredBy?: (answer: string) => string | undefined;
  /** Signs in without a password: the question to whoever is there, and whose key a stranger's answer is judged by. */
  readonly alone?: { readonly ask: (given: Given<Settings>) => Promise<Question<Asking>>; readonly nobodys: Data };
  /** Its questions are answered on another device, which signs its answers. */
  readonly elsewhere?: Elsewhere<Data, Asking>;
  /** Enrolled with an imported token only: on offer where one is there to be had. */
  readonly fromStoreRoom?: boolean;
  /** Dead at use: its successor is shown at once, and the user is asked which factor is lost. */
  readonly replacedAtUse?: boolean;
  readonly settings: ZodType<Settings>;
  readonly data: ZodType<Data>;
  readonly enrolling: ZodType<Enrolling>;
  readonly asking: ZodType<Asking>;
  /** Whether it can be offered and asked as it is configured; always where it does not say. */
  available?(settings: Settings): boolean;
  /** Where its proofs come from: two proofs over one channel count once. */
  channel(data: Data, factorId: string): string;
  /** What tells this factor from another of its kind, masked: `a•••@e•••.org`. */
  hint(data: Data): string;
  /** What it is called where its own data says it better than the kind's name: `Token 1234567`. */
  label?(data: Data, settings?: Settings): string | undefined;
  /** What it is on, for lists: its maker's name, and a picture where there is one. */
  look?(data: Data, settings: Settings): Look | undefined;
  /** What is unique to it within the tenant: a serial number, a key's public id. */
  lookup?(data: Data): string | undefined;
  /** The serial number of the imported token that it is; undefined where it is none. */
  token?(data: Data): string | undefined;
  /** Whether it is past its date, or before it, for kinds that have dates. */
  isOver?(data: Data, now: number): boolean;
  /** How many answers it has left, for kinds that run out. */
  left?(data: Data): number;
  /** Starts an enrolment; `done` where possession was proved before (a confirmed address). */
  beginEnrolment(given: Given<Settings>): Promise<Question<Enrolling> | { readonly done: Data }>;
  finishEnrolment(
    given: Given<Settings>,
    pending: Enrolling,
    answer: string,
  ): Promise<EnrolmentVerdict<Data, Enrolling>>;
  /** Asks the same question of an enrolment again, with a new code, for kinds that send one. */
  askAgain?(given: Given<Settings>, pending: Enrolling): Promise<Question<Enrolling>>;
  beginChallenge(given: Given<Settings>, data: Data): Promise<Question<Asking>>;
  checkAnswer(given: Given<Settings>, pending: Asking, data: Data, answer: string): Promise<FactorVerdict<Data>>;
  /**
   * Finds a token's place again by two codes that follow each other, for kinds that can get out of step (RFC 4226 §7.4,
   * RFC 6238 §6).
   */
  resynchronise?(given: Pick<Given, 'now'>, data: Data, codes: readonly [string, string]): Promise<FactorVerdict<Data>>;
}

/**
 * A kind whose own types are known to itself alone. The flows keep sealed JSON, parse it with the kind's schemas and
 * hand it back, so they need no more than this.
 */
export type AnyFactorKind = FactorKind;

/** Checks a kind against its own types and hides them; every kind file ends with it. */
export function defineFactor<Data, Settings, Enrolling, Asking>(
  kind: FactorKind<Data, Settings, Enrolling, Asking>,
): AnyFactorKind {
  return kind as unknown as AnyFactorKind;
}
