/** The only file that reaches for the real world: configuration, storage, keys, clock, network; then it listens. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import pino from 'pino';
import { openPlaces } from './accounts/places.ts';
import { type Assembled, assemble, type World } from './assemble.ts';
import { isDevelopment, type Options, readOptions } from './config.ts';
import type { Channel } from './delivery/deliver.ts';
import { DevelopmentMailbox } from './delivery/email/development.ts';
import { providerNamed } from './delivery/index.ts';
import type { Account } from './delivery/route.ts';
import type { Log } from './deps.ts';
import { demandGood, Refused } from './production.ts';
import { readKeys, readOrMakeKeys } from './security/keyfile.ts';
import { systemRandom } from './security/random.ts';
import { openDatabase } from './storage/open.ts';

const sweepEvery = 10 * 60 * 1000;

async function configurationFile(): Promise<Record<string, unknown>> {
  for (const name of ['secondlock.config.ts', 'secondlock.config.json']) {
    const file = resolve(name);
    if (!existsSync(file)) continue;
    if (name.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return ((await import(pathToFileURL(file).href)) as { default: Record<string, unknown> }).default;
  }
  return {};
}

function accountsOf(options: Options, mailbox: DevelopmentMailbox, log: Log): World['accounts'] {
  const kept = (channel: Channel): Account => ({ channel, prefixes: [], sender: mailbox });
  const texts = isDevelopment(options) ? [kept('sms')] : [];
  if (options.SECONDLOCK_SMTP_URL === undefined) return [...texts, kept('email')];
  const ca = options.SECONDLOCK_SMTP_CA ? readFileSync(options.SECONDLOCK_SMTP_CA, 'utf8') : undefined;
  const smtp = providerNamed('smtp');
  const given = smtp.options.parse({ url: options.SECONDLOCK_SMTP_URL, ...(ca === undefined ? {} : { ca }) });
  const tools = { fetch, now: Date.now, random: systemRandom, receiptUrl: '', onReceipt: () => {}, log };
  return [...texts, { channel: 'email', prefixes: [], sender: smtp.open(given, { ...tools, name: 'smtp' }) }];
}

async function open(options: Options): Promise<Assembled> {
  const dir = resolve(options.SECONDLOCK_DATA_DIR);
  const kept = await readKeys(dir);
  demandGood(options, kept !== undefined);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const level = options.SECONDLOCK_LOG_LEVEL;
  const redact = ['*.password', '*.code', '*.token', '*.authorization', '*.cookie', '*.link'];
  const log = pino({ level, redact, base: { name: 'secondlock' } }, pino.destination(2));
  const where = options.SECONDLOCK_DATABASE_URL ?? join(dir, 'secondlock.sqlite');
  const mailbox = new DevelopmentMailbox(Date.now);
  const pages = resolve(import.meta.dirname, '../../web/dist');
  const development = isDevelopment(options);
  return assemble({
    options,
    database: await openDatabase(where, (error) => log.error({ message: error.message }, 'database connection lost')),
    keys: options.SECONDLOCK_KEYS ?? kept ?? (await readOrMakeKeys(dir, systemRandom)),
    now: Date.now,
    random: systemRandom,
    log,
    fetch,
    accounts: accountsOf(options, mailbox, log),
    placeOf: await openPlaces(options.SECONDLOCK_GEO_DB),
    pages: existsSync(join(pages, 'index.html')) ? pages : undefined,
    ...(development ? { keptMessages: () => mailbox.messages } : {}),
  });
}

function listen(options: Options, { app }: Assembled) {
  const { SECONDLOCK_TLS_CERT: cert, SECONDLOCK_TLS_KEY: key } = options;
  const tls =
    cert && key
      ? {
          createServer: createHttps,
          serverOptions: { cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2' },
        }
      : {};
  const server = createAdaptorServer({ fetch: app.fetch, ...tls } as Parameters<typeof createAdaptorServer>[0]);
  return new Promise<typeof server>((done, fail) => {
    server.once('error', fail);
    server.listen(options.PORT, options.SECONDLOCK_HOST ?? '127.0.0.1', () => done(server));
  });
}

function greet(options: Options, port: number, setUpLink: string | undefined): void {
  const origin = options.SECONDLOCK_ORIGIN[0];
  console.log(`Secondlock is at ${origin} (port ${port})`);
  if (isDevelopment(options)) {
    console.log(
      `Development mode: this machine only. ${options.SECONDLOCK_SMTP_URL ? '' : `Mails are kept at ${origin}/dev/outbox`}`,
    );
  }
  if (setUpLink !== undefined) console.log(`Set-up link: ${setUpLink}`);
}

async function main(): Promise<void> {
  // What is written here (database, keys) is for this user alone.
  process.umask(0o077);
  const options = readOptions(await configurationFile(), process.env);
  const house = await open(options);
  const server = await listen(options, house);
  house.outbox.start();
  const sweeping = setInterval(() => void house.sweep().catch(() => {}), sweepEvery);
  const stop = (): void => {
    clearInterval(sweeping);
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
    void house.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Last: whoever reads this may end it.
  greet(options, (server.address() as AddressInfo).port, house.setUpLink);
}

main().catch((error: unknown) => {
  const plain = error instanceof Refused || (error instanceof Error && /configuration|SECONDLOCK_/.test(error.message));
  console.error(plain && error instanceof Error ? error.message : error);
  process.exit(1);
});
