/** The post office: accounts, outbox and receipts, put together for a server. */
import type { Log } from '../deps.ts';
import type { Random } from '../security/random.ts';
import type { Keyring } from '../security/sealing.ts';
import type { Database } from '../storage/open.ts';
import type { Hooks } from './accounts.ts';
import { Conversions } from './conversions.ts';
import type { Failing } from './courier.ts';
import type { Channel } from './deliver.ts';
import { Outbox } from './outbox.ts';
import { type Vapid, vapidOf } from './push/vapid.ts';
import { ReceiptBook, type ReceiptSource, receiptDoor, receiptToken } from './receipt-book.ts';
import type { Service } from './render.ts';
import { type Account, serves } from './route.ts';
import type { OnGone } from './undeliverable.ts';

/** What an {@link Office} is opened with. */
export interface OfficeOptions {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly service: (tenant: string) => Promise<Service>;
  readonly now: () => number;
  readonly random: Random;
  readonly log: Log;
  /** Where providers reach this server. */
  readonly origin: string;
  readonly timeoutMs: number;
  readonly routeBy: 'order' | 'conversion';
  readonly accounts: (hooks: Hooks) => readonly Account[];
  /** Told of an account that takes nothing any more. */
  readonly onFailing: (of: Failing) => Promise<void>;
  /** Told of a receipt over a connection that no message was found for. */
  readonly onUnknown: (from: ReceiptSource) => Promise<void>;
  /** Told of a destination that a provider says is gone for good. */
  readonly onGone?: OnGone | undefined;
}

/** Delivery at work. */
export interface Office {
  readonly outbox: Outbox;
  /** The channels that a message can leave by. */
  readonly channels: ReadonlySet<Channel>;
  /** Whether an account serves this destination. */
  readonly reaches: (channel: Channel, to: string) => boolean;
  /** Takes a receipt that came over HTTP. */
  readonly receive: ReturnType<typeof receiptDoor>;
  /** The key that push services know this installation by. */
  readonly vapid: Vapid;
  readonly close: () => Promise<void>;
}

const isLocal = (origin: string): boolean =>
  /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(new URL(origin).hostname);

/** Opens the accounts and the outbox. Nothing is sent until the outbox starts or is drained. */
export function openOffice(options: OfficeOptions): Office {
  const { database, keyring, now, log, origin } = options;
  const book = new ReceiptBook({ database, now, log });
  const telling = new Set<Promise<void>>();
  const tell = (told: Promise<void>): void => {
    const kept = told
      .catch((error: unknown) => log.error({ err: error }, 'what a provider did could not be told of'))
      .finally(() => telling.delete(kept));
    telling.add(kept);
  };
  const take = async (from: ReceiptSource, receipt: Parameters<ReceiptBook['take']>[1]): Promise<void> => {
    if (!(await book.take(from, receipt))) await options.onUnknown(from);
  };
  const vapid = vapidOf(options);
  const accounts = options.accounts({
    vapid,
    // A provider elsewhere would refuse an address of this machine.
    receiptUrl: ({ channel, name, receipts = !isLocal(origin) }) =>
      receipts ? `${origin}/api/v1/receipts/${name}/${receiptToken(keyring, { channel, name })}` : '',
    onReceipt: (from, receipt) => tell(take(from, receipt)),
  });
  const conversions = new Conversions({ all: database.all, now, log });
  const outbox = new Outbox({
    ...options,
    accounts,
    onFailing: (of) => tell(options.onFailing(of)),
    conversions: options.routeBy === 'conversion' ? conversions.latest : undefined,
  });
  return {
    outbox,
    channels: new Set(accounts.map(({ channel }) => channel)),
    reaches: (channel, to) => accounts.some((account) => serves(account, channel, to) !== undefined),
    receive: receiptDoor({ accounts, keyring, book }),
    vapid,
    close: async () => {
      await outbox.stop();
      const senders = new Set(accounts.map(({ sender }) => sender));
      await Promise.all([...senders].map((sender) => sender.close()));
      await book.close();
      await Promise.all(telling);
    },
  };
}
