/**
 * The outbox: a message is a row that commits with what caused it, and leaves afterwards. A restart loses none and
 * repeats none that is known to have left.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log } from '../deps.ts';
import type { Random } from '../security/random.ts';
import { type Keyring, SealBroken } from '../security/sealing.ts';
import type { NewTry } from '../storage/message-tries.ts';
import { type ClaimedMessage, claimMessages, expireMessages, requeueMessages } from '../storage/messages.ts';
import type { Database } from '../storage/open.ts';
import type { MessageKey } from '../texts/index.ts';
import { Courier, type CourierOptions, type Handed, reasonOf, type Tried } from './courier.ts';
import { type Channel, isReference, type Rendered } from './deliver.ts';
import { openBody } from './enqueue.ts';
import { type Outcome, Outcomes } from './outcomes.ts';
import { renderMessage, type Service } from './render.ts';
import { type OnGone, tellGone, Undeliverable } from './undeliverable.ts';

const second = 1000;
const minute = 60 * second;

/** Pauses before the second and later tries; after the last one the message has failed. About a day in all. */
const pauses = [
  ...[1 * second, 5 * second, 30 * second],
  ...[2, 10, 30, 60, 120, 240, 480, 480].map((minutes) => minutes * minute),
];
/** What a claim lasts beyond the time of its providers, so that nobody else claims what is still being sent. */
const marginMs = 20 * second;
/** What must be left of a claim, beyond the time of its providers, when its message sets out. */
const writingMs = 2 * second;
/** Claimed in one go, so that claiming costs little beside sending. More would wait longer after a kill. */
const leastClaimed = 100;
/** The answer of whoever wakes the outbox leaves first: how long that takes must not tell whether there is a mail (REC-06). */
const afterAnswerMs = 20;
const pollMs = second;
const pollsPerExpiry = 10;

/** What an {@link Outbox} needs. */
export interface OutboxOptions extends CourierOptions {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly service: (tenant: string) => Promise<Service>;
  /** Told what was done; never an address, a parameter or a code. */
  readonly log: Log;
  readonly random: Random;
  readonly onGone?: OnGone | undefined;
}

/** What waits and what is on its way in one channel: a slow channel holds up no other. */
interface Lane {
  readonly channel: Channel;
  /** How many may be on their way at once. */
  readonly room: number;
  readonly longest: number;
  readonly waiting: ClaimedMessage[];
  sending: number;
  /** The last look found less than it asked for. */
  dry: boolean;
}

const channels: readonly Channel[] = ['email', 'sms', 'push'];

