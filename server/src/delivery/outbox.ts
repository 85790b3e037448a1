/**
 * The outbox: a message is a row that commits with what caused it, and leaves afterwards. A restart loses none and
 * repeats none that is known to have left.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../deps.ts';
import type { Random } from '../security/random.ts';
import { type Keyring, SealBroken } from '../security/sealing.ts';
import {
  type ClaimedMessage,
  claimMessages,
  expireMessages,
  finishMessage,
  insertMessage,
  retryMessage,
} from '../storage/messages.ts';
import type { AllTenants, Tx } from '../storage/open.ts';
import { type MessageKey, nearestLocale, render } from '../texts/index.ts';
import type { Channel, Message, Rendered, Sender } from './deliver.ts';
import { renderMessage, type Service } from './render.ts';
import { Undeliverable } from './undeliverable.ts';

const second = 1000;
const minute = 60 * second;

/** Pauses before the second and later tries; after the last one the message has failed. About a day in all. */
const pauses = [
  ...[1 * second, 5 * second, 30 * second],
  ...[2, 10, 30, 60, 120, 240, 480, 480].map((minutes) => minutes * minute),
];
/** The time one provider has to take a message. */
const sendingMs = 20 * second;
/** What a claim lasts beyond the time of its providers, so that nobody else claims what is still being sent. */
const marginMs = 20 * second;
const atOnce = 5;
/** The answer of whoever wakes the outbox leaves first: how long that takes must not tell whether there is a mail (REC-06). */
const afterAnswerMs = 20;
const pollMs = second;
const pollsPerExpiry = 10;
/** How long a message to nobody without an end of its own keeps its body. */
const nobodyMs = 10 * minute;
/** A sealed body grows in steps of this many bytes, so that its size tells nothing about an address or a name. */
const step = 512;

const boundTo = (tenant: string, id: string): string => `message:${tenant}:${id}`;

/** Spaces after JSON mean nothing to the reader. */
function padded(text: string): string {
  const bytes = Buffer.byteLength(text);
  return text + ' '.repeat(Math.ceil((bytes + 1) / step) * step - bytes);
}

const wholeMinutes = (ms: number): string => String(Math.max(1, Math.floor(ms / minute)));

/**
 * Writes a message in the caller's transaction; it leaves after the commit. `id` is random and becomes the Message-ID.
 * `{minutes}` comes from the message's end where it is not given. A message to nobody (`to: null`) is the same row with
 * a body of the same shape and size, in a state that is never sent. Throws where the text needs a parameter that is
 * not there.
 */
export async function enqueue(
  tx: Tx,
  message: Message,
  { id, now, keyring }: { readonly id: string; readonly now: number; readonly keyring: Keyring },
): Promise<void> {
  const nobody = message.to === null;
  const minutes: Record<string, string> = message.notAfter ? { minutes: wholeMinutes(message.notAfter - now) } : {};
  const parameters: Record<string, string> = { ...minutes, ...message.parameters };
  // A hole in a text is a fault of the flow that made the message: found there, and not when nobody looks any more.
  render(nearestLocale(message.locale), message.text, { service: '', origin: '', ...parameters });
  const body = JSON.stringify({ to: message.to ?? '', parameters });
  await insertMessage(tx, {
    id,
    channel: message.channel,
    user_id: message.userId ?? null,
    text: message.text,
    locale: message.locale,
    body: keyring.seal(padded(body), boundTo(tx.tenant, id)),
    state: nobody ? 'nobody' : 'queued',
    tries: 0,
    next_at: nobody ? (message.notAfter ?? now + nobodyMs) : now,
    lease_until: 0,
    not_after: message.notAfter ?? null,
    created_at: now,
    sent_at: null,
    provider: '',
    error: '',
    challenge_id: null,
    converted_at: null,
    prefix: '',
  });
}

/** What an {@link Outbox} needs. */
export interface OutboxOptions {
  readonly database: AllTenants;
  readonly keyring: Keyring;
  /** By channel, tried in order: the next one where the first does not take the message. */
  readonly senders: Readonly<Partial<Record<Channel, readonly Sender[]>>>;
  readonly service: (tenant: string) => Promise<Service>;
  readonly now: () => number;
  /** Told what was done; never an address, a parameter or a code. */
  readonly log: Log;
  readonly random: Random;
}

/** What follows from one try: an end, or another try after `wait` milliseconds. */
type Outcome =
  | { readonly state: 'sent'; readonly provider: string; readonly error?: string }
  | { readonly state: 'failed' | 'expired'; readonly error: string; readonly provider?: string }
  | { readonly wait: number; readonly error: string };

/** Sends what is due, up to five at once, over all tenants. Several processes may run one each. */
export class Outbox {
  readonly #options: OutboxOptions;
  /** The work must not run inside the transaction of whoever wakes it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #sending = new Set<Promise<void>>();
  readonly #leaseMs: number;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #pass: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #polls = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const most = Math.max(1, ...Object.values(options.senders).map((senders) => senders.length));
    this.#leaseMs = most * sendingMs + marginMs;
  }

  /** Looks for messages now and then each second. */
  start(): void {
    this.#stopped = false;
    this.#timer ??= setInterval(() => this.#poll(), pollMs).unref();
    this.#look();
  }

