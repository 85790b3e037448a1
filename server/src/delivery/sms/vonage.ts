/** Vonage's SMS API (`/sms/json`), signed or with the account's secret. */
import { z } from 'zod';
import { sameText } from '../../security/tokens.ts';
import { type Answer, apiRoot, basic, call, demandJson, demandSuccess, type HttpProvider, refusal } from '../call.ts';
import type { Cost, Receipt, ReceiptRequest, Rendered, Sender, Taken, Tools } from '../deliver.ts';
import { anyFieldsOf, hmac, receiptOf, sealedId, sealedUrl } from '../receipts.ts';
import { segments } from './gsm.ts';
import { digitsOf, secondsLeft, senderId } from './number.ts';

const vonageOptions = z
  .strictObject({
    apiKey: z.string().min(1).describe('The account’s API key.'),
    apiSecret: z.string().min(8).optional().describe('Its API secret: either this or `signatureSecret`.'),
    signatureSecret: z
      .string()
      .min(16)
      .optional()
      .describe('Its signature secret, with the method SHA-256 HMAC: requests and receipts are then signed.'),
    from: senderId.describe('The sender: a number of the account or an alphanumeric name.'),
    baseUrl: apiRoot.default('https://rest.nexmo.com').describe('Another root of the API.'),
  })
  .refine(
    ({ apiSecret, signatureSecret }) => (apiSecret === undefined) !== (signatureSecret === undefined),
    'needs either `apiSecret` or `signatureSecret`',
  );

/** Options of {@link vonage}. */
export type VonageOptions = z.infer<typeof vonageOptions>;

type Fields = Readonly<Record<string, string>>;

const second = 1000;
/** How old a signed receipt may be: Vonage tries again for a day, with the time of its first try. */
const freshMs = 25 * 60 * 60 * second;

const price = /^(\d{1,9})(?:\.(\d{1,9}))?$/;
const part = z.object({
  status: z.string(),
  'message-id': z.string().min(1).max(100).optional(),
  'message-price': z.string().regex(price).optional(),
});
const answered = z.object({ messages: z.array(part).min(1).max(255) });

/** Receipts (Vonage, "Delivery receipts"); `buffered` and `unknown` tell nothing. */
const states: ReadonlyMap<string, Receipt['state']> = new Map([
  ['accepted', 'sent'],
  ['delivered', 'delivered'],
  ['expired', 'failed'],
  ['failed', 'failed'],
  ['rejected', 'failed'],
] as const);

/** HMAC-SHA-256 over the fields in order, `&` and `=` in their values replaced (Vonage, "Signing messages"). */
function signatureOf(fields: Fields, secret: string): string {
  const names = Object.keys(fields).filter((name) => name !== 'sig');
  const parts = names.sort().map((name) => `&${name}=${(fields[name] ?? '').replace(/[&=]/g, '_')}`);
  return hmac(secret, parts.join(''));
}

/** What receipts are known by where Vonage does not sign them: the secret that both sides have. */
const keyOf = ({ apiSecret = '', signatureSecret }: VonageOptions): string => signatureSecret ?? apiSecret;

function fieldsOf(message: Rendered, options: VonageOptions, { now, receiptUrl }: Tools): Fields {
  const left = secondsLeft(message, now(), { least: 20, most: 604_800 });
  const callback = options.signatureSecret ? receiptUrl : sealedUrl(receiptUrl, keyOf(options), message.id);
  return {
    from: options.from,
    to: digitsOf(message),
    text: message.text,
    type: segments(message.text).alphabet === 'gsm-7' ? 'text' : 'unicode',
    'client-ref': message.id,
    ...(left === undefined ? {} : { ttl: String(left * second) }),
    ...(callback === '' ? {} : { 'status-report-req': 'true', callback }),
  };
}

function signed(fields: Fields, apiKey: string, secret: string, now: number): Fields {
  const all = { ...fields, api_key: apiKey, timestamp: String(Math.floor(now / second)) };
  return { ...all, sig: signatureOf(all, secret) };
}

/** The prices of all parts together, digit for digit. */
function costOf(parts: readonly z.infer<typeof part>[]): Cost | undefined {
  const scale = 9;
  const units = parts.map(({ 'message-price': text = '' }) => {
    const [, whole, fraction = ''] = price.exec(text) ?? [];
    return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(scale, '0'));
  });
  if (units.includes(undefined)) return undefined;
  const digits = String(units.reduce<bigint>((sum, one) => sum + (one ?? 0n), 0n)).padStart(scale + 1, '0');
  const amount = `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '');
  // Vonage bills in euros.
  return { amount, currency: 'EUR' };
}

/** Every part must be taken; Vonage answers 200 for refusals too, with a status for each part. */
function takenOf(answer: Answer): Taken {
  demandSuccess(answer);
  const { messages } = demandJson(answer, answered);
  const refused = messages.find(({ status }) => status !== '0');
  if (refused) throw new Error(refusal(answer.status, refused.status));
  const reference = messages[0]?.['message-id'];
  if (reference === undefined) throw new Error('its answer names no message');
  const cost = costOf(messages);
  return { reference, ...(cost ? { cost } : {}) };
}

function isGenuine(fields: Fields, url: string, options: VonageOptions, now: number): boolean {
  const { signatureSecret } = options;
  if (!signatureSecret) return sealedId(url, keyOf(options)) !== undefined;
  if (!(Math.abs(now - Number(fields.timestamp) * second) <= freshMs)) return false;
  return sameText((fields.sig ?? '').toLowerCase(), signatureOf(fields, signatureSecret));
}

function receive(request: ReceiptRequest, options: VonageOptions, now: number): Receipt[] | undefined {
  const fields = anyFieldsOf(request);
  if (!fields || !isGenuine(fields, request.url, options, now)) return undefined;
  const { messageId = '', status = '', 'err-code': code = '', price: amount = '' } = fields;
  const [receipt] = receiptOf(messageId.slice(0, 100), states.get(status), `${status}, code ${code}`);
  if (!receipt) return [];
  return [price.test(amount) ? { ...receipt, cost: { amount, currency: 'EUR' } } : receipt];
}

function open(options: VonageOptions, tools: Tools): Sender {
  const { apiKey, apiSecret, signatureSecret, baseUrl } = options;
  const url = `${baseUrl}/sms/json`;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (apiSecret) headers.authorization = basic(apiKey, apiSecret);
  return {
    name: tools.name,
    send: async (message, signal) => {
      const fields = fieldsOf(message, options, tools);
      const sent = signatureSecret ? signed(fields, apiKey, signatureSecret, tools.now()) : fields;
      return takenOf(await call(tools.fetch, url, { headers, body: JSON.stringify(sent), signal }));
    },
    receive: (request) => receive(request, options, tools.now()),
    close: async () => {},
  };
}

/** Vonage. Sending resolves when Vonage has taken every part of the message. */
export const vonage: HttpProvider<VonageOptions> = {
  name: 'vonage',
  channel: 'sms',
  options: vonageOptions,
  open,
  example: {
    options: { apiKey: 'abcd1234', signatureSecret: 'a signature secret', from: 'Acme' },
    answer: {
      status: 200,
      text: JSON.stringify({ 'message-count': '1', messages: [{ status: '0', 'message-id': '0A0000000123ABCD1' }] }),
    },
  },
};