/** Sends what is due, over all tenants, as many at once as the accounts take. Several processes may run one each. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #courier: Courier;
  readonly #outcomes: Outcomes;
  readonly #lanes: readonly Lane[];
  /** The work must not run inside the transaction of whoever wakes it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #sending = new Set<Promise<void>>();
  #ready: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #pass: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #polled = false;
  #polls = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#courier = new Courier(options);
    this.#outcomes = new Outcomes(options);
    this.#lanes = channels.map((channel) => ({
      channel,
      room: this.#courier.room(channel),
      longest: this.#courier.longest(channel),
      waiting: [],
      sending: 0,
      dry: true,
    }));
  }

  /** Looks for messages now and then each second. */
  start(): void {
    this.#stopped = false;
    this.#timer ??= setInterval(() => this.#poll(), pollMs).unref();
    this.#poll();
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

  /** Ends the looking, gives back what did not set out yet, and waits for what is being sent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#timer = undefined;
    this.#soon = undefined;
    await this.#pass;
    for (const lane of this.#lanes) for (const message of lane.waiting.splice(0)) this.#release(message);
    await this.#idle();
  }

  /** Sends all that is due at this moment, and ends what is over. */
  async drain(): Promise<void> {
    // What a wake-up announced is looked for here and now, not once more beside it.
    clearTimeout(this.#soon);
    this.#soon = undefined;
    await this.#pass;
    await this.#outside(async () => {
      // What has left is kept as such before anybody asks whose lease is over.
      await this.#idle();
      await this.#tidy(true);
      for (let found = true; found; ) {
        found = false;
        for (const lane of this.#lanes) if (await this.#claim(lane)) found = true;
        await this.#idle();
      }
    });
  }

  /** Resolves when nothing is on its way and all outcomes are kept. */
  async #idle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
    await this.#outcomes.settled();
  }

  #poll(): void {
    this.#polled = true;
    this.#look();
  }

  /** Ends what is over, and queues again what was claimed by a process that went away. */
  async #tidy(expiry: boolean): Promise<void> {
    const { database, now } = this.#options;
    await requeueMessages(database.all, now());
    if (expiry) await expireMessages(database.all, now());
  }

  async #work(): Promise<void> {
    const { log } = this.#options;
    try {
      if (this.#polled) {
        this.#polled = false;
        await this.#tidy(this.#polls % pollsPerExpiry === 0);
        this.#polls += 1;
      }
      while (this.#again && !this.#stopped) {
        this.#again = false;
        for (const lane of this.#lanes) await this.#fill(lane);
      }
    } catch (error) {
      // The database is away: the messages are rows and wait; the next second tries again.
      log.error({ err: error }, 'the outbox could not be read');
    }
  }

  /** Keeps as many waiting as are on their way, so that no account waits for the database. */
  async #fill(lane: Lane): Promise<void> {
    while (!this.#stopped && lane.waiting.length < lane.room && (await this.#claim(lane))) {
      // Until there is enough, or no more.
    }
  }

  /** Claims what is due and starts as much of it as there is room for. Gives whether there was any. */
  async #claim(lane: Lane): Promise<boolean> {
    const { database, now } = this.#options;
    const limit = Math.max(leastClaimed, 2 * lane.room);
    const terms = { channel: lane.channel, now: now(), leaseMs: lane.longest + marginMs, limit };
    // A claim that a power cut takes back is one whose process went away: it need not wait for the disk.
    const claimed = await database.transaction('', (tx) => claimMessages(tx, terms), 'with-next');
    lane.dry = claimed.length < limit;
    lane.waiting.push(...claimed);
    this.#start(lane);
    return claimed.length > 0;
  }

  #start(lane: Lane): void {
    while (lane.sending < lane.room) {
      const message = lane.waiting.shift();
      if (!message) return;
      if (message.lease_until < this.#options.now() + lane.longest + writingMs) {
        this.#release(message);
        continue;
      }
      lane.sending += 1;
      const sending: Promise<void> = this.#send(message).finally(() => {
        this.#sending.delete(sending);
        lane.sending -= 1;
        this.#start(lane);
        if (!lane.dry && lane.waiting.length < lane.room) this.#look();
      });
      this.#sending.add(sending);
    }
  }

  #release(message: ClaimedMessage): void {
    this.#outcomes.add({ message, tries: [], next: 'released' });
  }

  async #send(message: ClaimedMessage): Promise<void> {
    const handed = await this.#hand(message);
    const next = this.#following(message, handed);
    const tries = handed.tried.map((tried) => rowOf(message, tried));
    this.#outcomes.add({ message, tries, next });
    this.#tell(message, next);
  }

  async #hand(message: ClaimedMessage): Promise<Handed> {
    try {
      // One after the other, so that they set out in order of age, however long each takes to get ready.
      const ready = this.#ready.then(() => this.#render(message));
      this.#ready = ready.catch(() => {});
      const rendered = await ready;
      const handed = await this.#courier.hand(rendered, message.prefix, () => this.#isOver(message));
      if ('why' in handed) await tellGone(this.#options, message, rendered.to, handed.why);
      return handed;
    } catch (why) {
      return { why, tried: [] };
    }
  }

  /** What follows from one try. */
  #following(message: ClaimedMessage, handed: Handed): Exclude<Outcome['next'], 'released'> {
    const now = this.#options.now();
    if ('by' in handed) return { state: 'sent', now, provider: handed.by };
    const { why } = handed;
    const error = reasonOf(why);
    if (this.#isOver(message)) return { state: 'expired', now, error };
    const wait = pauses[message.tries - 1];
    const final = wait === undefined || why instanceof Undeliverable || why instanceof SealBroken;
    return final ? { state: 'failed', now, error } : { nextAt: now + this.#jittered(wait), error };
  }

  #tell({ tenant, id, channel, text, tries }: ClaimedMessage, next: Exclude<Outcome['next'], 'released'>): void {
    const { log } = this.#options;
    const about = { tenant, message: id, channel, text, tries };
    if ('nextAt' in next) log.warn({ ...about, why: next.error }, 'message not sent yet');
    else if (next.state === 'sent') log.info({ ...about, provider: next.provider }, 'message sent');
    else log.warn({ ...about, why: next.error }, `message ${next.state}`);
  }

  #isOver({ not_after }: ClaimedMessage): boolean {
    return not_after !== null && not_after <= this.#options.now();
  }

  async #render(row: ClaimedMessage): Promise<Rendered> {
    const { keyring, service } = this.#options;
    const { to, parameters } = openBody(row, keyring);
    const message = { channel: row.channel, text: row.text as MessageKey, locale: row.locale, parameters };
    const rendered = renderMessage(message, { id: row.id, to, service: await service(row.tenant) });
    return row.not_after === null ? rendered : { ...rendered, notAfter: row.not_after };
  }

  /** Up to a tenth more, so that a relay that comes back is not met by all at once. */
  #jittered(wait: number): number {
    return wait + Math.floor((wait * (this.#options.random(1)[0] ?? 0)) / 2560);
  }
}

const rowOf = ({ id }: ClaimedMessage, { provider, at, taken, error }: Tried): NewTry => ({
  message_id: id,
  provider,
  state: taken ? 'sent' : 'failed',
  reference: taken?.reference !== undefined && isReference(taken.reference) ? taken.reference : null,
  error: error ?? '',
  cost: taken?.cost?.amount ?? null,
  currency: taken?.cost?.currency ?? '',
  at,
});
