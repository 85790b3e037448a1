/**
 * Prompts: what the page must show, a small closed union. Pages render prompts, never factor kinds; the API document
 * and the pages' types grow from these schemas.
 */
import { z } from 'zod';
import { levels } from '../levels.ts';

/** One way to prove that one is there, as the chooser shows it. `hint` is masked. */
export const way = z.object({
  factorId: z.string(),
  kind: z.string(),
  label: z.string(),
  hint: z.string(),
  /** The serial number of a hardware token, whichever kind it is asked as. */
  serial: z.string().optional(),
});

const others = z.array(way);

/** WebAuthn options as JSON: what they hold is the browser's business. */
const options = z.record(z.string(), z.unknown());

/** A kind that may be enrolled, with what it reaches and the key of the sentence that says why. */
export const offerable = z.object({
  kind: z.string(),
  level: z.enum(levels),
  why: z.string(),
  /** `good-start`: what to begin with; `suggested`: what to add next. */
  advice: z.enum(['good-start', 'suggested']).optional(),
});

/** Everything a page can be asked to show. */
export const prompt = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('identifier') }),
  z.object({
    ask: z.literal('credentials'),
    /** WebAuthn request options for autofill and for signing in without a password. */
    passkey: options.optional(),
  }),
  z.object({ ask: z.literal('password'), identifier: z.string() }),
  z.object({
    ask: z.literal('fill'),
    what: z.enum(['email', 'phone', 'serial', 'name']),
    notice: z.string().optional(),
  }),
  z.object({
    ask: z.literal('choose'),
    /** `proof`: which factor to answer with; `lost`: which factor is gone (`none` is an answer). */
    about: z.enum(['proof', 'lost']),
    options: others,
  }),
  z.object({
    ask: z.literal('code'),
    kind: z.string(),
    factorId: z.string().optional(),
    /** The serial number of the hardware token that shows the code. */
    serial: z.string().optional(),
    format: z.enum(['digits', 'letters']),
    length: z.number().int(),
    sentTo: z.string().optional(),
    /** Two codes that follow each other are asked for: which of them this is. */
    part: z.enum(['first', 'second']).optional(),
    /** Seconds until another code may be asked for. */
    resendAfter: z.number().optional(),
    others,
  }),
  z.object({
    ask: z.literal('scan-and-code'),
    kind: z.string(),
    uri: z.string(),
    secret: z.string(),
    qr: z.string(),
    length: z.number().int(),
  }),
  z.object({ ask: z.literal('passkey-create'), kind: z.string(), options }),
  z.object({ ask: z.literal('passkey-use'), kind: z.string(), options, others }),
  z.object({
    ask: z.literal('wait'),
    kind: z.string(),
    factorId: z.string().optional(),
    /** To be typed on the other device. */
    number: z.string().optional(),
    /** Leads the other device to the question; the same as an SVG picture. */
    uri: z.string().optional(),
    qr: z.string().optional(),
    until: z.iso.datetime(),
    /** The other device has answered: an empty answer to this flow collects it. */
    answered: z.literal(true).optional(),
    /** Seconds until it may be asked again. */
    resendAfter: z.number().optional(),
    others,
  }),
  z.object({
    ask: z.literal('keep'),
    codes: z.array(z.string()).optional(),
    paperKey: z.string().optional(),
    /** The paper key as a QR code, an SVG picture. */
    paperKeyQr: z.string().optional(),
    /** True where they were shown before and cannot be shown again: only `renew` makes new ones. */
    shown: z.literal(true).optional(),
  }),
  z.object({
    ask: z.literal('new-password'),
    minLength: z.number().int(),
    minScore: z.number().int(),
    /** Words that the password must not be made of. */
    own: z.array(z.string()),
  }),
  z.object({ ask: z.literal('offer'), kinds: z.array(offerable), skippable: z.boolean(), why: z.string() }),
  z.object({ ask: z.literal('done') }),
]);

/** The first prompt of a sign-in, with what a browser needs to fill it in from its passkeys. */
export const credentialsPrompt = (passkey: Readonly<Record<string, unknown>> | undefined): Prompt => ({
  ask: 'credentials',
  ...(passkey ? { passkey: { ...passkey } } : {}),
});

