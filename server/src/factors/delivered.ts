/** Codes that are sent: one way to ask and judge them, whatever carries them. Each kind of them says where and how. */
import { z } from 'zod';
import type { Sendable } from '../delivery/deliver.ts';
import { randomDigits } from '../security/random.ts';
import type { Given, Question } from './factor.ts';
import { typedDigits } from './typed.ts';

/** Settings of a code that is sent. */
export const codeSettings = {
  /** Six decimal digits at least (NIST SP 800-63B-4 §3.1.3.2). */
  length: z.int().min(6).max(10).default(6),
  /** Milliseconds, ten minutes at most (ibid., ASVS 6.5.5). */
  lifetime: z.int().min(60_000).max(600_000).default(300_000),
} as const;

/** What is remembered of a code: its digest, never the code itself. */
export const sentCode = z.object({ digest: z.string(), length: z.int(), until: z.number() });

/** A code on its way. */
export type SentCode = z.infer<typeof sentCode>;

interface CodeSettings {
  readonly length: number;
  readonly lifetime: number;
}

/** Makes a code and the message that carries it; `shown` is the masked destination. */
export function askByMessage(
  given: Given<CodeSettings>,
  message: Omit<Sendable, 'parameters'>,
  shown: string,
): Question<SentCode> & { readonly send: Sendable } {
  const { length, lifetime } = given.settings;
  const code = randomDigits(given.random, length);
  return {
    prompt: { ask: 'code', format: 'digits', length, sentTo: shown },
    pending: { digest: given.codeDigest(message.to, code), length, until: given.now + lifetime },
    lifetime,
    send: { ...message, parameters: { code } },
  };
}

/**
 * Judges a typed code. The digest covers the destination that the code went to, so a code from before the destination
 * changed is worth nothing (OWASP Transaction Authorization 2.10).
 */
export function judgeSent(
  given: Pick<Given, 'now' | 'codeMatches'>,
  sent: SentCode,
  destination: string,
  answer: string,
): 'ok' | 'wrong' | 'expired' {
  if (given.now >= sent.until) return 'expired';
  const code = typedDigits(answer, sent.length);
  return code !== undefined && given.codeMatches(sent.digest, destination, code) ? 'ok' : 'wrong';
}
