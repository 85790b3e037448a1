import type { AuditEvent } from '../audit/events.ts';
import { record } from '../audit/record.ts';
import type { Message } from '../delivery/deliver.ts';
import { enqueue } from '../delivery/enqueue.ts';
import type { Deps } from '../deps.ts';
import { randomId } from '../security/random.ts';
import type { Durable, Tx } from '../storage/open.ts';
import type { Tenant } from './tenant.ts';

/** Where a request comes from, as the server saw it. */
export interface Source {
  /** The client's address: the right-most untrusted hop. */
  readonly address: string;
  /** The same, IPv6 by its /64: what limits count under. */
  readonly network: string;
  /** `Firefox on Linux`. */
  readonly browser: string;
  readonly place: string;
  /** The known-browser cookie, as sent. */
  readonly browserToken: string | undefined;
  readonly locale: string;
}

/** One transaction on its way: facts, factor data, session, events and messages are written by it together. */
export interface Commit {
  readonly tx: Tx;
  readonly deps: Deps;
  readonly tenant: Tenant;
  readonly source: Source;
  readonly now: number;
  readonly record: (event: AuditEvent) => Promise<void>;
  readonly send: (message: Message) => Promise<void>;
}

/** What every commit begins with. */
export interface Circumstance {
  readonly deps: Deps;
  readonly tenant: Tenant;
  readonly source: Source;
  /** The flow's or the request's id. */
  readonly correlation: string;
}

/** Runs `work` in one transaction and wakes the outbox after it. */
export async function commit<T>(by: Circumstance, work: (commit: Commit) => Promise<T>, durable?: Durable): Promise<T> {
  const { deps, tenant, source, correlation } = by;
  let sent = false;
  const result = await deps.database.transaction(
    tenant.id,
    (tx) => {
      const now = deps.now();
      return work({
        tx,
        deps,
        tenant,
        source,
        now,
        record: (event) =>
          record(tx, event, {
            correlation,
            address: source.address,
            browser: source.browser,
            now,
            random: deps.random,
          }),
        send: async (message) => {
          sent = true;
          await enqueue(tx, message, { id: randomId(deps.random), now, keyring: deps.keyring });
        },
      });
    },
    durable,
  );
  if (sent) deps.wake();
  return result;
}