/** One prompt. */
export type Prompt = z.infer<typeof prompt>;
/** One way, as the chooser shows it. */
export type Way = z.infer<typeof way>;
/** One kind on offer. */
export type Offerable = z.infer<typeof offerable>;

/** Why an answer did not lead on. */
const refusalCodes = [
  'wrong',
  'replayed',
  'expired',
  'limited',
  'unavailable',
  /** Somebody said no on the other device. */
  'denied',
  /** A new password: */
  'too-short',
  'too-long',
  'common',
  'weak',
  'own-words',
  'same',
  /** An address: */
  'not-an-address',
  /** A phone number, and the serial number of a token: */
  'not-a-number',
  'number-not-allowed',
  'number-yours-already',
  'no-such-token',
  /** An authenticator that the operator does not allow, and one that is there already: */
  'not-allowed',
  'yours-already',
] as const;

/** What a refused answer says: never more than the person may know. */
export const refused = z.object({
  code: z.enum(refusalCodes),
  /** Seconds. */
  retryAfter: z.number().optional(),
  attemptsLeft: z.number().optional(),
  /** Keys of advice texts (a new password). */
  advice: z.array(z.string()).optional(),
});

/** A refusal. */
export type Refused = z.infer<typeof refused>;

/** The session that a finished flow opened. `token` only in token transport. */
const openedSession = z.object({
  id: z.string(),
  level: z.enum(levels),
  expiresAt: z.iso.datetime(),
  token: z.string().optional(),
});

/** What every flow call answers. */
export const flowAnswer = z.object({
  id: z.string(),
  flow: z.string(),
  step: z.string(),
  prompt,
  refused: refused.optional(),
  expiresAt: z.iso.datetime(),
  done: z.boolean(),
  session: openedSession.optional(),
  /** Only in the answer that starts a flow in token transport. */
  flowToken: z.string().optional(),
  /** How many backup codes are left, after one was used. */
  codesLeft: z.number().int().optional(),
});

/** A flow's answer. */
export type FlowAnswer = z.infer<typeof flowAnswer>;

/** No database looks for a text with a zero byte, and no address has one. */
const identifier = z
  .string()
  .min(1)
  .max(320)
  .refine((text) => !text.includes('\0'), 'no zero bytes');
const code = z.string().max(128);
const password = z.string().max(4096);
/** What is nested too deeply to be written again is no answer. */
function fitsAnAnswer(value: Readonly<Record<string, unknown>>): boolean {
  try {
    return JSON.stringify(value).length <= 32_768;
  } catch {
    return false;
  }
}

/** WebAuthn's answer as JSON; its kind looks at what it holds. Nothing deeper or larger than one can be. */
const credential = z.record(z.string().max(64), z.unknown()).refine(fitsAnAnswer);

/** The shapes of answers. A submit holds exactly one of them; the current step says which it takes. */
export const answers = {
  empty: z.strictObject({}),
  identifier: z.strictObject({ identifier }),
  credentials: z.strictObject({ identifier, password: password.min(1) }),
  password: z.strictObject({ password: password.min(1) }),
  fill: z.strictObject({ value: z.string().min(1).max(320) }),
  choose: z.strictObject({ choose: z.string().min(1).max(64) }),
  code: z.strictObject({ code: code.min(1) }),
  credential: z.strictObject({ credential }),
  link: z.strictObject({ link: z.string().min(1).max(128) }),
  resend: z.strictObject({ resend: z.literal(true) }),
  kept: z.strictObject({ kept: z.literal(true) }),
  renew: z.strictObject({ renew: z.literal(true) }),
  accept: z.strictObject({ accept: z.union([z.string().min(1).max(64), z.literal(false)]) }),
} as const;

/** What another device has answered, as it was collected: no client can send one. */
export interface Collected {
  readonly collected: { readonly answer: string; readonly at: number };
}

/** One answer, parsed. */
export type Answer = z.infer<(typeof answers)[keyof typeof answers]> | Collected;
