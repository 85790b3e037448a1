/**
 * Approval on the phone. The sign-in page shows a number, and the person types it on the phone, which signs request,
 * number and decision with a key that cannot leave it (NIST SP 800-63B-4 §3.1.3.1, CISA number matching). There is no way
 * to approve without the number, and a wrong one ends the request.
 */
import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { z } from 'zod';
import type { Level } from '../../levels.ts';
import { randomDigits } from '../../security/random.ts';
import { defineFactor, type EnrolmentVerdict, type FactorVerdict, type Given, type Question } from '../factor.ts';
import { drawQr } from '../qr.ts';

const minute = 60_000;

const settings = z.strictObject({
  /** Digits to be typed; the profile's number where it asks for more. */
  digits: z.literal([2, 6]).default(2),
  /** Milliseconds that a request lives; ten minutes at most (NIST SP 800-63B-4 §3.1.3.2). */
  lifetime: z.int().min(60_000).max(120_000).default(120_000),
});

/** A point on P-256, raw and uncompressed, base64url. */
const point = z.string().regex(/^B[\w-]{86}$/);
const signature = z.string().regex(/^[\w-]{86}$/);

const data = z.object({
  /** What the device is known by: the id of the pairing. */
  device: z.string(),
  publicKey: point,
  /** `Chrome on Android`. */
  name: z.string(),
  /** The push subscription as JSON; null while the device is reached only while its page is open. */
  subscription: z.string().nullable(),
});

const enrolling = z.object({ device: z.string(), secretHash: z.string(), until: z.number() });

const asking = z.object({ request: z.string(), number: z.string(), until: z.number() });

/** What a phone says when it is paired. */
const pairing = z.object({
  pairing: z.string(),
  secret: z.string(),
  publicKey: point,
  name: z.string(),
  signature,
  subscription: z.string().nullable(),
});

/** What it answers to a request. */
const approval = z.object({ request: z.string(), decision: z.literal('approve'), number: z.string(), signature });

type Settings = z.infer<typeof settings>;
type Phone = z.infer<typeof data>;
type Asking = z.infer<typeof asking>;
type Enrolling = z.infer<typeof enrolling>;

const parsed = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

const same = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** Whether the key signed the text: ECDSA P-256 with SHA-256, r and s beside each other as WebCrypto writes them. */
function signed(publicKey: string, text: string, by: string): boolean {
  const raw = Buffer.from(publicKey, 'base64url');
  const [x, y] = [raw.subarray(1, 33), raw.subarray(33)].map((half) => half.toString('base64url'));
  try {
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(by, 'base64url'));
  } catch {
    // A point that is none.
    return false;
  }
}

/** Six digits are a second factor by themselves; two tell only that somebody looks at the page (C2). */
const levelOf = (digits: number): Level => (digits >= 6 ? 'aal2' : 'two-step');

const digitsOf = ({ settings: { digits }, typedDigits }: Pick<Given<Settings>, 'settings' | 'typedDigits'>): number =>
  Math.max(digits, typedDigits);

/** A code that leads a phone here: 256 bits, one use, ten minutes (NIST SP 800-63B-4 §4.1.2.2), never mailed. */
function beginEnrolment(given: Given<Settings>): Question<Enrolling> {
  const secret = Buffer.from(given.random(32)).toString('base64url');
  const until = given.now + 10 * minute;
  const uri = `${given.service.origins[0]}/authenticator#pair=${given.challenge}.${secret}`;
  return {
    prompt: { ask: 'wait', uri, qr: drawQr(uri), until: new Date(until).toISOString() },
    pending: { device: given.challenge, secretHash: hashOf(secret), until },
    lifetime: 10 * minute,
    again: true,
  };
}

async function finishEnrolment(
  given: Given<Settings>,
  pending: Enrolling,
  answer: string,
): Promise<EnrolmentVerdict<Phone, Enrolling>> {
  if (given.now >= pending.until) return { is: 'expired' };
  const phone = parsed(pairing, answer);
  if (!phone || phone.pairing !== pending.device || !same(hashOf(phone.secret), pending.secretHash)) {
    return { is: 'wrong', why: 'pairing' };
  }
  const { publicKey, name, subscription } = phone;
  // The key that is registered is one that the phone can sign with.
  const text = ['secondlock-pair', phone.pairing, phone.secret, publicKey].join('\n');
  if (!signed(publicKey, text, phone.signature)) return { is: 'wrong', why: 'signature' };
  const reaches = levelOf(digitsOf(given));
  return {
    is: 'ok',
    data: { device: pending.device, publicKey, name, subscription },
    level: reaches,
    reaches,
    amr: amrOf(reaches),
  };
}

/** RFC 8176: `mca` where something was sent over another channel to something that one has, and typed there. */
const amrOf = (level: Level): string[] => (level === 'aal2' ? ['swk', 'mca'] : ['swk']);

function beginChallenge(given: Given<Settings>, phone: Phone): Question<Asking> {
  const number = randomDigits(given.random, digitsOf(given));
  const until = given.now + given.settings.lifetime;
  const send = { channel: 'push', to: phone.subscription ?? '', text: 'push.request', parameters: {} } as const;
  return {
    prompt: { ask: 'wait', number, until: new Date(until).toISOString() },
    pending: { request: given.challenge, number, until },
    lifetime: given.settings.lifetime,
    again: true,
    ...(phone.subscription === null ? {} : { send }),
  };
}

/** An approval: signed by this phone, for this request, with the number that the page shows. */
function judge(given: Given<Settings>, pending: Asking, phone: Phone, answer: string): FactorVerdict<Phone> {
  if (given.now >= pending.until) return { is: 'expired' };
  const said = parsed(approval, answer);
  if (said?.request !== pending.request) return { is: 'wrong', why: 'request' };
  const text = ['secondlock-answer', said.request, said.decision, said.number].join('\n');
  if (!signed(phone.publicKey, text, said.signature)) return { is: 'wrong', why: 'signature' };
  if (!same(said.number, pending.number)) return { is: 'wrong' };
  const level = levelOf(pending.number.length);
  return { is: 'ok', data: phone, level, reaches: level, amr: amrOf(level) };
}

/** Approval on a paired phone. */
export const push = defineFactor<Phone, Settings, Enrolling, Asking>({
  kind: 'push',
  name: 'Approval on a phone',
  use: 'everyday',
  guessable: true,
  answersTaken: 1,
  level: 'aal2',
  offered: (given) => levelOf(digitsOf(given)),
  amr: ['swk'],
  settings,
  data,
  enrolling,
  asking,
  channel: (_phone, factorId) => `push:${factorId}`,
  hint: ({ name }) => name,
  lookup: ({ device }) => device,
  elsewhere: {
    signed: ({ publicKey }, text, by) => signed(publicKey, text, by),
    sameKey: (one, other) => one.publicKey === other.publicKey,
    digits: ({ number }) => number.length,
    wokenWhere: ({ subscription }) => subscription,
    wokenAt: (phone, subscription) => ({ ...phone, subscription }),
  },
  beginEnrolment: async (given) => beginEnrolment(given),
  finishEnrolment,
  beginChallenge: async (given, phone) => beginChallenge(given, phone),
  checkAnswer: async (given, pending, phone, answer) => judge(given, pending, phone, answer),
});
