/**
 * The signed webhook, for any gateway of the operator's own: each message is one JSON body, posted with the time and an
 * HMAC over both. Receipts come back signed the same way.
 */
import { z } from 'zod';
import { sameText } from '../security/tokens.ts';
import { address, call, demandSuccess, refusal, tryJson } from './call.ts';
import type { Receipt, ReceiptRequest, Rendered, Sender, Taken, Tools } from './deliver.ts';
import { cleaned, headerOf, hmac, jsonOf } from './receipts.ts';
import { Undeliverable } from './undeliverable.ts';

/** How far the sender's clock and ours may differ, and how long a signed body can be sent again. */
const freshMs = 5 * 60 * 1000;
const second = 1000;

/** The options of a webhook of either channel. */
export const webhookOptions = z.strictObject({
  url: address.describe('Where each message is posted: `https://…`, or `http://` on this machine.'),
  secrets: z
    .array(z.string().min(32))
    .min(1)
    .max(5)
    .describe(
      'Keys of the signature, 32 characters or more. Each request is signed with all of them, and receipts may be signed with any: to change one, add the new one, change the other side, take the old one out.',
    ),
});

/** Options of a signed webhook. */
export type WebhookOptions = z.infer<typeof webhookOptions>;

/** A webhook as it may look, and a yes. */
export const webhookExample = {
  options: { url: 'https://gateway.example.org/messages', secrets: ['32 random bytes, written as letters and digits'] },
  answer: { status: 202, text: '{"reference":"g-1"}' },
} as const;

/** The signature of a body sent at `seconds` since 1970, with every key: `t=…,v1=…,v1=…`. */
export function signWebhook(secrets: readonly string[], seconds: number, body: string): string {
  return [`t=${seconds}`, ...secrets.map((secret) => `v1=${hmac(secret, `${seconds}.${body}`)}`)].join(',');
}

/** Whether one of the keys signed this body within the last five minutes. Compares in constant time. */
function isSigned(secrets: readonly string[], request: ReceiptRequest, now: number): boolean {
  const parts = headerOf(request, 'secondlock-signature').slice(0, 1000).split(',');
  const seconds = /^t=(\d{1,12})$/.exec(parts[0] ?? '')?.[1];
  if (seconds === undefined || Math.abs(now - Number(seconds) * second) > freshMs) return false;
  const given = parts.slice(1).filter((part) => part.startsWith('v1='));
  const good = secrets.map((secret) => `v1=${hmac(secret, `${seconds}.${request.body}`)}`);
  return good.some((signature) => given.some((one) => sameText(one, signature)));
}

const cost = z.object({
  amount: z.string().regex(/^\d{1,9}(\.\d{1,9})?$/),
  currency: z.string().regex(/^([A-Z]{3})?$/),
});
const reference = z.string().min(1).max(200);
const taken = z.object({ reference: reference.optional(), cost: cost.optional() });
const undeliverable = z.object({ undeliverable: z.literal(true) });
const receipts = z.object({
  receipts: z
    .array(z.object({ reference, state: z.string(), error: z.string().optional(), cost: cost.optional() }))
    .max(100),
});

const isState = (state: string): state is Receipt['state'] => ['sent', 'delivered', 'failed'].includes(state);

function receive(secrets: readonly string[], request: ReceiptRequest, now: number): Receipt[] | undefined {
  if (!isSigned(secrets, request, now)) return undefined;
  const { data } = receipts.safeParse(jsonOf(request));
  return data?.receipts.flatMap(({ reference, state, error, cost }) => {
    if (!isState(state)) return [];
    return [{ reference, state, ...(error ? { error: cleaned(error) } : {}), ...(cost ? { cost } : {}) }];
  });
}

/**
 * What the other side said. A success with an empty or another body is a success whose reference is our own id; status
 * 422 with `{"undeliverable": true}` is a final no, so that a gateway that is set up wrongly ends nothing by accident.
 */
function takenOf(answer: Awaited<ReturnType<typeof call>>, id: string): Taken {
  if (answer.status === 422 && tryJson(answer, undeliverable)) throw new Undeliverable(refusal(422));
  demandSuccess(answer);
  if (answer.text.trim() === '') return { reference: id };
  const read = tryJson(answer, taken);
  if (!read) throw new Error(`its answer cannot be read, status ${answer.status}`);
  return { reference: read.reference ?? id, ...(read.cost ? { cost: read.cost } : {}) };
}

/** Opens a webhook; `bodyOf` gives what its channel sends, and throws `Undeliverable` for an address that cannot be. */
export function openWebhook(
  { url, secrets }: WebhookOptions,
  { name, fetch, now, receiptUrl }: Tools,
  bodyOf: (message: Rendered) => Readonly<Record<string, unknown>>,
): Sender {
  return {
    name,
    send: async (message, signal) => {
      const { id, channel, notAfter } = message;
      const ends = notAfter === undefined ? {} : { notAfter: new Date(notAfter).toISOString() };
      const back = receiptUrl === '' ? {} : { receiptUrl };
      const body = JSON.stringify({ id, channel, ...bodyOf(message), ...ends, ...back });
      const signature = signWebhook(secrets, Math.floor(now() / second), body);
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': id,
        'secondlock-signature': signature,
      };
      return takenOf(await call(fetch, url, { headers, body, signal }), id);
    },
    receive: (request) => receive(secrets, request, now()),
    close: async () => {},
  };
}
