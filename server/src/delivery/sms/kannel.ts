/** Kannel's `sendsms` (Kannel User's Guide, "Sending SMS via HTTP"): the open gateway that many operators run themselves. */
import { z } from 'zod';
import { type Answer, address, type Call, call, type HttpProvider, refusal } from '../call.ts';
import type { Receipt, ReceiptRequest, Rendered, Sender, Taken, Tools } from '../deliver.ts';
import { fieldsOf, queryOf, receiptOf, sealedId, sealedUrl } from '../receipts.ts';
import { segments } from './gsm.ts';
import { numberOf, printable, secondsLeft, senderId } from './number.ts';

const kannelOptions = z.strictObject({
  url: address.describe('The `sendsms` address of smsbox: `http://127.0.0.1:13013/cgi-bin/sendsms`, or `https://…`.'),
  username: printable.describe('`username` of the `sendsms-user` group.'),
  password: printable.describe('Its `password`. It also signs the addresses that receipts come to.'),
  from: senderId.optional().describe('The sender that phones show; left out, Kannel’s `default-sender` is used.'),
  smsc: printable.optional().describe('The `smsc-id` to route by, if not all of them.'),
  method: z
    .enum(['POST', 'GET'])
    .default('POST')
    .describe('`POST` keeps text and password out of access logs; `GET` is for gateways that only look like Kannel.'),
});

/** Options of {@link kannel}. */
export type KannelOptions = z.infer<typeof kannelOptions>;

/** Delivered, not delivered, taken by the SMSC, refused by the SMSC; "queued at the SMSC" (4) tells nothing new. */
const asked = 1 + 2 + 8 + 16;
const states: ReadonlyMap<string, Receipt['state']> = new Map([
  ['1', 'delivered'],
  ['2', 'failed'],
  ['8', 'sent'],
  ['16', 'failed'],
] as const);
const minute = 60;

/** The parameters besides the text, by their names in a query. */
function parametersOf(message: Rendered, options: KannelOptions, { receiptUrl, now }: Tools): Record<string, string> {
  const { username, password, from, smsc } = options;
  const receipts = sealedUrl(receiptUrl, password, message.id, '&status=%d');
  const left = secondsLeft(message, now(), { least: minute, most: 7 * 24 * 60 * minute });
  return {
    username,
    password,
    to: numberOf(message),
    coding: segments(message.text).alphabet === 'gsm-7' ? '0' : '2',
    ...(from === undefined ? {} : { from }),
    ...(smsc === undefined ? {} : { smsc }),
    ...(left === undefined ? {} : { validity: String(Math.floor(left / minute)) }),
    ...(receipts === '' ? {} : { 'dlr-mask': String(asked), 'dlr-url': receipts }),
  };
}

/** Kannel takes no forms: by POST, the body is the text and the parameters are headers (User's Guide, "X-Kannel headers"). */
function asPost(parameters: Readonly<Record<string, string>>, text: string): Call {
  const headers = Object.entries(parameters).map(([name, value]) => [`x-kannel-${name}`, value]);
  return { headers: { ...Object.fromEntries(headers), 'content-type': 'text/plain; charset=UTF-8' }, body: text };
}

/** 202 and a text that begins with 0 (accepted) or 3 (queued): anything else is a refusal. */
function takenOf({ status, text }: Answer, id: string): Taken {
  if (status !== 202 || !/^[03]: /.test(text)) throw new Error(refusal(status));
  // The answer names nothing; receipts bring back our own id.
  return { reference: id };
}

function receive({ url }: ReceiptRequest, password: string): Receipt[] | undefined {
  const id = sealedId(url, password);
  if (id === undefined) return undefined;
  const { status = '' } = fieldsOf(queryOf(url));
  return receiptOf(id, states.get(status), `status ${status}`);
}

function open(options: KannelOptions, tools: Tools): Sender {
  const { url, method, password } = options;
  return {
    name: tools.name,
    send: async (message, signal) => {
      const parameters = parametersOf(message, options, tools);
      const { id, text } = message;
      if (method === 'POST') return takenOf(await call(tools.fetch, url, { ...asPost(parameters, text), signal }), id);
      const query = new URLSearchParams({ ...parameters, charset: 'UTF-8', text });
      const joint = url.includes('?') ? '&' : '?';
      return takenOf(await call(tools.fetch, `${url}${joint}${query}`, { method, signal }), id);
    },
    receive: (request) => receive(request, password),
    close: async () => {},
  };
}

/** Kannel. Sending resolves when bearerbox has taken the message. */
export const kannel: HttpProvider<KannelOptions> = {
  name: 'kannel',
  channel: 'sms',
  options: kannelOptions,
  open,
  example: {
    options: {
      url: 'http://127.0.0.1:13013/cgi-bin/sendsms',
      username: 'secondlock',
      password: 'kept secret',
      from: 'Acme',
    },
    answer: { status: 202, text: '0: Accepted for delivery' },
  },
};
