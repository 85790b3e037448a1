/**
 * Storage: the only room that speaks SQL. Every function takes a handle that is bound to one tenant, so isolation is a
 * type; jobs over all tenants take {@link AllTenants} by name. Writers take the transaction.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Kysely, type RawBuilder, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** Which database this is. */
export type Dialect = 'sqlite' | 'postgres';

/** Reads for one tenant. */
export interface Db {
  readonly tenant: string;
  readonly dialect: Dialect;
  readonly k: Kysely<Tables>;
}

declare const transaction: unique symbol;

/** One open transaction of one tenant; only {@link Database.transaction} makes one. */
export interface Tx extends Db {
  readonly [transaction]: true;
}

/** Jobs that pass over all tenants. */
export interface AllTenants {
  readonly dialect: Dialect;
  readonly k: Kysely<Tables>;
}

/**
 * When a commit is on disk: `now`, before it resolves; or `with-next`, with the next commit that is on disk, since both
 * databases write their log in order. The second is for what is followed by a commit of the first kind before anybody
 * is told anything: it costs no wait for the disk.
 */
export type Durable = 'now' | 'with-next';

/** An open database. */
export interface Database {
  readonly dialect: Dialect;
  readonly all: AllTenants;
  /** Plain handle: throws inside a transaction, where it would wait for itself or read old rows. */
  in(tenant: string): Db;
  /** Runs `work` in one transaction; `work` must have no other effects, because a lock that is busy runs it again. */
  transaction<T>(tenant: string, work: (tx: Tx) => Promise<T>, durable?: Durable): Promise<T>;
  /** Puts on disk what was committed `with-next`, where no other commit has come to do so. */
  sync(): Promise<void>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const tries = 100;

/**
 * Opens the database and brings its tables up to date.
 * `where` is a `postgres://` address or the path of an SQLite file (`:memory:` for a test).
 */
export async function openDatabase(where: string, onError: (error: Error) => void = () => {}): Promise<Database> {
  const postgres = /^postgres(ql)?:/.test(where);
  const kysely = new Kysely<Tables>({ dialect: postgres ? postgresDialect(where, onError) : sqliteDialect(where) });
  await again(() => migrate(kysely));
  const inside = new AsyncLocalStorage<true>();
  const outside = (): Kysely<Tables> => {
    if (inside.getStore()) throw new Error('the plain handle was used inside a transaction');
    return kysely;
  };
  const dialect: Dialect = postgres ? 'postgres' : 'sqlite';
  const inTurn = postgres ? <T>(work: () => Promise<T>) => work() : turns();
  const plain = (tenant: string): Db => ({
    tenant,
    dialect,
    get k() {
      return outside();
    },
  });
  return {
    dialect,
    all: {
      dialect,
      get k() {
        return outside();
      },
    },
    in: plain,
    transaction: (tenant, work, durable = 'now') =>
      again(() => {
        const k = outside();
        const run = (first?: RawBuilder<unknown>) =>
          k.transaction().execute(async (within) => {
            await first?.execute(within);
            return inside.run(true, () => work(open({ tenant, dialect, k: within })));
          });
        return inTurn(durable === 'now' ? run : () => unsynced[dialect](k, run));
      }),
    sync: () => again(() => inTurn(() => synced[dialect](outside()))),
    ping: async () => {
      await sql`select 1`.execute(kysely);
    },
    close: () => kysely.destroy(),
  };
}

/**
 * Runs a transaction whose commit does not wait for the disk. SQLite's setting is the connection's: it holds while one
 * transaction has its turn (https://www.sqlite.org/pragma.html#pragma_synchronous). PostgreSQL's is the transaction's own
 * (https://www.postgresql.org/docs/current/wal-async-commit.html).
 */
const unsynced: Record<
  Dialect,
  <T>(k: Kysely<Tables>, run: (first?: RawBuilder<unknown>) => Promise<T>) => Promise<T>
> = {
  sqlite: async (k, run) => {
    await relaxed.execute(k);
    try {
      return await run();
    } finally {
      await strict.execute(k);
    }
  },
  postgres: (_, run) => run(asynchronous),
};

/**
 * SQLite syncs its log before it takes anything over from there. PostgreSQL writes it out by itself, within three times
 * `wal_writer_delay`: 0.6 seconds unless set.
 */
const synced: Record<Dialect, (k: Kysely<Tables>) => Promise<void>> = {
  sqlite: async (k) => {
    await takeOver.execute(k);
  },
  postgres: async () => {},
};

const takeOver = sql`pragma wal_checkpoint(passive)`;
const relaxed = sql`pragma synchronous = normal`;
const strict = sql`pragma synchronous = full`;
const asynchronous = sql`set local synchronous_commit = off`;

/**
 * One SQLite transaction for each turn of the event loop. Its statements are synchronous, so a flood of transactions
 * would otherwise run as one long chain of microtasks, in which no socket is read and no health check answered.
 */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.then(immediate, immediate);
    return mine;
  };
}

const immediate = (): Promise<void> => new Promise((go) => setImmediate(go));

async function migrate(kysely: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** SQLite's lock and PostgreSQL's deadlocks pass: yield, wait a little, try again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !passes(error)) throw error;
      await pause(5 + (tries - left) / 2);
    }
  }
}

function passes(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  const errcode = 'errcode' in error ? Number(error.errcode) : 0;
  return errcode % 256 === 5 || code === '40001' || code === '40P01';
}

/** The only place that says that a handle is a transaction. */
const open = (db: Db): Tx => db as Tx;
