/**
 * Codes of a hardware token that counts its presses (RFC 4226). The token was imported with its seed; its holder names
 * its serial number and types one code, and from then on it is theirs.
 */
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { defineFactor, type FactorVerdict, type Given } from '../factor.ts';
import { typedDigits } from '../typed.ts';
import { askForCode, codeQuestion, hardware, isOver, secret } from './hardware.ts';
import { algorithms, hotp as codeOf } from './oath.ts';

/** How many presses may be missing: at most this many codes are skipped (RFC 4226 §7.4). */
const lookAhead = 10;

/** How far two codes that follow each other are looked for. */
const searchAhead = 1000;

const data = z.object({
  ...hardware,
  secret,
  algorithm: z.enum(algorithms),
  digits: z.literal([6, 7, 8, 9]),
  /** The counter of the next code; all before it are dead. */
  counter: z.int().min(0),
});

type Token = z.infer<typeof data>;

const enrolling = z.strictObject({ serial: z.string().optional() });

/** The counters from `from` to `to` whose code is this one; all are computed, so the time taken says nothing. */
function matching(token: Token, from: number, to: number, typed: string): number[] {
  const oath = { ...token, secret: Buffer.from(token.secret, 'base64') };
  const right = Buffer.from(typed);
  const counters = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return counters.filter((counter) => timingSafeEqual(Buffer.from(codeOf(oath, counter)), right));
}

/**
 * Judges a typed code: the next one, or one of the {@link lookAhead} after it. The counter moves past the last that
 * matches, so the code is dead wherever it stands; a failure moves nothing (RFC 4226 §7.2). The code that was used last
 * is told as such, because people type it twice.
 */
function judge(token: Token, now: number, answer: string): FactorVerdict<Token> {
  if (isOver(token, now)) return { is: 'expired' };
  const typed = typedDigits(answer, token.digits);
  if (typed === undefined) return { is: 'wrong' };
  const found = matching(token, Math.max(0, token.counter - 1), token.counter + lookAhead, typed);
  const last = found.at(-1);
  if (last === undefined) return { is: 'wrong' };
  if (found.some((counter) => counter < token.counter)) return { is: 'replayed' };
  return { is: 'ok', data: { ...token, counter: last + 1 } };
}

/** Two codes that follow each other, from the next on and no further than {@link searchAhead} (RFC 4226 §7.4). */
function resynchronise(token: Token, now: number, codes: readonly [string, string]): FactorVerdict<Token> {
  if (isOver(token, now)) return { is: 'expired' };
  const [one, other] = codes.map((code) => typedDigits(code, token.digits));
  if (one === undefined || other === undefined) return { is: 'wrong' };
  const last = token.counter + searchAhead;
  const seconds = new Set(matching(token, token.counter + 1, last + 1, other));
  const found = matching(token, token.counter, last, one).findLast((counter) => seconds.has(counter + 1));
  return found === undefined ? { is: 'wrong' } : { is: 'ok', data: { ...token, counter: found + 2 } };
}

/**
 * The token is looked up at each answer: what is in the store room then is what counts. A token that goes by the clock
 * is asked by its own kind, so that people choose "hardware token" whichever they have.
 */
async function finishEnrolment(given: Given, pending: z.infer<typeof enrolling>, answer: string) {
  if (pending.serial === undefined) return askForCode(given, answer);
  const found = await given.tokenWith(pending.serial);
  if (found?.kind !== 'hotp') return { is: 'refused', why: 'no-such-token' } as const;
  return judge(data.parse(found.data), given.now, answer);
}

/** Counter-based codes of a hardware token. */
export const hotp = defineFactor<Token, Record<string, never>, z.infer<typeof enrolling>, Record<string, never>>({
  kind: 'hotp',
  name: 'Hardware token',
  use: 'everyday',
  guessable: true,
  level: 'aal2',
  amr: ['otp'],
  fromStoreRoom: true,
  settings: z.strictObject({}),
  data,
  enrolling,
  asking: z.strictObject({}),
  channel: (_token, factorId) => `hotp:${factorId}`,
  hint: () => '',
  label: ({ serial }) => (serial === undefined ? undefined : `Token ${serial}`),
  lookup: ({ serial }) => serial,
  token: ({ serial }) => serial,
  isOver,
  beginEnrolment: async () => ({ prompt: { ask: 'fill', what: 'serial' }, pending: {} }),
  finishEnrolment,
  beginChallenge: async (_given, token) => codeQuestion(token.digits, {}, token.serial),
  checkAnswer: async (given, _pending, token, answer) => judge(token, given.now, answer),
  resynchronise: async (given, token, codes) => resynchronise(token, given.now, codes),
});
