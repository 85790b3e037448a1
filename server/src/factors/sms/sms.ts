/**
 * Codes by text message, the way that nearly everybody has. A restricted authenticator (NIST SP 800-63B-4 §3.2.9):
 * numbers are ported, SIM cards swapped and messages read on the way, so its page says so before a number is typed, and
 * it never stands alone on offer.
 */
import { z } from 'zod';
import { askByMessage, codeSettings, judgeSent, type SentCode, sentCode } from '../delivered.ts';
import { defineFactor, type EnrolmentVerdict, type FactorVerdict, type Given, type Question } from '../factor.ts';
import { maskNumber } from '../mask.ts';
import { type Phone, phone, phoneChannel, readPhone } from './phone.ts';

const settings = z.strictObject({
  ...codeSettings,
  /** Whether a provider can deliver at all; nothing is offered that cannot arrive. */
  available: z.boolean().default(false),
  /** Whose numbers may be typed without a country code; none unless set. */
  country: z.string().length(2).optional(),
  /** The only countries whose numbers are taken; all unless set. */
  countries: z.array(z.string().length(2)).default([]),
});

/** First the number is filled in, then its code is asked. */
const enrolling = z.union([z.strictObject({ phone, sent: sentCode }), z.strictObject({})]);

type Settings = z.infer<typeof settings>;
type Enrolling = z.infer<typeof enrolling>;

function ask(given: Given<Settings>, to: Phone, text: `sms.${Given['purpose']}`) {
  const message = { channel: 'sms', to: to.number, prefix: to.callingCode, text } as const;
  return askByMessage(given, message, maskNumber(to));
}

function askAtEnrolment(given: Given<Settings>, to: Phone): Question<Enrolling> {
  const question = ask(given, to, 'sms.enrolment');
  return { ...question, pending: { phone: to, sent: question.pending } };
}

async function fillIn(given: Given<Settings>, typed: string): Promise<EnrolmentVerdict<Phone, Enrolling>> {
  const read = await readPhone(typed, given.settings);
  if (typeof read === 'string') return { is: 'refused', why: read };
  const mine = given.mine.map((one) => phone.parse(one).number);
  if (mine.includes(read.number)) return { is: 'refused', why: 'number-yours-already' };
  return { is: 'more', question: askAtEnrolment(given, read) };
}

const verdictOf = (is: ReturnType<typeof judgeSent>, data: Phone): FactorVerdict<Phone> =>
  is === 'ok' ? { is, data } : { is };

/** Codes sent to a phone number. */
export const sms = defineFactor<Phone, Settings, Enrolling, SentCode>({
  kind: 'sms',
  name: 'Text message',
  use: 'everyday',
  guessable: true,
  level: 'aal2',
  amr: ['sms'],
  sends: 'sms',
  settings,
  data: phone,
  enrolling,
  asking: sentCode,
  available: (configured) => configured.available,
  channel: ({ number }) => phoneChannel(number),
  hint: maskNumber,
  beginEnrolment: async () => ({ prompt: { ask: 'fill', what: 'phone', notice: 'sms' }, pending: {} }),
  finishEnrolment: async (given, pending, answer) =>
    'sent' in pending
      ? verdictOf(judgeSent(given, pending.sent, pending.phone.number, answer), pending.phone)
      : fillIn(given, answer),
  askAgain: async (given, pending) => {
    if (!('sent' in pending)) throw new Error('a number is filled in before its code is sent');
    return askAtEnrolment(given, pending.phone);
  },
  beginChallenge: async (given, data) => ask(given, data, `sms.${given.purpose}`),
  checkAnswer: async (given, sent, data, answer) => verdictOf(judgeSent(given, sent, data.number, answer), data),
});
