/**
 * Codes by the clock (RFC 6238), of an authenticator app or a hardware token. An app's seed is made here, shown once as
 * a picture and as text, and counts from the moment that its owner has typed a code of it; a token's was imported.
 */
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { defineFactor, type FactorVerdict, type Given } from '../factor.ts';
import { drawQr } from '../qr.ts';
import { typedDigits } from '../typed.ts';
import { codeQuestion, hardware, isOver, named, secret } from './hardware.ts';
import { algorithms, base32, hotp, otpauthUri, seedBytes, stepAt } from './oath.ts';

const settings = z.strictObject({
  /** SHA-1 unless told otherwise: several common apps ignore the parameter and always use it. */
  algorithm: z.enum(algorithms).default('SHA1'),
  digits: z.literal([6, 8]).default(6),
  period: z.literal(30).default(30),
});

/** How far from where a token should be two codes that follow each other are looked for: an hour, in steps of 30 s. */
const searchAround = 120;

/** `digits` and `period`: 7, 9 and 60 seconds only by import of a hardware token. */
const seed = z.object({
  secret,
  algorithm: z.enum(algorithms),
  digits: z.literal([6, 7, 8, 9]),
  period: z.literal([30, 60]),
});

const data = seed.extend({
  ...hardware,
  /** The last step that opened anything; it and all before it are dead. -1 before the first. */
  lastStep: z.int().min(-1),
  /** By how many steps the token's clock is ahead, averaged; never more than one either way. */
  drift: z.number().min(-1).max(1),
  /** By how many steps it was ahead when it was resynchronised last; `drift` counts from there. */
  offset: z.int().optional(),
});

const enrolling = z.union([named, seed]);

type Settings = z.infer<typeof settings>;
type Seed = z.infer<typeof seed>;
type Token = z.infer<typeof data>;

/**
 * Judges a typed code. The window is the step that the token should be in, and one either side for the way the code
 * takes (RFC 6238 §5.2). All three are computed whatever matches, so the time taken says nothing.
 *
 * A code is good once (§5.2): the accepted step and all before it are dead. A code that is also a dead step's is
 * refused even where it is a live one's too, since it may be the one that somebody saw.
 */
function judge(token: Token, now: number, answer: string): FactorVerdict<Token> {
  if (isOver(token, now)) return { is: 'expired' };
  const typed = typedDigits(answer, token.digits);
  if (typed === undefined) return { is: 'wrong' };
  const oath = { ...token, secret: Buffer.from(token.secret, 'base64') };
  const here = stepAt(now, token.period) + (token.offset ?? 0);
  const due = here + Math.round(token.drift);
  let dead = false;
  let live: number | undefined;
  for (const step of [due - 1, due, due + 1].filter((each) => each >= 0)) {
    const right = timingSafeEqual(Buffer.from(hotp(oath, step)), Buffer.from(typed));
    if (right && step > token.lastStep) live = step;
    if (right && step <= token.lastStep) dead = true;
  }
  if (dead) return { is: 'replayed' };
  if (live === undefined) return { is: 'wrong' };
  return { is: 'ok', data: { ...token, lastStep: live, drift: drifted(token.drift, live - here) } };
}

/**
 * Remembers the token's clock (RFC 6238 §6). Each accepted code pulls the average a quarter of the way, so it takes
 * three in a row to move the window by one step: one code typed late moves nothing, a clock that runs ahead is followed.
 * One step is the bound; further away the token has to be resynchronised. A new token's window is T-1 to T+1.
 */
const drifted = (drift: number, offset: number): number => Math.max(-1, Math.min(1, drift + (offset - drift) / 4));

/**
 * Two codes that follow each other, no further than {@link searchAround} from where the token should be, and no dead
 * ones (RFC 6238 §6). Where it is then is its place from now on, with a drift of its own.
 */
function resynchronise(token: Token, now: number, codes: readonly [string, string]): FactorVerdict<Token> {
  if (isOver(token, now)) return { is: 'expired' };
  const [one, other] = codes.map((code) => typedDigits(code, token.digits));
  if (one === undefined || other === undefined) return { is: 'wrong' };
  const oath = { ...token, secret: Buffer.from(token.secret, 'base64') };
  const here = stepAt(now, token.period);
  const first = here + (token.offset ?? 0) - searchAround;
  let found: number | undefined;
  let before = false;
  for (let step = Math.max(0, first); step <= first + 2 * searchAround + 1; step += 1) {
    const shown = Buffer.from(hotp(oath, step));
    if (timingSafeEqual(shown, Buffer.from(other)) && before) found = step;
    before = timingSafeEqual(shown, Buffer.from(one)) && step > token.lastStep;
  }
  if (found === undefined) return { is: 'wrong' };
  return { is: 'ok', data: { ...token, lastStep: found, drift: 0, offset: found - here } };
}

/** A token of the store room is looked up once more: what is there then is what counts. */
async function finishEnrolment(given: Given<Settings>, pending: z.infer<typeof enrolling>, answer: string) {
  // The enrolment's own code is recorded, so it cannot be used a second time to sign in.
  if (!('serial' in pending)) return judge({ ...pending, lastStep: -1, drift: 0 }, given.now, answer);
  const found = await given.tokenWith(pending.serial);
  if (found?.kind !== 'totp') return { is: 'refused', why: 'no-such-token' } as const;
  return judge(data.parse(found.data), given.now, answer);
}

function beginEnrolment(given: Given<Settings>) {
  const bytes = given.random(seedBytes[given.settings.algorithm]);
  const pending: Seed = { ...given.settings, secret: Buffer.from(bytes).toString('base64') };
  const uri = otpauthUri({ ...given.settings, secret: bytes, issuer: given.service.name, account: given.user.label });
  const length = pending.digits;
  return { prompt: { ask: 'scan-and-code', uri, secret: base32(bytes), qr: drawQr(uri), length }, pending } as const;
}

/** Time-based codes of an authenticator app or a hardware token. */
export const totp = defineFactor<Token, Settings, z.infer<typeof enrolling>, Record<string, never>>({
  kind: 'totp',
  name: 'Authenticator app',
  use: 'everyday',
  guessable: true,
  level: 'aal2',
  amr: ['otp'],
  goodStart: true,
  settings,
  data,
  enrolling,
  asking: z.strictObject({}),
  channel: (_token, factorId) => `totp:${factorId}`,
  // Nothing of a seed may be shown; the factor's label tells one app from another.
  hint: () => '',
  label: ({ serial }) => (serial === undefined ? undefined : `Token ${serial}`),
  lookup: ({ serial }) => serial,
  token: ({ serial }) => serial,
  isOver,
  beginEnrolment: async (given) => beginEnrolment(given),
  finishEnrolment,
  beginChallenge: async (_given, token) => codeQuestion(token.digits, {}, token.serial),
  checkAnswer: async (given, _pending, token, answer) => judge(token, given.now, answer),
  resynchronise: async (given, token, codes) => resynchronise(token, given.now, codes),
});
