/** Puts the rooms together from what the outside gives: `main.ts` gives the real world, tests give theirs. */
import type { Hono } from 'hono';
import { type MainTenant, Tenants, writeMainTenant } from './accounts/tenant.ts';
import type { AuditEvent } from './audit/events.ts';
import { record } from './audit/record.ts';
import { isDevelopment, type Options } from './config.ts';
import type { Hooks } from './delivery/accounts.ts';
import type { Channel } from './delivery/deliver.ts';
import { type Office, openOffice } from './delivery/office.ts';
import type { Outbox } from './delivery/outbox.ts';
import { readSubscription } from './delivery/push/subscription.ts';
import type { Account } from './delivery/route.ts';
import { riskService } from './delivery/sms/risk.ts';
import type { Deps, Log } from './deps.ts';
import { factorKinds } from './factors/index.ts';
import type { Metadata } from './factors/passkey/metadata.ts';
import type { Providers } from './factors/passkey/providers.ts';
import { forgetAddress } from './flows/elsewhere/gone.ts';
import { Watch } from './flows/elsewhere/watch.ts';
import { createApp } from './http/app.ts';
import type { AppEnv, KeptMessage } from './http/context.ts';
import { setUpLifetime, terms } from './policy/limits.ts';
import type { RoleTable } from './policy/roles.ts';
import { Hasher } from './security/passwords.ts';
import { type Random, randomId, randomToken } from './security/random.ts';
import { Keyring } from './security/sealing.ts';
import { PasswordJudge } from './security/strength.ts';
import { hashToken } from './security/tokens.ts';
import type { Database } from './storage/open.ts';
import { sweep } from './storage/sweep.ts';
import { countRole } from './storage/users.ts';

/** What the outside gives. */
export interface World {
  readonly options: Options;
  readonly database: Database;
  /** Sealing keys as text. */
  readonly keys: string;
  readonly now: () => number;
  readonly random: Random;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** Opens the accounts that messages leave by, in the order they are tried. */
  readonly accounts: (hooks: Hooks) => readonly Account[];
  readonly keptMessages?: () => readonly KeptMessage[];
  readonly placeOf: (address: string) => string;
  /** What the operator's files say of authenticators. */
  readonly authenticators?: { readonly metadata?: Metadata; readonly names?: Providers };
  readonly pages?: string | undefined;
  readonly roles?: RoleTable;
  /** For tests: a cheap hash, and one judge for many houses; production makes its own from the options. */
  readonly hasher?: Hasher;
  readonly passwords?: PasswordJudge;
}

