/** The only file that reaches for the real world: configuration, storage, keys, clock, network; then it listens. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { openPlaces } from './accounts/places.ts';
import { type Assembled, assemble, type World } from './assemble.ts';
import { isDevelopment, type Options, readOptions } from './config.ts';
import { openAccounts, readAccounts } from './delivery/accounts.ts';
import type { Sender } from './delivery/deliver.ts';
import { DevelopmentMailbox } from './delivery/email/development.ts';
import type { Vapid } from './delivery/push/vapid.ts';
import { openWebPush } from './delivery/push/web-push.ts';
import type { Log } from './deps.ts';
import { Metadata } from './factors/passkey/metadata.ts';
import { Providers } from './factors/passkey/providers.ts';
import { createListener } from './http/server.ts';
import { demandGood, startFault } from './production.ts';
import { guardedFetch, worldLookup } from './security/guarded-fetch.ts';
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

/** Opens the accounts; in development a channel that has none is kept for the page at /dev/outbox. */
function accountsOf(options: Options, mailbox: DevelopmentMailbox, log: Log): World['accounts'] {
  const { accounts } = readAccounts(options, authority(options.SECONDLOCK_SMTP_CA));
  const missing = (['email', 'sms'] as const).filter((channel) => !accounts.some((one) => one.channel === channel));
  const kept = isDevelopment(options) ? missing : [];
  return (hooks) => [
    ...openAccounts(accounts, { fetch, now: Date.now, random: systemRandom, log }, hooks),
    ...kept.map((channel) => ({ channel, prefixes: [], sender: mailbox })),
    { channel: 'push', prefixes: [], sender: pusherOf(options, mailbox, hooks.vapid) },
  ];
}

/** What the operator's files say of authenticators. */
function authenticatorsOf(options: Options, log: Log): World['authenticators'] {
  const {
    SECONDLOCK_FIDO_METADATA: list,
    SECONDLOCK_FIDO_METADATA_ROOT: root,
    SECONDLOCK_WEBAUTHN_NAMES: file,
  } = options;
  const roots = root === undefined ? {} : { roots: readFileSync(root, 'utf8') };
  const metadata =
    list === undefined ? undefined : Metadata.read(readFileSync(list, 'utf8'), { now: Date.now(), ...roots });
  if (metadata?.isOverdue(Date.now())) log.warn({ file: list }, 'the list of authenticators is past its next update');
  const names = file === undefined ? undefined : Providers.read(readFileSync(file, 'utf8'));
  return { ...(metadata ? { metadata } : {}), ...(names ? { names } : {}) };
}

/** The one way that pushes leave by; in development they are kept too, unless push services are named. */
function pusherOf(options: Options, mailbox: DevelopmentMailbox, vapid: Vapid): Sender {
  const { SECONDLOCK_PUSH_SERVICES: named, SECONDLOCK_PUSH_CA: ca } = options;
  if (isDevelopment(options) && named.length === 0) return mailbox;
  const guarded = guardedFetch({ named, ca: authority(ca), lookup: worldLookup() });
  return openWebPush({ fetch: guarded, vapid, now: Date.now });
}

const authority = (file: string | undefined): string | undefined => (file ? readFileSync(file, 'utf8') : undefined);

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
    authenticators: authenticatorsOf(options, log),
    placeOf: await openPlaces(options.SECONDLOCK_GEO_DB),
    pages: existsSync(join(pages, 'index.html')) ? pages : undefined,
    ...(development ? { keptMessages: () => mailbox.messages } : {}),
  });
}

function listen(options: Options, { app }: Assembled): Promise<Server> {
  const { SECONDLOCK_TLS_CERT: cert, SECONDLOCK_TLS_KEY: key } = options;
  const tls = cert && key ? { cert: readFileSync(cert), key: readFileSync(key) } : undefined;
  const server = createListener(app, isDevelopment(options), tls);
  return new Promise((done, fail) => {
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
  let options: Options | undefined;
  try {
    options = readOptions(await configurationFile(), process.env);
    await run(options);
  } catch (error) {
    console.error(startFault(error, options) ?? error);
    process.exit(1);
  }
}

async function run(options: Options): Promise<void> {
  const house = await open(options);
  const server = await listen(options, house);
  house.outbox.start();
  const sweeping = setInterval(() => void house.sweep().catch(() => {}), sweepEvery);
  const stop = (): void => {
    clearInterval(sweeping);
    server.close();
    server.closeAllConnections();
    void house.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Last: whoever reads this may end it.
  greet(options, (server.address() as AddressInfo).port, house.setUpLink);
}

await main();