  /** Says that a message may be waiting: a hint after a commit. Never throws and never waits. */
  wake(): void {
    if (this.#stopped) return;
    this.#soon ??= this.#outside(() => setTimeout(() => this.#look(), afterAnswerMs)).unref();
  }

  #look(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    if (this.#stopped) return;
    this.#again = true;
    this.#pass ??= this.#outside(() => this.#work()).finally(() => {
      this.#pass = undefined;
    });
  }

  /** Ends the looking, and waits for what is being sent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#timer = undefined;
    this.#soon = undefined;
    await this.#pass;
    await Promise.all(this.#sending);
  }

  /** Sends all that is due at this moment, and ends what is over. */
  async drain(): Promise<void> {
    // What a wake-up announced is looked for here and now, not once more beside it.
    clearTimeout(this.#soon);
    this.#soon = undefined;
    await this.#pass;
    await this.#outside(async () => {
      await expireMessages(this.#options.database, this.#options.now());
      while ((await this.#claim()) > 0) await Promise.all(this.#sending);
      await Promise.all(this.#sending);
    });
  }

  #poll(): void {
    this.#polls += 1;
    this.#look();
  }

  async #work(): Promise<void> {
    const { database, log, now } = this.#options;
    try {
      if (this.#polls % pollsPerExpiry === 0) await expireMessages(database, now());
      while (this.#again && !this.#stopped) {
        this.#again = false;
        while (!this.#stopped && (await this.#claim()) > 0) await this.#oneDone();
      }
    } catch (error) {
      // The database is away: the messages are rows and wait; the next second tries again.
      log.error({ err: error }, 'the outbox could not be read');
    }
  }

  async #oneDone(): Promise<void> {
    if (this.#sending.size > 0) await Promise.race(this.#sending);
  }

  /** Claims as many as may be sent at once and starts them. Gives how many are being sent where any was claimed. */
  async #claim(): Promise<number> {
    const limit = atOnce - this.#sending.size;
    if (limit <= 0) return this.#sending.size;
    const terms = { now: this.#options.now(), leaseMs: this.#leaseMs, limit };
    const claimed = await claimMessages(this.#options.database, terms);
    for (const message of claimed) {
      const sending: Promise<void> = this.#send(message).finally(() => this.#sending.delete(sending));
      this.#sending.add(sending);
    }
    return claimed.length;
  }

  async #send(message: ClaimedMessage): Promise<void> {
    const { database, log, now } = this.#options;
    const { tenant, id, channel, text, tries } = message;
    const about = { tenant, message: id, channel, text, tries };
    try {
      const outcome = await this.#try(message);
      if ('wait' in outcome) {
        const { wait, error } = outcome;
        await settle(() => retryMessage(database, message, { nextAt: now() + this.#jittered(wait), error }));
        log.warn({ ...about, why: error }, 'message not sent yet');
        return;
      }
      await settle(() => finishMessage(database, message, { ...outcome, now: now() }));
      if (outcome.state === 'sent') log.info({ ...about, provider: outcome.provider }, 'message sent');
      else log.warn({ ...about, why: outcome.error }, `message ${outcome.state}`);
    } catch (error) {
      log.error({ ...about, err: error }, 'the outcome of a message could not be kept');
    }
  }

  /** One try, and what follows from it. */
  async #try(message: ClaimedMessage): Promise<Outcome> {
    try {
      return { state: 'sent', provider: await this.#deliver(message) };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown.message : 'unknown';
      if (this.#isOver(message)) return { state: 'expired', error };
      const wait = pauses[message.tries - 1];
      const final = wait === undefined || thrown instanceof Undeliverable || thrown instanceof SealBroken;
      return final ? { state: 'failed', error } : { wait, error };
    }
  }

  #isOver({ not_after }: ClaimedMessage): boolean {
    return not_after !== null && not_after <= this.#options.now();
  }

  /** Hands the message to the first sender of its channel that takes it; gives that sender's name. */
  async #deliver(message: ClaimedMessage): Promise<string> {
    const rendered = await this.#render(message);
    const senders = this.#options.senders[message.channel] ?? [];
    let last: unknown = new Error(`no provider for ${message.channel}`);
    for (const sender of senders) {
      if (this.#isOver(message)) throw new Error('its time had passed');
      try {
        await inTime(sender.send(rendered));
        return sender.name;
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async #render({ tenant, id, channel, text, locale, body }: ClaimedMessage): Promise<Rendered> {
    const { keyring, service } = this.#options;
    const opened = JSON.parse(keyring.open(body, boundTo(tenant, id))) as Pick<Message, 'parameters'> & { to: string };
    const message = { channel, text: text as MessageKey, locale, parameters: opened.parameters };
    return renderMessage(message, { id, to: opened.to, service: await service(tenant) });
  }

  /** Up to a tenth more, so that a relay that comes back is not met by all at once. */
  #jittered(wait: number): number {
    return wait + Math.floor((wait * (this.#options.random(1)[0] ?? 0)) / 2560);
  }
}

async function inTime(sending: Promise<unknown>): Promise<void> {
  const clock = new AbortController();
  const late = pause(sendingMs, undefined, { signal: clock.signal, ref: false }).then(() => {
    throw new Error(`not taken within ${sendingMs / second} seconds`);
  });
  try {
    await Promise.race([sending, late]);
  } finally {
    clock.abort();
    late.catch(() => {});
    sending.catch(() => {});
  }
}

/** An outcome must reach its row, or the message would leave again: a busy database is asked for a while. */
async function settle(write: () => Promise<boolean>): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      await write();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await pause(100);
    }
  }
}
