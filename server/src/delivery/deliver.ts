/**
 * Delivery: a message is data until it leaves. Flows write messages into the outbox in their own transaction; the
 * outbox renders and sends them after the commit, by a provider of the message's channel.
 */
import type { ZodType } from 'zod';
import type { Log } from '../deps.ts';
import type { Random } from '../security/random.ts';
import type { MessageKey } from '../texts/index.ts';

export type { MessageKey } from '../texts/index.ts';

/** How a message travels. */
export type Channel = 'email' | 'sms' | 'push';

/** What a factor asks to be sent: where, which text, and what to fill in. */
export interface Sendable {
  readonly channel: Channel;
  readonly to: string;
  readonly text: MessageKey;
  readonly parameters: Readonly<Record<string, string>>;
  /** SMS: the digits after the plus that lead to the country. */
  readonly prefix?: string;
}

/** A message ready for the outbox. `to: null` is a message to nobody: the same row and the same work, never sent. */
export interface Message {
  readonly channel: Channel;
  readonly to: string | null;
  readonly text: MessageKey;
  readonly parameters: Readonly<Record<string, string>>;
  readonly locale: string;
  readonly userId?: string;
  /** Milliseconds since 1970 after which it is worth nothing (a code's end). */
  readonly notAfter?: number;
  /** The question whose code it carries. */
  readonly challengeId?: string;
  /** SMS: the digits after the plus that lead to the country: quotas and routes are kept by it. */
  readonly prefix?: string;
}

/** What a reference may look like: no database refuses it, and no log is broken by it. */
export const isReference = (text: string): boolean => /^[\x21-\x7e]{1,200}$/.test(text);

/** A message as a provider gets it. */
export interface Rendered {
  readonly channel: Channel;
  readonly to: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly subject?: string;
  readonly text: string;
  readonly html?: string;
  /** Stable over tries and providers: whoever can, drops the second copy. */
  readonly id: string;
  /** Milliseconds since 1970 after which nobody should deliver it any more. */
  readonly notAfter?: number;
}

/** What a provider said when it took a message. */
export interface Taken {
  /** The provider's own id of the message: receipts name it. */
  readonly reference?: string;
  readonly cost?: Cost;
}

/** What a message cost, as far as the provider says. */
export interface Cost {
  /** A decimal number as the provider wrote it: money is never a float. */
  readonly amount: string;
  /** ISO 4217, or empty where the provider does not say. */
  readonly currency: string;
}

/** What a provider tells later about a message that it took. */
export interface Receipt {
  /** The provider's id, as in {@link Taken}. */
  readonly reference: string;
  readonly state: 'sent' | 'delivered' | 'failed';
  /** The provider's own reason, short and without personal data. */
  readonly error?: string;
  readonly cost?: Cost;
}

/** An opened provider. `send` resolves when the next hop has taken the message, and throws otherwise. */
export interface Sender {
  /** The name that the operator gave to this account of the provider; unique per channel. */
  readonly name: string;
  /** How many messages it takes at once, its connections or its window; five unless it says. */
  readonly atOnce?: number;
  /** Throws `Undeliverable` where no provider should try again. `signal` ends when the message's time with it is over. */
  send(message: Rendered, signal?: AbortSignal): Promise<Taken>;
  /** Reads a receipt that came over HTTP and checks its signature; undefined where it is not genuine or makes no sense. */
  receive?(request: ReceiptRequest): Receipt[] | undefined;
  close(): Promise<void>;
}

/** A receipt as it came in: `url` is the one that was given to the provider, as the provider sees it. */
export interface ReceiptRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a provider may use. */
export interface Tools {
  /** The account's name. */
  readonly name: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly random: Random;
  /** Where the provider sends receipts over HTTP; empty where the service cannot be reached from outside. */
  readonly receiptUrl: string;
  /** Takes a receipt that came over a connection of the provider's own. */
  readonly onReceipt: (receipt: Receipt) => void;
  readonly log: Log;
}

/** One way to deliver, with the schema of its options: the console draws its form from it, the contract test its cases. */
export interface Provider<Options> {
  readonly name: string;
  readonly channel: Channel;
  readonly options: ZodType<Options>;
  open(options: Options, tools: Tools): Sender;
}
