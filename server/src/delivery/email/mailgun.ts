/** E-mail by Mailgun's HTTP API (`/v3/<domain>/messages`). */
import { z } from 'zod';
import { sameText } from '../../security/tokens.ts';
import { type Answer, apiRoot, basic, call, demandJson, type HttpProvider, refusal, tryJson } from '../call.ts';
import type { Receipt, ReceiptRequest, Rendered, Sender, Taken, Tools } from '../deliver.ts';
import { hmac, jsonOf, receiptOf } from '../receipts.ts';
import { Undeliverable } from '../undeliverable.ts';
import { automatic, envelopeOf, headerText } from './address.ts';

const mailgunOptions = z.strictObject({
  domain: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$/i, 'a domain')
    .describe('The sending domain, as set up at Mailgun.'),
  apiKey: z.string().min(8).describe('A sending key of that domain.'),
  signingKey: z
    .string()
    .min(8)
    .optional()
    .describe('The account’s HTTP webhook signing key; without it no receipt is believed.'),
  baseUrl: apiRoot
    .default('https://api.mailgun.net')
    .describe('`https://api.eu.mailgun.net` for domains in the European Union.'),
});

/** Options of {@link mailgun}. */
export type MailgunOptions = z.infer<typeof mailgunOptions>;

/** Mailgun tries a webhook again for eight hours, with the signature of the first time. */
const freshMs = 9 * 60 * 60 * 1000;
const second = 1000;

const success = z.object({ id: z.string().regex(/^<?[^<>\s]{3,300}>?$/) });
const failure = z.object({ message: z.string() });

const event = z.object({
  signature: z.object({ timestamp: z.coerce.string(), token: z.string(), signature: z.string() }),
  'event-data': z.object({
    event: z.string(),
    severity: z.string().optional(),
    reason: z.string().optional(),
    message: z.object({ headers: z.object({ 'message-id': z.string() }) }),
    'delivery-status': z.object({ code: z.union([z.number(), z.string()]).nullish() }).optional(),
  }),
});
type MailgunEvent = z.infer<typeof event>['event-data'];

/** A name as a quoted text, so that no comma or bracket in it begins another address (RFC 5322 §3.2.4). */
function mailbox({ name, address }: { readonly name: string; readonly address: string }): string {
  return name === '' ? address : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`;
}

function formOf(message: Rendered): URLSearchParams {
  const { subject = '', text, html } = message;
  const { to, from, messageId } = envelopeOf(message);
  return new URLSearchParams({
    from: mailbox(from),
    to,
    subject: headerText(subject),
    text,
    ...(html === undefined ? {} : { html }),
    // A link in a message leads to us and nowhere else, and nobody counts who opened it.
    'o:tracking': 'no',
    'o:tracking-clicks': 'no',
    'o:tracking-opens': 'no',
    'h:Message-Id': `<${messageId}>`,
    ...Object.fromEntries(Object.entries(automatic).map(([name, value]) => [`h:${name}`, value])),
  });
}

const withoutBrackets = (id: string): string => id.replace(/^<|>$/g, '');

function takenOf(answer: Answer): Taken {
  if (answer.status < 200 || answer.status > 299) {
    const why = tryJson(answer, failure)?.message ?? '';
    const isRecipient = answer.status === 400 && /^'?to'? parameter is not a valid address/i.test(why);
    throw isRecipient ? new Undeliverable(refusal(400, 'to')) : new Error(refusal(answer.status));
  }
  return { reference: withoutBrackets(demandJson(answer, success).id) };
}

function stateOf({ event, severity }: MailgunEvent): Receipt['state'] | undefined {
  if (event === 'accepted') return 'sent';
  if (event === 'delivered') return 'delivered';
  // A failure that is not permanent is tried again by Mailgun.
  return event === 'rejected' || (event === 'failed' && severity === 'permanent') ? 'failed' : undefined;
}

function receive(request: ReceiptRequest, key: string | undefined, now: number): Receipt[] | undefined {
  const { data } = event.safeParse(jsonOf(request));
  if (!data || key === undefined) return undefined;
  const { timestamp, token, signature } = data.signature;
  if (!sameText(signature.toLowerCase(), hmac(key, timestamp + token))) return undefined;
  if (!(Math.abs(now - Number(timestamp) * second) <= freshMs)) return undefined;
  const about = data['event-data'];
  const code = about['delivery-status']?.code ?? '';
  const reference = withoutBrackets(about.message.headers['message-id']).slice(0, 300);
  return receiptOf(reference, stateOf(about), `${about.reason ?? about.event} ${code}`);
}

function open({ domain, apiKey, signingKey, baseUrl }: MailgunOptions, tools: Tools): Sender {
  const { name, fetch, now, receiptUrl, log } = tools;
  // Mailgun is told the address in its own pages, not with each message. It opens nothing: receipts are signed besides.
  if (signingKey && receiptUrl) log.info({ account: name, receiptUrl }, 'set this address for webhooks at Mailgun');
  const url = `${baseUrl}/v3/${domain}/messages`;
  const headers = { authorization: basic('api', apiKey), accept: 'application/json' };
  return {
    name,
    send: async (message, signal) => takenOf(await call(fetch, url, { headers, body: formOf(message), signal })),
    receive: (request) => receive(request, signingKey, now()),
    close: async () => {},
  };
}

/** Mailgun. Sending resolves when Mailgun has queued the mail. */
export const mailgun: HttpProvider<MailgunOptions> = {
  name: 'mailgun',
  channel: 'email',
  options: mailgunOptions,
  open,
  example: {
    options: { domain: 'mg.example.org', apiKey: 'a sending key', signingKey: 'a signing key' },
    answer: { status: 200, text: JSON.stringify({ id: '<m1@acme.example>', message: 'Queued. Thank you.' }) },
  },
};
