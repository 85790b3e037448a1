/**
 * Receipts: what providers tell later about messages that they took, over HTTP or over a connection of their own. They
 * are written a few at a time, and one that is faster than the try it speaks of is looked up again for a while.
 */
import type { Log } from '../deps.ts';
import type { Keyring } from '../security/sealing.ts';
import { findTries, type ToldTry, tellTry } from '../storage/message-tries.ts';
import { tellMessage } from '../storage/messages.ts';
import type { Database, Tx } from '../storage/open.ts';
import { type Channel, isReference, type Receipt, type ReceiptRequest } from './deliver.ts';
import type { Account } from './route.ts';

/** Which account a receipt came from. */
export interface ReceiptSource {
  readonly channel: Channel;
  readonly name: string;
}

/** A receipt on its way into its row. */
interface Waiting {
  readonly from: ReceiptSource;
  readonly receipt: Receipt;
  readonly done: (known: boolean) => void;
  /** Times that no message was found for it. */
  looked: number;
}

/** How long receipts gather before they are written. */
const gatherMs = 20;
/** Pauses before a receipt for an unknown message is looked up again: the outcome of its try may not be written yet. */
const pausesMs = [50, 150, 300, 500, 1000];

/** Writes receipts into the rows of their tries and messages. */
export class ReceiptBook {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #log: Log;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #paused = new Map<NodeJS.Timeout, Waiting>();
  #closed = false;

  constructor(given: { readonly database: Database; readonly now: () => number; readonly log: Log }) {
    this.#database = given.database;
    this.#now = given.now;
    this.#log = given.log;
  }

  /** Takes a receipt. Resolves when it is on disk: false where no message of this account has its reference. */
  async take(from: ReceiptSource, receipt: Receipt): Promise<boolean> {
    // Receipts are looked up together: one that no database looks for must not cost the others their answer.
    if (!isReference(receipt.reference)) return false;
    return new Promise((done) => this.#put({ from, receipt, done, looked: 0 }));
  }

  /** Writes what is waiting, once, and takes no more time for what is not found. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const [timer, waiting] of this.#paused) {
      clearTimeout(timer);
      this.#waiting.push(waiting);
    }
    this.#paused.clear();
    this.#flush();
    await this.#writing;
  }

  #put(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#timer ??= setTimeout(() => this.#flush(), this.#closed ? 0 : gatherMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const batch of Map.groupBy(this.#waiting.splice(0), ({ from }) => `${from.channel} ${from.name}`).values()) {
      this.#writing = this.#writing.then(() => this.#write(batch));
    }
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    try {
      const references = [...new Set(batch.map(({ receipt }) => receipt.reference))];
      const tries = await findTries(this.#database.all, first.from, references);
      const told = batch.flatMap((waiting) => {
        const of = tries.filter(({ reference }) => reference === waiting.receipt.reference);
        if (of.length === 0) this.#lookAgain(waiting);
        return of.map((row) => ({ row, waiting }));
      });
      for (const [tenant, receipts] of Map.groupBy(told, ({ row }) => row.tenant)) {
        await this.#database.transaction(tenant, async (tx) => {
          for (const { row, waiting } of receipts) await tell(tx, row, waiting.receipt, this.#now());
        });
      }
      for (const { waiting } of told) waiting.done(true);
    } catch (error) {
      this.#log.error({ account: first.from.name, err: error }, 'receipts could not be kept yet');
      for (const waiting of batch) this.#lookAgain(waiting);
    }
  }

  #lookAgain(waiting: Waiting): void {
    const wait = pausesMs[waiting.looked];
    waiting.looked += 1;
    if (wait === undefined || this.#closed) {
      waiting.done(false);
      return;
    }
    const timer = setTimeout(() => {
      this.#paused.delete(timer);
      this.#put(waiting);
    }, wait);
    this.#paused.set(timer, waiting);
  }
}

async function tell(tx: Tx, row: ToldTry, receipt: Receipt, now: number): Promise<void> {
  const { state, error = '', cost } = receipt;
  const kept = { state, error: error.slice(0, 200), cost: cost?.amount ?? null, currency: cost?.currency ?? '', now };
  if (!(await tellTry(tx, row, kept)) || state === 'sent') return;
  await tellMessage(tx, { id: row.message_id, provider: row.provider, state, error: kept.error });
}

/** What follows from a receipt over HTTP. */
export type ReceiptVerdict = 'taken' | 'no-such-account' | 'not-genuine' | 'unknown-message';

const purpose = 'receipt-url';

/** The part of an account's receipt address that nobody can guess. */
export const receiptToken = (keyring: Keyring, { channel, name }: ReceiptSource): string =>
  keyring.digest(purpose, [channel, name]);

/** Judges receipts that come over HTTP: the address is one that we gave away, and the account's provider knows it as its own. */
export function receiptDoor(given: {
  readonly accounts: readonly Account[];
  readonly keyring: Keyring;
  readonly book: ReceiptBook;
}) {
  return async (
    at: { readonly account: string; readonly token: string },
    request: ReceiptRequest,
  ): Promise<ReceiptVerdict> => {
    const found = given.accounts.find(
      ({ channel, sender }) =>
        sender.name === at.account && given.keyring.digestMatches(at.token, purpose, [channel, sender.name]),
    );
    if (!found?.sender.receive) return 'no-such-account';
    const receipts = readSafely(found, request);
    if (receipts === undefined) return 'not-genuine';
    const from = { channel: found.channel, name: found.sender.name };
    const known = await Promise.all(receipts.map((receipt) => given.book.take(from, receipt)));
    return known.includes(false) ? 'unknown-message' : 'taken';
  };
}

/** A reader that stumbles over garbage has not found a genuine receipt in it. */
function readSafely({ sender }: Account, request: ReceiptRequest): Receipt[] | undefined {
  try {
    return sender.receive?.(request);
  } catch {
    return undefined;
  }
}
