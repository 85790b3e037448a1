/**
 * Backup codes: ten short codes on paper for the day the phone is gone (NIST SP 800-63B-4 §3.1.2, look-up secrets).
 * The first two letters of a code say which one it is, so that a guess costs one slow hash and not ten; the other ten
 * letters are the secret, 50 bits.
 */
import { z } from 'zod';
import { type Random, randomLetters } from '../security/random.ts';
import { defineFactor, type FactorVerdict, type Given } from './factor.ts';
import { grouped, typedLetters } from './typed.ts';

const codesInSet = 10;
const selectorLength = 2;
const codeLength = 12;

const settings = z.strictObject({});

const data = z.object({ codes: z.array(z.object({ selector: z.string().length(selectorLength), hash: z.string() })) });

type Nothing = Record<string, never>;
type CodeSet = z.infer<typeof data>;

const selectorOf = (code: string): string => code.slice(0, selectorLength);
const secretOf = (code: string): string => code.slice(selectorLength);

/** Ten codes of which no two begin alike. */
function makeCodes(random: Random): string[] {
  const codes = new Map<string, string>();
  while (codes.size < codesInSet) {
    const code = randomLetters(random, codeLength);
    codes.set(selectorOf(code), code);
  }
  return [...codes.values()];
}

async function beginEnrolment(given: Given<Nothing>) {
  const codes = makeCodes(given.random);
  const pending: CodeSet = { codes: [] };
  // One after the other: ten at once would take the places of ten people who are signing in.
  for (const code of codes) {
    pending.codes.push({ selector: selectorOf(code), hash: await given.slowHash.make(secretOf(code)) });
  }
  return { prompt: { ask: 'keep' }, pending, reveal: { codes: codes.map(grouped) } } as const;
}

/** Every guess costs one hash, whether a code begins that way or not, so the time does not tell which ones exist. */
async function judge(given: Given<Nothing>, set: CodeSet, answer: string): Promise<FactorVerdict<CodeSet>> {
  const typed = typedLetters(answer, codeLength);
  if (typed === undefined) return { is: 'wrong' };
  const named = set.codes.find((code) => code.selector === selectorOf(typed));
  const judged = named ?? set.codes[0];
  if (judged === undefined) {
    await given.slowHash.make(secretOf(typed));
    return { is: 'wrong' };
  }
  const right = await given.slowHash.matches(judged.hash, secretOf(typed));
  if (!right || judged !== named) return { is: 'wrong' };
  const codes = set.codes.filter((code) => code !== named);
  return { is: 'ok', data: { codes }, left: codes.length, spent: codes.length === 0 };
}

/** Ten codes, each good once. */
export const backupCodes = defineFactor<CodeSet, Nothing, CodeSet, Nothing>({
  kind: 'backup-codes',
  name: 'Backup codes',
  use: 'recovery',
  guessable: true,
  level: 'aal2',
  amr: ['otp'],
  settings,
  data,
  enrolling: data,
  asking: z.strictObject({}),
  channel: (_set, factorId) => `backup-codes:${factorId}`,
  hint: () => '',
  left: (set) => set.codes.length,
  beginEnrolment,
  finishEnrolment: async (_given, pending, answer) =>
    answer === 'kept' ? { is: 'ok', data: pending, left: pending.codes.length } : { is: 'wrong' },
  beginChallenge: async () => ({ prompt: { ask: 'code', format: 'letters', length: codeLength }, pending: {} }),
  checkAnswer: async (given, _pending, set, answer) => judge(given, set, answer),
});