/** A server that is put together and not yet listening. */
export interface Assembled {
  readonly app: Hono<AppEnv>;
  readonly deps: Deps;
  readonly outbox: Outbox;
  readonly tenants: Tenants;
  /** The link for the first owner; undefined where there is one. */
  readonly setUpLink: string | undefined;
  /** Deletes what is over. */
  readonly sweep: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Assembles a server. */
export async function assemble(world: World): Promise<Assembled> {
  const { options, database, now, random, log } = world;
  await writeMainTenant({ database, now }, tenantOf(world));
  const keyring = Keyring.parse(world.keys);
  const memory = options.SECONDLOCK_ARGON2_MEMORY;
  const hasher = world.hasher ?? new Hasher({ keyring, random, memory, time: options.SECONDLOCK_ARGON2_TIME });
  const passwords = world.passwords ?? new PasswordJudge();
  const tenants = new Tenants({ database, now });
  const office = officeOf(world, keyring, tenants);
  const { outbox } = office;
  const token = (await countRole(database.in('main'), 'owner')) === 0 ? randomToken(random) : undefined;
  const watch = new Watch(database);
  const deps: Deps = {
    database,
    keyring,
    hasher,
    passwords,
    now,
    random,
    log,
    wake: () => outbox.wake(),
    watch,
    fetch: world.fetch,
    placeOf: world.placeOf,
    factorSettings: checkSettings(factorSettings(world, office.channels)),
    push: {
      publicKey: async () => (await office.vapid()).publicKey,
      read: (given) => readSubscription(given, options.SECONDLOCK_PUSH_SERVICES),
    },
    reaches: office.reaches,
    smsRisk: smsRisk(world),
    setUp: token === undefined ? undefined : { tokenHash: hashToken(token), expiresAt: now() + setUpLifetime },
  };
  const app = createApp({
    deps,
    tenants,
    development: isDevelopment(options),
    trustedProxies: options.SECONDLOCK_TRUSTED_PROXIES,
    pages: world.pages,
    ready: () => database.ping(),
    receive: office.receive,
    ...(world.keptMessages ? { keptMessages: world.keptMessages } : {}),
  });
  return {
    app,
    deps,
    outbox,
    tenants,
    setUpLink: token === undefined ? undefined : `${options.SECONDLOCK_ORIGIN[0]}/set-up#${token}`,
    sweep: () => sweep(database.all, now(), terms),
    close: async () => {
      watch.close();
      await office.close();
      if (!world.passwords) await passwords.close();
      await database.close();
    },
  };
}

/** Throws where a kind's settings do not fit together, so that the start says it and not the first who uses it. */
function checkSettings(settings: Deps['factorSettings']): Deps['factorSettings'] {
  for (const { kind, settings: schema } of factorKinds) {
    const { error } = schema.safeParse(settings[kind] ?? {});
    const [issue] = error?.issues ?? [];
    if (issue) throw new Error(`The configuration of ${kind} is not right: ${issue.path.join('.')} ${issue.message}.`);
  }
  return settings;
}

const tenantOf = ({ options, roles }: World): MainTenant => ({
  name: options.SECONDLOCK_NAME,
  origins: options.SECONDLOCK_ORIGIN,
  sender: options.SECONDLOCK_MAIL_FROM,
  ...(options.SECONDLOCK_WEBAUTHN_RP_ID ? { rpId: options.SECONDLOCK_WEBAUTHN_RP_ID } : {}),
  profile: options.SECONDLOCK_PROFILE,
  registration: options.SECONDLOCK_REGISTRATION,
  ...(roles ? { roles } : {}),
});

function officeOf(
  { options, database, now, random, log, accounts }: World,
  keyring: Keyring,
  tenants: Tenants,
): Office {
  const origin = options.SECONDLOCK_ORIGIN[0] ?? '';
  const tell = (event: AuditEvent): Promise<void> =>
    database.transaction('main', (tx) =>
      record(tx, event, { correlation: randomId(random), address: '', browser: '', now: now(), random }),
    );
  return openOffice({
    ...{ database, keyring, now, random, log, origin, accounts },
    service: (tenant) => tenants.get(tenant),
    timeoutMs: options.SECONDLOCK_DELIVERY_TIMEOUT * 1000,
    routeBy: options.SECONDLOCK_ROUTE_BY,
    onGone: ({ tenant, userId, to }) => forgetAddress({ database, keyring }, { tenant, userId, to }),
    onUnknown: ({ name }) => tell({ type: 'receipt.refused', details: { account: name, reason: 'unknown-message' } }),
    onFailing: ({ name, channel, reason }) =>
      tell({ type: 'account.failing', details: { account: name, channel, reason } }),
  });
}

/** The settings of factor kinds; each kind parses its own. */
const factorSettings = (
  { options, authenticators }: World,
  channels: ReadonlySet<Channel>,
): Deps['factorSettings'] => ({
  email: { length: options.SECONDLOCK_CODE_LENGTH, lifetime: options.SECONDLOCK_CODE_LIFETIME * 1000 },
  sms: {
    length: options.SECONDLOCK_CODE_LENGTH,
    lifetime: options.SECONDLOCK_CODE_LIFETIME * 1000,
    available: channels.has('sms'),
    ...(options.SECONDLOCK_SMS_COUNTRY ? { country: options.SECONDLOCK_SMS_COUNTRY } : {}),
    countries: options.SECONDLOCK_SMS_COUNTRIES,
  },
  passkey: {
    clones: options.SECONDLOCK_WEBAUTHN_CLONES,
    policy: {
      attestation: options.SECONDLOCK_WEBAUTHN_ATTESTATION,
      allow: options.SECONDLOCK_WEBAUTHN_ALLOW,
      deny: options.SECONDLOCK_WEBAUTHN_DENY,
      ...(authenticators?.metadata ? { metadata: authenticators.metadata } : {}),
    },
    ...(authenticators?.names ? { names: authenticators.names } : {}),
  },
  push: { digits: options.SECONDLOCK_PUSH_DIGITS },
  totp: { algorithm: options.SECONDLOCK_TOTP_ALGORITHM, digits: options.SECONDLOCK_TOTP_DIGITS, period: 30 },
  yubikey: {
    urls: options.SECONDLOCK_YUBICO_URL,
    clientId: options.SECONDLOCK_YUBICO_CLIENT_ID,
    secret: options.SECONDLOCK_YUBICO_SECRET,
  },
});

/** The service that knows about phone numbers, where the operator names one. */
function smsRisk({ options, fetch, now }: World): Deps['smsRisk'] {
  const { SECONDLOCK_SMS_RISK_URL: url, SECONDLOCK_SMS_RISK_SECRET: secret = '' } = options;
  return url === undefined
    ? undefined
    : riskService({ url, secret, doubt: options.SECONDLOCK_SMS_RISK_DOUBT, fetch, now });
}
