/**
 * The paper key: one long key in a drawer for the day that everything else is gone (NIST SP 800-63B-4 §4.2.1.1, saved
 * recovery codes, asks for 64 bits). Nobody can show it again, and it is dead at use.
 */
import { z } from 'zod';
import { randomLetters } from '../security/random.ts';
import { defineFactor, type FactorVerdict, type Given } from './factor.ts';
import { drawQr } from './qr.ts';
import { grouped, typedLetters } from './typed.ts';

/** 26 letters of five bits are 130 bits, the fewest that hold 128. */
const keyLength = 26;

const settings = z.strictObject({});

const enrolling = z.object({ hash: z.string() });

/** `hash` is null once the key was used: what is not kept cannot open again. */
const data = z.object({ hash: z.string().nullable() });

type Nothing = Record<string, never>;
type Key = z.infer<typeof data>;

async function beginEnrolment(given: Given<Nothing>) {
  const key = randomLetters(given.random, keyLength);
  const hash = await given.slowHash.make(key);
  const paperKey = grouped(key);
  return { prompt: { ask: 'keep' }, pending: { hash }, reveal: { paperKey, paperKeyQr: drawQr(paperKey) } } as const;
}

/** A guess costs one hash even where the key was used, so the time does not tell. */
async function judge(given: Given<Nothing>, key: Key, answer: string): Promise<FactorVerdict<Key>> {
  const typed = typedLetters(answer, keyLength);
  if (typed === undefined) return { is: 'wrong' };
  if (key.hash === null) {
    await given.slowHash.make(typed);
    return { is: 'wrong' };
  }
  const right = await given.slowHash.matches(key.hash, typed);
  return right ? { is: 'ok', data: { hash: null }, spent: true } : { is: 'wrong' };
}

/** One long key, good once. */
export const paperKey = defineFactor<Key, Nothing, z.infer<typeof enrolling>, Nothing>({
  kind: 'paper-key',
  name: 'Paper key',
  use: 'recovery',
  replacedAtUse: true,
  guessable: true,
  level: 'aal2',
  amr: ['otp'],
  settings,
  data,
  enrolling,
  asking: z.strictObject({}),
  channel: (_key, factorId) => `paper-key:${factorId}`,
  hint: () => '',
  beginEnrolment,
  finishEnrolment: async (_given, pending, answer) =>
    answer === 'kept' ? { is: 'ok', data: pending } : { is: 'wrong' },
  beginChallenge: async () => ({ prompt: { ask: 'code', format: 'letters', length: keyLength }, pending: {} }),
  checkAnswer: async (given, _pending, key, answer) => judge(given, key, answer),
});
