/** Messente's Omnichannel API (`/v1/omnimessage`), used for SMS only. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { sameText } from '../../security/tokens.ts';
import { type Answer, apiRoot, basic, call, demandJson, type HttpProvider, refusal, tryJson } from '../call.ts';
import type { Receipt, ReceiptRequest, Rendered, Sender, Taken, Tools } from '../deliver.ts';
import { headerOf, jsonOf, receiptOf } from '../receipts.ts';
import { Undeliverable } from '../undeliverable.ts';
import { numberOf, secondsLeft, senderId } from './number.ts';

const messenteOptions = z.strictObject({
  username: z.string().min(1).describe('The API key’s username.'),
  password: z.string().min(1).describe('The API key’s password; it also checks the signature of receipts.'),
  from: senderId
    .optional()
    .describe('A sender name or number that Messente has confirmed; left out, the account’s own.'),
  baseUrl: apiRoot.default('https://api.messente.com/v1').describe('Another root of the API.'),
});

/** Options of {@link messente}. */
export type MessenteOptions = z.infer<typeof messenteOptions>;

const success = z.object({
  messages: z.array(z.object({ channel: z.string(), message_id: z.string().min(1).max(100) })).min(1),
});
const failure = z.object({ errors: z.array(z.object({ code: z.string(), source: z.string().nullish() })).min(1) });

const report = z.object({
  message_id: z.string().min(1).max(100),
  status: z.string(),
  err: z.number().int().nullish(),
});

const states: ReadonlyMap<string, Receipt['state']> = new Map([
  ['ACK', 'sent'],
  ['ACCEPTD', 'sent'],
  ['DELIVRD', 'delivered'],
  ['SEEN', 'delivered'],
  ['UNDELIV', 'failed'],
  ['FAILED', 'failed'],
  ['REJECTD', 'failed'],
  ['DELETED', 'failed'],
  ['EXPIRED', 'failed'],
  ['NACK', 'failed'],
] as const);

/** `autoconvert: off`: our texts are counted in segments as they are. */
function bodyOf(message: Rendered, { from }: MessenteOptions, { now, receiptUrl }: Tools): string {
  const ttl = secondsLeft(message, now(), { least: 60, most: 172_800 });
  const sms = {
    channel: 'sms',
    text: message.text,
    autoconvert: 'off',
    ...(from === undefined ? {} : { sender: from }),
    ...(ttl === undefined ? {} : { ttl }),
  };
  return JSON.stringify({
    to: numberOf(message),
    messages: [sms],
    ...(receiptUrl === '' ? {} : { dlr_url: receiptUrl }),
  });
}

function takenOf(answer: Answer): Taken {
  if (answer.status < 200 || answer.status > 299) {
    const [first] = tryJson(answer, failure)?.errors ?? [];
    const why = refusal(answer.status, first?.code);
    // 105, "invalid data", in the field of the number: it cannot be one.
    const isNumber = answer.status === 400 && first?.code === '105' && first.source === 'to';
    throw isNumber ? new Undeliverable(why) : new Error(why);
  }
  const sms = demandJson(answer, success).messages.find(({ channel }) => channel === 'sms');
  if (!sms) throw new Error('its answer names no SMS');
  return { reference: sms.message_id };
}

/** HMAC-SHA-256 of the body with the API password (Messente, "Validating Omnichannel API callbacks"), hexadecimal or base64. */
function isSigned(request: ReceiptRequest, password: string): boolean {
  const given = headerOf(request, 'x-messente-signature');
  const good = createHmac('sha256', password).update(request.body).digest();
  return sameText(given.toLowerCase(), good.toString('hex')) || sameText(given, good.toString('base64'));
}

function receive(request: ReceiptRequest, password: string): Receipt[] | undefined {
  if (!isSigned(request, password)) return undefined;
  const { data } = report.safeParse(jsonOf(request));
  return data && receiptOf(data.message_id, states.get(data.status), `${data.status}, code ${data.err ?? 0}`);
}

function open(options: MessenteOptions, tools: Tools): Sender {
  const { username, password, baseUrl } = options;
  const headers = { authorization: basic(username, password), 'content-type': 'application/json' };
  return {
    name: tools.name,
    send: async (message, signal) => {
      const body = bodyOf(message, options, tools);
      return takenOf(await call(tools.fetch, `${baseUrl}/omnimessage`, { headers, body, signal }));
    },
    receive: (request) => receive(request, password),
    close: async () => {},
  };
}

/** Messente. Sending resolves when Messente has taken the message. */
export const messente: HttpProvider<MessenteOptions> = {
  name: 'messente',
  channel: 'sms',
  options: messenteOptions,
  open,
  example: {
    options: { username: 'a key', password: 'its password', from: 'Acme' },
    answer: {
      status: 201,
      text: JSON.stringify({ messages: [{ channel: 'sms', message_id: 'fr593ce7-68de', sender: 'Acme' }] }),
    },
  },
};
