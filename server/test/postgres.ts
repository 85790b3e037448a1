/**
 * A private PostgreSQL for tests: a cluster in a temporary folder on a free port, and a database of its own for whoever
 * asks. A whole run shares one cluster by `SECONDLOCK_TEST_POSTGRES`; a single file run alone starts its own when it
 * first asks. The cluster ends and its folder goes when the process that started it ends, however that comes about.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { openDatabase } from '../src/storage/open.ts';

/** A running cluster. `url` has no database: each asker gets its own. */
export interface Cluster {
  readonly url: string;
  /** Ends it for good: its data goes. */
  stop(): Promise<void>;
  /** Shuts the server down, as on a machine that is restarted. Gives what starts it again on the same data and port. */
  shutDown(): Promise<() => Promise<void>>;
}

/** Fast and forgetful: a test's data dies with the run. `durable` keeps every promise, for measurements. */
const forgetful = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const always = ['max_connections=300', 'listen_addresses=127.0.0.1', 'autovacuum=off', 'timezone=UTC'];

/**
 * Runs the server for as long as its standard input stays open, but for the time between the words `stop` and `start`.
 * The starter holds the other end, so a starter that is killed takes the cluster with it.
 */
const keeper = `
"$@" & server=$!
while read word; do
  case $word in
    stop) kill -INT $server; wait $server ;;
    start) "$@" & server=$! ;;
  esac
done
kill -INT $server 2>/dev/null; wait $server
rm -rf "$FOLDER"
`;

/** Starts a cluster; it is gone when this process is. */
export async function startCluster(how: { durable?: boolean } = {}): Promise<Cluster> {
  const bin = programs();
  const folder = mkdtempSync(join(tmpdir(), 'secondlock-pg-'));
  const data = join(folder, 'data');
  const asOwner = ownerOf(folder);
  const [first = '', ...rest] = [...asOwner, join(bin, 'initdb')];
  execFileSync(first, [...rest, '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
  });
  const port = await freePort();
  const settings = [...always, ...(how.durable ? [] : forgetful), `port=${port}`, `unix_socket_directories=${folder}`];
  const command = [...asOwner, join(bin, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn('sh', ['-c', keeper, 'keeper', ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: { ...process.env, FOLDER: folder },
  });
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await ready(join(data, 'postmaster.pid'));
  child.unref();
  unreference(child.stdin);
  return {
    url: `postgres://postgres@127.0.0.1:${port}`,
    async stop() {
      child.ref();
      child.stdin.end();
      await gone;
    },
    async shutDown() {
      const file = join(data, 'postmaster.pid');
      child.stdin.write('stop\n');
      while (existsSync(file)) await pause(20);
      return async () => {
        child.stdin.write('start\n');
        await ready(file);
      };
    },
  };
}

/** Measures something on an empty database of a cluster of its own, which keeps every promise. */
export async function onPostgres<Figures>(work: (url: string) => Promise<Figures>): Promise<Figures> {
  const cluster = await startCluster({ durable: true });
  try {
    return await work(`${cluster.url}/postgres`);
  } finally {
    await cluster.stop();
  }
}

/** A fresh, empty database. */
export interface Database {
  readonly url: string;
  /** Gives it back; the cluster's end would do so too. */
  drop(): Promise<void>;
}

let started: Promise<Cluster> | undefined;

/** Makes an empty database on the run's cluster, or on one started for this process. */
export async function freshDatabase(): Promise<Database> {
  const base = await cluster();
  return made(base, 'template0');
}

const migrated = 'migrated';
let template: Promise<void> | undefined;

/** Makes a database with our tables in it: a copy of one that was brought up to date once, at a fifth of the cost. */
export async function migratedDatabase(): Promise<Database> {
  const base = await cluster();
  template ??= makeTemplate(base);
  await template;
  return made(base, migrated);
}

async function cluster(): Promise<string> {
  const shared = process.env.SECONDLOCK_TEST_POSTGRES;
  if (!shared) started ??= startCluster();
  return shared ?? (await started)?.url ?? '';
}

async function made(base: string, from: string): Promise<Database> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await run(base, `create database ${name} template ${from}`);
  return {
    url: `${base}/${name}`,
    drop: () => run(base, `drop database if exists ${name} with (force)`),
  };
}

/** All test files of a run share it: whoever comes first makes it, while the others wait. */
const makeTemplate = (base: string): Promise<void> =>
  connected(base, async (client) => {
    await client.query('select pg_advisory_lock(1)');
    const { rowCount } = await client.query('select from pg_database where datname = $1', [migrated]);
    if (rowCount) return;
    await client.query(`create database ${migrated}_soon template template0`);
    const database = await openDatabase(`${base}/${migrated}_soon`);
    await database.close();
    await client.query(`alter database ${migrated}_soon rename to ${migrated}`);
  });

const run = (base: string, statement: string): Promise<void> =>
  connected(base, async (client) => {
    await client.query(statement);
  });

async function connected(base: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: `${base}/postgres` });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The newest PostgreSQL on this machine, 15 or later. */
function programs(): string {
  const folders = globSync('/usr/lib/postgresql/*/bin').filter((folder) => existsSync(join(folder, 'initdb')));
  const version = (folder: string): number => Number(folder.split('/')[4]);
  const newest = folders.sort((a, b) => version(b) - version(a))[0];
  if (newest && version(newest) >= 15) return newest;
  try {
    return execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error('PostgreSQL 15 or later is needed for the tests: run scripts/install-debian.sh.');
  }
}

/** PostgreSQL refuses to run as root: there the folder is given to the user `postgres`, and so are the programs. */
function ownerOf(folder: string): string[] {
  if (process.getuid?.() !== 0) return [];
  const number = (option: string): number => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  chownSync(folder, number('-u'), number('-g'));
  return ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The last line of the server's own file says `ready` once it takes connections. */
async function ready(file: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (existsSync(file) && readFileSync(file, 'utf8').trimEnd().endsWith('ready')) return;
    await pause(20);
  }
  throw new Error('The private PostgreSQL did not start within 30 s.');
}

/** A pipe that is open does not keep the process alive. */
function unreference(stream: unknown): void {
  (stream as { unref?: () => void }).unref?.();
}
