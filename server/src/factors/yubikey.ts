/**
 * Codes that a YubiKey types when it is touched (Yubico OTP). The key encrypts its counters; only the validation server
 * that the operator names can read them, so this kind is offered where one is configured, and says no where it is away.
 */
import { z } from 'zod';
import { defineFactor, type FactorVerdict, type Given, type Question } from './factor.ts';
import { validate } from './yubico.ts';

/** Codes and key ids are nobody else's to read: https, or http on this machine (`config.ts` says so at the start). */
const url = z.string().regex(/^(https:\/\/|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])[:/])[^?#]+$/);

const settings = z.strictObject({
  urls: z.array(url).default([]),
  clientId: z
    .string()
    .regex(/^[0-9]*$/)
    .default(''),
  secret: z.base64().default(''),
  timeout: z.int().min(100).max(30_000).default(3000),
});

const modhex = /^[cbdefghijklnrtuv]+$/;

const data = z.object({
  /** What the key types first, always the same: its name. */
  publicId: z.string().regex(modhex).min(2).max(16),
  /** The last touch that opened anything; it and all before it are dead, whatever a server says. */
  count: z.int().min(0).optional(),
});

type Settings = z.infer<typeof settings>;
type Key = z.infer<typeof data>;

/** An encrypted block of 16 bytes, two letters a byte. */
const blockLetters = 32;
/** Six bytes, as keys leave the factory. */
const usualId = 12;

/** The code and its key's name, or nothing where it cannot be one. */
function typed(answer: string): { otp: string; publicId: string } | undefined {
  const otp = answer.length > 128 ? '' : answer.trim();
  // ASCII first: raising or lowering the case of other letters makes ASCII of some.
  if (!/^[A-Za-z]{34,48}$/.test(otp) || otp.length % 2 !== 0 || !modhex.test(otp.toLowerCase())) return undefined;
  return { otp: otp.toLowerCase(), publicId: otp.slice(0, -blockLetters).toLowerCase() };
}

const ask = (length: number): Question<Record<string, never>> => ({
  prompt: { ask: 'code', format: 'letters', length },
  pending: {},
});

/** Whose key it is stands in the code itself: another's is refused without asking anybody. */
async function judge(given: Given<Settings>, key: Key, answer: string): Promise<FactorVerdict<Key>> {
  const code = typed(answer);
  if (code?.publicId !== key.publicId) return { is: 'wrong' };
  const said = await validate(given, given.settings, code.otp);
  if (said.is !== 'ok') return said;
  if (said.count === undefined) return { is: 'ok', data: key };
  if (said.count <= (key.count ?? -1)) return { is: 'replayed' };
  return { is: 'ok', data: { publicId: key.publicId, count: said.count } };
}

/** The first touch names the key and proves that it is there. */
async function finishEnrolment(given: Given<Settings>, answer: string): Promise<FactorVerdict<Key>> {
  const code = typed(answer);
  return code ? judge(given, { publicId: code.publicId }, answer) : { is: 'wrong' };
}

/** Codes of a YubiKey. */
export const yubikey = defineFactor<Key, Settings, Record<string, never>, Record<string, never>>({
  kind: 'yubikey',
  name: 'YubiKey',
  use: 'everyday',
  guessable: true,
  level: 'aal2',
  // RFC 8176: a code. That it came out of hardware is not proved to us (hwk is for a key that signs).
  amr: ['otp'],
  settings,
  data,
  enrolling: z.strictObject({}),
  asking: z.strictObject({}),
  available: ({ urls, clientId, secret }) => urls.length > 0 && clientId !== '' && secret !== '',
  channel: ({ publicId }) => `yubikey:${publicId}`,
  hint: ({ publicId }) => `•••${publicId.slice(-Math.min(4, publicId.length / 2))}`,
  lookup: ({ publicId }) => publicId,
  beginEnrolment: async () => ask(usualId + blockLetters),
  finishEnrolment: async (given, _pending, answer) => finishEnrolment(given, answer),
  beginChallenge: async (_given, { publicId }) => ask(publicId.length + blockLetters),
  checkAnswer: async (given, _pending, key, answer) => judge(given, key, answer),
});
