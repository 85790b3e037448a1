/** What became of messages, written down a few at a time: a commit for each would cost more than the sending. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../deps.ts';
import { insertTries, type NewTry } from '../storage/message-tries.ts';
import {
  type ClaimedMessage,
  finishMessage,
  finishSent,
  type MessageEnd,
  releaseMessage,
  retryMessage,
} from '../storage/messages.ts';
import type { Database, Durable, Tx } from '../storage/open.ts';

/** What follows for one claimed message: an end, another try at `nextAt`, or its claim given back untried. */
export interface Outcome {
  readonly message: Pick<ClaimedMessage, 'tenant' | 'id' | 'tries'>;
  readonly tries: readonly NewTry[];
  readonly next: MessageEnd | { readonly nextAt: number; readonly error: string } | 'released';
}

/** Milliseconds: nine times what it took lately, so that it takes a tenth of the time, since nothing is sent meanwhile. */
interface Pace {
  readonly least: number;
  readonly most: number;
}
/** How long outcomes gather before they are written. Whatever is not written when the process is killed leaves again. */
const untilWritten: Pace = { least: 8, most: 50 };
/** How long they may wait for the disk then, which only a power cut takes from them. */
const untilDisk: Pace = { least: 5, most: 250 };

const paced = ({ least, most }: Pace, took: number): number => Math.min(most, Math.max(least, 9 * took));

/** Single figures jump, and most are less than a millisecond. */
const smoothed = (before: number, took: number): number => (4 * before + took) / 5;
const mostAtOnce = 200;
/** An outcome must reach its row, or the message would leave again: a database that is away is asked for a while. */
const asks = 100;
const betweenAsksMs = 100;

/** Writes outcomes in batches, one transaction for each tenant. */
export class Outcomes {
  readonly #database: Database;
  readonly #log: Log;
  readonly #now: () => number;
  /** What commits take: those that wait for the disk, and the others. */
  readonly #took: Record<Durable, number> = { now: 0, 'with-next': 0 };
  /** When the last one was on disk. */
  #syncedAt = 0;
  #later: NodeJS.Timeout | undefined;
  #waiting: Outcome[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor({ database, log, now }: { database: Database; log: Log; now: () => number }) {
    this.#database = database;
    this.#log = log;
    this.#now = now;
  }

  /** Takes an outcome; it is written a moment later, and on disk after another. */
  add(outcome: Outcome): void {
    this.#waiting.push(outcome);
    if (this.#waiting.length >= mostAtOnce) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), paced(untilWritten, this.#took['with-next']));
  }

  /** Resolves when all that was added is on disk. */
  async settled(): Promise<void> {
    this.#flush();
    await this.#writing;
    if (this.#later) await this.#sync();
  }

  /** Puts on disk what was written, where no later write has done so. */
  async #sync(): Promise<void> {
    clearTimeout(this.#later);
    this.#later = undefined;
    await this.#database.sync().catch((error: unknown) => this.#log.error({ err: error }, 'the disk did not answer'));
  }

  /** Notes how a write ended: on disk, or waiting for it. */
  #wrote(durable: Durable, begun: number): void {
    const now = this.#now();
    this.#took[durable] = smoothed(this.#took[durable], now - begun);
    if (durable === 'now') {
      clearTimeout(this.#later);
      this.#later = undefined;
      this.#syncedAt = now;
      return;
    }
    this.#later ??= setTimeout(
      () => {
        this.#writing = this.#writing.then(() => this.#sync());
      },
      paced(untilDisk, this.#took.now),
    );
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const batch = Map.groupBy(this.#waiting.splice(0), ({ message }) => message.tenant);
    for (const [tenant, outcomes] of batch) {
      this.#writing = this.#writing.then(() => this.#write(tenant, outcomes));
    }
  }

  async #write(tenant: string, outcomes: readonly Outcome[]): Promise<void> {
    for (let left = asks; ; left -= 1) {
      try {
        const begun = this.#now();
        const durable = begun - this.#syncedAt >= paced(untilDisk, this.#took.now) ? 'now' : 'with-next';
        await this.#database.transaction(tenant, (tx) => writeOutcomes(tx, outcomes), durable);
        this.#wrote(durable, begun);
        return;
      } catch (error) {
        if (left > 0) await pause(betweenAsksMs);
        else {
          const messages = outcomes.map(({ message }) => message.id);
          this.#log.error({ tenant, messages, err: error }, 'the outcome of messages could not be kept');
          return;
        }
      }
    }
  }
}

async function writeOutcomes(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
  // A try happened, whoever holds the claim now.
  await insertTries(
    tx,
    outcomes.flatMap(({ tries }) => tries),
  );
  const sent = outcomes.filter(({ next }) => isSent(next));
  for (const [provider, of] of Map.groupBy(sent, ({ next }) => (isSent(next) ? next.provider : ''))) {
    const now = Math.max(...of.map(({ next }) => (isSent(next) ? next.now : 0)));
    await finishSent(
      tx,
      of.map(({ message }) => message),
      { provider, now },
    );
  }
  for (const { message, next } of outcomes) {
    if (next === 'released') await releaseMessage(tx, message);
    else if ('nextAt' in next) await retryMessage(tx, message, next);
    else if (!isSent(next)) await finishMessage(tx, message, next);
  }
}

const isSent = (next: Outcome['next']): next is MessageEnd & { readonly state: 'sent'; readonly provider: string } =>
  typeof next === 'object' && 'state' in next && next.state === 'sent';
