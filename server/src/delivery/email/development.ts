/** Development mode's mailbox: keeps what would have been sent, in memory, for the page at /dev/outbox. */
import type { Channel, Rendered, Sender, Taken } from '../deliver.ts';

/** A message that was kept instead of sent. `at` is an ISO time. */
export interface KeptMessage {
  readonly channel: Channel;
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
  readonly at: string;
}

const most = 200;

/** Keeps the last 200 messages of every channel, newest first. */
export class DevelopmentMailbox implements Sender {
  readonly name = 'development';
  readonly #now: () => number;
  #kept: KeptMessage[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What was kept, newest first. */
  get messages(): readonly KeptMessage[] {
    return this.#kept;
  }

  async send({ channel, to, subject, text }: Rendered): Promise<Taken> {
    const kept = { channel, to, ...(subject === undefined ? {} : { subject }), text };
    this.#kept = [{ ...kept, at: new Date(this.#now()).toISOString() }, ...this.#kept].slice(0, most);
    return {};
  }

  async close(): Promise<void> {
    this.#kept = [];
  }
}
