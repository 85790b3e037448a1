/**
 * Codes from an authenticator app (RFC 6238). The seed is made here, shown once as a picture and as text, and counts
 * from the moment that its owner has typed a code of it.
 */
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { defineFactor, type FactorVerdict, type Given } from './factor.ts';
import { algorithms, base32, hotp, otpauthUri, seedBytes, stepAt } from './oath.ts';
import { drawQr } from './qr.ts';
import { typedDigits } from './typed.ts';

const settings = z.strictObject({
  /** SHA-1 unless told otherwise: several common apps ignore the parameter and always use it. */
  algorithm: z.enum(algorithms).default('SHA1'),
  digits: z.literal([6, 8]).default(6),
  period: z.literal(30).default(30),
});

/** At least 128 bits (RFC 4226 §4, R6): a shorter seed is refused where it comes in. */
const secret = z.base64().refine((text) => Buffer.from(text, 'base64').length >= 16, 'a seed has at least 16 bytes');

/** `period`: 60 seconds only by import of a hardware token. */
const seed = z.object({
  secret,
  algorithm: z.enum(algorithms),
  digits: z.literal([6, 8]),
  period: z.literal([30, 60]),
});

const data = seed.extend({
  /** The last step that opened anything; it and all before it are dead. -1 before the first. */
  lastStep: z.int().min(-1),
  /** By how many steps the token's clock is ahead, averaged; never more than one either way. */
  drift: z.number().min(-1).max(1),
});

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
  const typed = typedDigits(answer, token.digits);
  if (typed === undefined) return { is: 'wrong' };
  const oath = { ...token, secret: Buffer.from(token.secret, 'base64') };
  const here = stepAt(now, token.period);
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
 * One step is the bound, and further away the token has to be enrolled again. A new token's window is T-1 to T+1.
 */
const drifted = (drift: number, offset: number): number => Math.max(-1, Math.min(1, drift + (offset - drift) / 4));

function beginEnrolment(given: Given<Settings>) {
  const bytes = given.random(seedBytes[given.settings.algorithm]);
  const pending: Seed = { ...given.settings, secret: Buffer.from(bytes).toString('base64') };
  const uri = otpauthUri({ ...given.settings, secret: bytes, issuer: given.service.name, account: given.user.label });
  const length = pending.digits;
  return { prompt: { ask: 'scan-and-code', uri, secret: base32(bytes), qr: drawQr(uri), length }, pending } as const;
}

/** Time-based codes of an authenticator app. */
export const totp = defineFactor<Token, Settings, Seed, Record<string, never>>({
  kind: 'totp',
  name: 'Authenticator app',
  use: 'everyday',
  guessable: true,
  level: 'aal2',
  amr: ['otp'],
  settings,
  data,
  enrolling: seed,
  asking: z.strictObject({}),
  channel: (_token, factorId) => `totp:${factorId}`,
  // Nothing of a seed may be shown; the factor's label tells one app from another.
  hint: () => '',
  beginEnrolment: async (given) => beginEnrolment(given),
  // The enrolment's own code is recorded, so it cannot be used a second time to sign in.
  finishEnrolment: async (given, pending, answer) => judge({ ...pending, lastStep: -1, drift: 0 }, given.now, answer),
  beginChallenge: async (_given, token) => ({
    prompt: { ask: 'code', format: 'digits', length: token.digits },
    pending: {},
  }),
  checkAnswer: async (given, _pending, token, answer) => judge(token, given.now, answer),
});
