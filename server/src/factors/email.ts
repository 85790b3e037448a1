/**
 * Codes by e-mail. Reading a mailbox proves little (NIST SP 800-63B-4 §3.1.3.1 does not count it), so this kind reaches
 * `two-step` and no more; it protects whoever has nothing better yet.
 */
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { askByMessage, codeSettings, judgeSent, type SentCode, sentCode } from './delivered.ts';
import { defineFactor, type FactorVerdict, type Given } from './factor.ts';
import { maskAddress } from './mask.ts';

const settings = z.strictObject(codeSettings);

const data = z.object({ address: z.string().min(3).max(320) });

type Settings = z.infer<typeof settings>;
type Mailbox = z.infer<typeof data>;

/** The channel of everything that arrives in a mailbox, links and recovery codes included. */
export function mailboxChannel(address: string): string {
  const folded = address.trim().normalize('NFC').toLowerCase();
  const at = folded.lastIndexOf('@');
  // A domain in its own letters and in ASCII is one domain, and so one channel.
  return `mailbox:${folded.slice(0, at + 1)}${domainToASCII(folded.slice(at + 1))}`;
}

function judge(given: Given<Settings>, sent: SentCode, mailbox: Mailbox, answer: string): FactorVerdict<Mailbox> {
  const is = judgeSent(given, sent, mailbox.address, answer);
  return is === 'ok' ? { is, data: mailbox } : { is };
}

/** Codes sent to the user's confirmed address. */
export const email = defineFactor<Mailbox, Settings, never, SentCode>({
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
  asking: sentCode,
  channel: (mailbox) => mailboxChannel(mailbox.address),
  hint: (mailbox) => maskAddress(mailbox.address),
  beginEnrolment: async ({ user }) => {
    if (user.email === undefined) throw new Error('only a confirmed address becomes a factor');
    return { done: { address: user.email } };
  },
  // Never asked: a confirmed address needs no further proof.
  finishEnrolment: async () => ({ is: 'wrong' }),
  beginChallenge: async (given, { address }) =>
    askByMessage(given, { channel: 'email', to: address, text: `code.${given.purpose}` }, maskAddress(address)),
  checkAnswer: async (given, sent, mailbox, answer) => judge(given, sent, mailbox, answer),
});
