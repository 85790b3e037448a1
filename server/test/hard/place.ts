/** A place that servers run on: a database of its own, a folder, keys, a mail relay, and one or more processes. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { Browser } from '../browser.ts';
import type { DatabaseName } from '../house.ts';
import type { Town } from '../people.ts';
import { freePort, freshDatabase } from '../postgres.ts';
import { aCode, Relay } from './relay.ts';
import { Server } from './server.ts';

/** What a test may choose. */
export interface PlaceOptions {
  readonly on?: DatabaseName;
  /** Processes on the one database; on SQLite one. */
  readonly processes?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A PostgreSQL address other than that of a fresh database. */
  readonly databaseUrl?: string;
  /** How people name the server, where that is not `http://localhost` with its ports. */
  readonly origin?: string;
}

/** Keys as an operator makes them. */
export const freshKeys = (): string => `k1:${randomBytes(32).toString('base64')}`;

/** A running place. */
export class Place implements Town, AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'secondlock-place-'));
  readonly relay = new Relay();
  servers: Server[] = [];
  readonly clock = {
    get now() {
      return Date.now();
    },
    advance() {
      throw new Error('the clock on the wall cannot be moved');
    },
  };
  readonly origins: readonly string[];
  /** What servers are told; a test may change it between two starts. */
  env: Record<string, string>;
  readonly #ports: readonly number[];
  readonly #url: string | undefined;
  readonly #drop: () => Promise<void>;
  #addresses = 0;
  #turn = 0;

  private constructor(how: PlaceOptions, ports: readonly number[], database?: { url: string; drop(): Promise<void> }) {
    this.#ports = ports;
    this.#url = database?.url;
    this.#drop = async () => database?.drop();
    this.origins = how.origin ? [how.origin] : ports.map((port) => `http://localhost:${port}`);
    this.env = {
      SECONDLOCK_DATA_DIR: join(this.folder, 'data'),
      SECONDLOCK_ORIGIN: this.origins.join(','),
      SECONDLOCK_LOG_LEVEL: 'warn',
      ...(database ? { SECONDLOCK_DATABASE_URL: database.url, SECONDLOCK_KEYS: freshKeys() } : {}),
      ...how.env,
    };
  }

  /** Opens a place and starts its servers. */
  static async open(how: PlaceOptions = {}): Promise<Place> {
    const given = how.databaseUrl ? { url: how.databaseUrl, drop: async () => {} } : undefined;
    const database = given ?? (how.on === 'postgres' ? await freshDatabase() : undefined);
    const ports = await Promise.all(Array.from({ length: how.processes ?? 1 }, () => freePort()));
    const place = new Place(how, ports, database);
    await place.relay.open();
    place.env = { ...place.relay.environment, ...place.env };
    await place.start();
    return place;
  }

  /** Starts all processes. */
  async start(): Promise<void> {
    this.servers = this.#ports.map((port) => new Server({ port, env: this.env, cwd: this.folder }));
    await Promise.all(this.servers.map((server) => server.listening()));
  }

  /** Kills all processes at once, as a power cut does. */
  async kill(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  get server(): Server {
    const [first] = this.servers;
    if (!first) throw new Error('no server is running');
    return first;
  }

  get setUpLink(): string | undefined {
    return this.server.setUpLink;
  }

  /** A browser at an address of its own. Its requests take turns among the processes. */
  browser = (how: Partial<ConstructorParameters<typeof Browser>[1]> = {}): Browser => {
    const address = how.address ?? this.newAddress();
    const send = (request: Request): Promise<Response> => {
      this.#turn += 1;
      const server = this.servers[this.#turn % this.servers.length];
      if (!server) throw new Error('no server is running');
      return server.send(request, address);
    };
    return new Browser(send, { origin: this.origins[0] ?? '', ...how });
  };

  /** An address that nobody has come from. */
  newAddress(): string {
    this.#addresses += 1;
    return `127.7.${this.#addresses >> 8}.${this.#addresses & 255}`;
  }

  /** The code in the next unread mail to an address. */
  codeFor = (address: string): Promise<string> => this.relay.next(address, aCode);

  /** Rows of the database as they stand. Values are the test's own, so the statement holds them. */
  async rows<Row = Record<string, string | number | null>>(statement: string): Promise<Row[]> {
    if (this.#url === undefined) {
      const database = new DatabaseSync(join(this.folder, 'data/secondlock.sqlite'), { timeout: 5000 });
      try {
        return database.prepare(statement).all() as Row[];
      } finally {
        database.close();
      }
    }
    const client = new pg.Client({ connectionString: this.#url });
    await client.connect();
    try {
      return (await client.query(statement)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** One number out of the database. */
  async number(statement: string): Promise<number> {
    const [row] = await this.rows<Record<string, string | number>>(statement);
    return Number(Object.values(row ?? {})[0]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.relay.close();
    await this.#drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A code of an authenticator app as Debian's oathtool computes it, some steps from now. */
export function oathtool(uri: string, steps = 0, now = Date.now()): string {
  const asked = new URL(uri).searchParams;
  const at = `@${Math.floor(now / 1000) + 30 * steps}`;
  const given = ['--totp', '--base32', `--digits=${asked.get('digits')}`, `--now=${at}`, asked.get('secret') ?? ''];
  return execFileSync('oathtool', given, { encoding: 'utf8' }).trim();
}

/** Digits that no step near now has: a guess that is wrong whatever the clock does. */
export function wrongCodes(uri: string, count: number): string[] {
  const right = new Set([-2, -1, 0, 1, 2, 3].map((steps) => oathtool(uri, steps)));
  const codes: string[] = [];
  for (let at = 0; codes.length < count; at += 1) {
    const code = String((at * 7919 + 12_345) % 1_000_000).padStart(6, '0');
    if (!right.has(code)) codes.push(code);
  }
  return codes;
}

/** How often each value comes. */
export function tally(values: readonly string[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const value of values) sum[value] = (sum[value] ?? 0) + 1;
  return sum;
}

/** Runs a task for each item, at most so many at a time. */
export async function few<T, R>(most: number, items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await task(items[at] as T);
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
