/**
 * Delivery: a message is data until it leaves. Flows write messages into the outbox in their own transaction; the
 * outbox renders and sends them after the commit, by a provider of the message's channel.
 */
import type { ZodType } from 'zod';
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
}

/** A message as a provider gets it. */
export interface Rendered {
  readonly channel: Channel;
  readonly to: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly subject?: string;
  readonly text: string;
  readonly html?: string;
  /** Stable over retries: a provider that can, drops the second copy. */
  readonly id: string;
}

/** An opened provider. `send` resolves when the next hop has taken the message, and throws otherwise. */
export interface Sender {
  readonly name: string;
  send(message: Rendered): Promise<void>;
  close(): Promise<void>;
}

/** One way to deliver, with the schema of its options: the console draws its form from it, the contract test its cases. */
export interface Provider<Options> {
  readonly name: string;
  readonly channel: Channel;
  readonly options: ZodType<Options>;
  open(options: Options): Sender;
}
