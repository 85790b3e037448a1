/** Twilio's Programmable Messaging (`2010-04-01/Accounts/…/Messages.json`). */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { sameText } from '../../security/tokens.ts';
import { type Answer, apiRoot, basic, call, demandJson, type HttpProvider, refusal, tryJson } from '../call.ts';
import type { Cost, Receipt, ReceiptRequest, Rendered, Sender, Taken, Tools } from '../deliver.ts';
import { fieldsOf, headerOf, receiptOf } from '../receipts.ts';
import { Undeliverable } from '../undeliverable.ts';
import { numberOf, secondsLeft, senderId } from './number.ts';

const sid = (kind: string) =>
  z.string().regex(new RegExp(`^${kind}[0-9a-f]{32}$`), `${kind} and 32 hexadecimal digits`);

const twilioOptions = z
  .strictObject({
    accountSid: sid('AC').describe('The account’s SID (`AC…`).'),
    authToken: z.string().min(16).describe('Its auth token; it also checks the signature of receipts.'),
    from: senderId.optional().describe('The sender: a number of the account, a short code or an alphanumeric name.'),
    messagingServiceSid: sid('MG').optional().describe('A messaging service (`MG…`) that chooses the sender instead.'),
    baseUrl: apiRoot.default('https://api.twilio.com').describe('Another root of the API, such as a region’s.'),
  })
  .refine(
    ({ from, messagingServiceSid }) => (from === undefined) !== (messagingServiceSid === undefined),
    'needs either `from` or `messagingServiceSid`',
  );

/** Options of {@link twilio}. */
export type TwilioOptions = z.infer<typeof twilioOptions>;

const message = z.object({
  sid: z.string().regex(/^[A-Z]{2}[0-9a-f]{32}$/),
  price: z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .nullish(),
  price_unit: z
    .string()
    .regex(/^[A-Za-z]{3}$/)
    .nullish(),
});
const failure = z.object({ code: z.number().int() });

/** Twilio's codes for a number that does not exist at all; what only this account may not reach, another provider may. */
const noSuchNumber = [21211, 21217];

const states: ReadonlyMap<string, Receipt['state']> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'delivered'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
] as const);

function formOf(message: Rendered, options: TwilioOptions, { now, receiptUrl }: Tools): URLSearchParams {
  const { from, messagingServiceSid } = options;
  const left = secondsLeft(message, now(), { least: 1, most: 36_000 });
  return new URLSearchParams({
    To: numberOf(message),
    Body: message.text,
    ...(from === undefined ? {} : { From: from }),
    ...(messagingServiceSid === undefined ? {} : { MessagingServiceSid: messagingServiceSid }),
    ...(left === undefined ? {} : { ValidityPeriod: String(left) }),
    ...(receiptUrl === '' ? {} : { StatusCallback: receiptUrl }),
  });
}

function takenOf(answer: Answer): Taken {
  if (answer.status < 200 || answer.status > 299) {
    const code = tryJson(answer, failure)?.code ?? 0;
    const why = refusal(answer.status, code || '');
    throw answer.status === 400 && noSuchNumber.includes(code) ? new Undeliverable(why) : new Error(why);
  }
  const { sid, price, price_unit: unit } = demandJson(answer, message);
  // Prices are negative: what the account loses. Mostly they are not known yet.
  const cost: Cost | undefined = price
    ? { amount: price.replace('-', ''), currency: unit?.toUpperCase() ?? '' }
    : undefined;
  return { reference: sid, ...(cost ? { cost } : {}) };
}

/** The address as Twilio may have signed it: with and without the port. */
function writings(url: string): readonly string[] {
  const [, scheme = '', host = '', rest = ''] = /^(https?:\/\/)([^/?#]*)(.*)$/.exec(url) ?? [];
  const bare = host.replace(/:\d+$/, '');
  return [url, `${scheme}${bare}${rest}`, `${scheme}${bare}:${scheme === 'https://' ? 443 : 80}${rest}`];
}

/** HMAC-SHA-1 over the address and the form's fields in order (Twilio, "Validating signatures from Twilio"). */
function isSigned(request: ReceiptRequest, authToken: string): boolean {
  const form = new URLSearchParams(request.body);
  const names = [...new Set(form.keys())].sort();
  const fields = names.map((name) =>
    [...new Set(form.getAll(name))]
      .sort()
      .map((value) => name + value)
      .join(''),
  );
  const given = headerOf(request, 'x-twilio-signature');
  return writings(request.url).some((url) => {
    const signature = createHmac('sha1', authToken)
      .update(url + fields.join(''))
      .digest('base64');
    return sameText(given, signature);
  });
}

function receive(request: ReceiptRequest, authToken: string): Receipt[] | undefined {
  if (request.method !== 'POST' || !isSigned(request, authToken)) return undefined;
  const { MessageSid = '', MessageStatus = '', ErrorCode = '' } = fieldsOf(request.body);
  return receiptOf(MessageSid, states.get(MessageStatus), ErrorCode && `code ${ErrorCode}`);
}

function open(options: TwilioOptions, tools: Tools): Sender {
  const { accountSid, authToken, baseUrl } = options;
  const url = `${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const headers = { authorization: basic(accountSid, authToken), accept: 'application/json' };
  return {
    name: tools.name,
    send: async (message, signal) =>
      takenOf(await call(tools.fetch, url, { headers, body: formOf(message, options, tools), signal })),
    receive: (request) => receive(request, authToken),
    close: async () => {},
  };
}

/** Twilio. Sending resolves when Twilio has queued the message. */
export const twilio: HttpProvider<TwilioOptions> = {
  name: 'twilio',
  channel: 'sms',
  options: twilioOptions,
  open,
  example: {
    options: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), from: '+15005550006' },
    answer: {
      status: 201,
      text: JSON.stringify({ sid: `SM${'1'.repeat(32)}`, status: 'queued', price: null, price_unit: 'USD' }),
    },
  },
};
