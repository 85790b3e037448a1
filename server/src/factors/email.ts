/**
 * Codes by e-mail. Reading a mailbox proves little (NIST SP 800-63B-4 §3.1.3.1 does not count it), so this kind reaches
 * `two-step` and no more; it protects whoever has nothing better yet.
 */
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { randomDigits } from '../security/random.ts';
import { defineFactor, type FactorVerdict, type Given, type Question } from './factor.ts';
import { maskAddress } from './mask.ts';
import { typedDigits } from './typed.ts';

const settings = z.strictObject({
  /** Six decimal digits at least (NIST SP 800-63B-4 §3.1.3.2). */
  length: z.int().min(6).max(10).default(6),
  /** Milliseconds, ten minutes at most (ibid., ASVS 6.5.5). */
  lifetime: z.int().min(60_000).max(600_000).default(300_000),
});

const data = z.object({ address: z.string().min(3).max(320) });

const asking = z.object({ digest: z.string(), length: z.int(), until: z.number() });

type Settings = z.infer<typeof settings>;
type Mailbox = z.infer<typeof data>;
type Asked = z.infer<typeof asking>;

/** The channel of everything that arrives in a mailbox, links and recovery codes included. */
export function mailboxChannel(address: string): string {
  const folded = address.trim().normalize('NFC').toLowerCase();
  const at = folded.lastIndexOf('@');
  // A domain in its own letters and in ASCII is one domain, and so one channel.
  return `mailbox:${folded.slice(0, at + 1)}${domainToASCII(folded.slice(at + 1))}`;
}

function ask(given: Given<Settings>, { address }: Mailbox): Question<Asked> {
  const { length, lifetime } = given.settings;
  const code = randomDigits(given.random, length);
  return {
    prompt: { ask: 'code', format: 'digits', length, sentTo: maskAddress(address) },
    pending: { digest: given.codeDigest(address, code), length, until: given.now + lifetime },
    lifetime,
    send: { channel: 'email', to: address, text: `code.${given.purpose}`, parameters: { code } },
  };
}

/**
 * The digest covers the address that the code went to, so a code from before the address changed is worth nothing (OWASP
 * Transaction Authorization 2.10).
 */
function judge(given: Given<Settings>, asked: Asked, mailbox: Mailbox, answer: string): FactorVerdict<Mailbox> {
  if (given.now >= asked.until) return { is: 'expired' };
  const code = typedDigits(answer, asked.length);
  if (code === undefined) return { is: 'wrong' };
  return given.codeMatches(asked.digest, mailbox.address, code) ? { is: 'ok', data: mailbox } : { is: 'wrong' };
}

/** Codes sent to the user's confirmed address. */
export const email = defineFactor<Mailbox, Settings, never, Asked>({
  kind: 'email',
  name: 'E-mail',
  use: 'everyday',
  guessable: true,
  level: 'two-step',
  amr: ['otp'],
  sends: 'email',
  settings,
  data,
  enrolling: z.never(),
  asking,
  channel: (mailbox) => mailboxChannel(mailbox.address),
  hint: (mailbox) => maskAddress(mailbox.address),
  beginEnrolment: async ({ user }) => {
    if (user.email === undefined) throw new Error('only a confirmed address becomes a factor');
    return { done: { address: user.email } };
  },
  // Never asked: a confirmed address needs no further proof.
  finishEnrolment: async () => ({ is: 'wrong' }),
  beginChallenge: async (given, mailbox) => ask(given, mailbox),
  checkAnswer: async (given, asked, mailbox, answer) => judge(given, asked, mailbox, answer),
});
