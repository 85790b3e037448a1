/** What hardware tokens have in common, whichever way they count. */
import { z } from 'zod';
import type { EnrolmentVerdict, Given, Question } from '../factor.ts';

/** At least 128 bits (RFC 4226 §4, R6): a shorter seed is refused where it comes in. */
export const secret = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').length >= 16, 'a seed has at least 16 bytes');

/** What a token brings with it. An app has none of it. Times are milliseconds since 1970. */
export const hardware = {
  serial: z.string().optional(),
  startsAt: z.int().optional(),
  expiresAt: z.int().optional(),
};

/** Whether a token may not be used at this moment: not any more, or not yet. */
export const isOver = (
  token: { readonly startsAt?: number | undefined; readonly expiresAt?: number | undefined },
  now: number,
): boolean => now < (token.startsAt ?? now) || now >= (token.expiresAt ?? Number.POSITIVE_INFINITY);

const shape = z.object({ ...hardware, digits: z.int() });

/** What an enrolment remembers: the serial number only. No seed is kept but in the store room. */
export const named = z.strictObject({ serial: z.string() });

/** The question for a code of so many digits, of the token with this serial number where it is none of an app. */
export const codeQuestion = <Pending>(digits: number, pending: Pending, serial?: string): Question<Pending> => ({
  prompt: { ask: 'code', format: 'digits', length: digits, ...(serial === undefined ? {} : { serial }) },
  pending,
});

/**
 * A typed serial number leads to a code, asked by the kind that the token is. One that nobody may have, or that is
 * over, leads nowhere.
 */
export async function askForCode(given: Given, answer: string): Promise<EnrolmentVerdict<never, { serial: string }>> {
  const found = await given.tokenWith(answer);
  if (!found) return { is: 'refused', why: 'no-such-token' };
  const token = shape.parse(found.data);
  if (isOver(token, given.now)) return { is: 'refused', why: 'no-such-token' };
  return { is: 'more', question: codeQuestion(token.digits, { serial: found.serial }, found.serial), kind: found.kind };
}
