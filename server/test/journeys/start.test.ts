/** The first start: nothing works by default, the bootstrap works once, and a bad start says which line to add. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Options, readOptions } from '../../src/config.ts';
import { demandGood, Refused } from '../../src/production.ts';
import { Keyring } from '../../src/security/sealing.ts';
import { databases, openHouse, testKeys } from '../house.ts';
import { asked, goodPassword, newAddress, setUpOwner } from '../people.ts';
import { dump } from '../records.ts';

const production: Partial<Record<keyof Options, string>> = {
  NODE_ENV: 'production',
  SECONDLOCK_ORIGIN: 'https://login.example.org',
  SECONDLOCK_KEYS: testKeys(),
  SECONDLOCK_SMTP_URL: 'smtps://user:password@mail.example.org:465',
  SECONDLOCK_MAIL_FROM: 'no-reply@example.org',
  SECONDLOCK_TRUSTED_PROXIES: '127.0.0.1',
};

const served = {
  NODE_ENV: 'production',
  SECONDLOCK_ORIGIN: 'https://login.example.org',
  SECONDLOCK_TRUSTED_PROXIES: '127.0.0.1',
};

const minute = 60_000;

test('ADM-02 a fresh production knows nobody, no password and no code, and has no way for tests', async () => {
  await using house = await openHouse({ options: served });
  const https = { origin: house.origin, headers: { 'x-forwarded-proto': 'https' } };
  const tables = (await dump(house)).map(({ table }) => table);
  assert.deepEqual([...new Set(tables)], ['tenants'], 'nothing is there but the tenant');
  for (const identifier of ['admin', 'root', 'admin@localhost', 'admin@example.org', 'test@example.org', 'owner']) {
    for (const password of ['admin', 'password', 'secondlock', 'changeme', '123456', identifier]) {
      house.clock.advance(minute);
      const { body } = await house.browser(https).start('sign-in', { identifier, password });
      assert.ok(body.refused?.code === 'wrong' || body.code === 'too-many-requests', identifier);
    }
  }
  const address = newAddress();
  const browser = house.browser(https);
  const { body: flow } = await browser.start('registration', { identifier: address });
  const mailed = await house.codeFor(address);
  for (const code of ['000000', '123456', '111111', '999999'].filter((one) => one !== mailed)) {
    assert.equal((await browser.answer(flow, { code })).body.refused?.code, 'wrong');
  }
  for (const path of ['/debug', '/test', '/outbox', '/dev/outbox', '/dev/outbox.css', '/metrics', '/.env', '/admin']) {
    assert.equal((await browser.get(path)).status, 404, path);
  }
  const json = await browser.call('GET', '/dev/outbox', undefined, { accept: 'application/json' });
  assert.deepEqual([json.status, json.body.code], [404, 'not-found']);
});

for (const on of databases) {
  test(`ADM-02 one link makes one owner within an hour, and no other, on ${on}`, async () => {
    await using house = await openHouse({ on });
    const link = house.setUpLink?.split('#')[1] ?? '';
    assert.ok(Buffer.from(link, 'base64url').length >= 32);
    for (const wrong of [undefined, '', 'x', `${link.slice(0, -1)}_`, link.toLowerCase()]) {
      const { status } = await house.browser().start('set-up', { link: wrong });
      assert.equal(status, wrong === link ? 200 : 410);
    }
    const [first, second] = [house.browser(), house.browser()];
    const flows = [];
    for (const browser of [first, second]) {
      const address = newAddress();
      const { body } = await browser.start('set-up', { link });
      await browser.answer(body, { value: address });
      flows.push({ browser, flow: (await browser.answer(body, { code: await house.codeFor(address) })).body });
    }
    const answers = await Promise.all(
      flows.map(({ browser, flow }) => browser.answer(flow, { password: goodPassword })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 410], 'two at once: one owner');
    const { status, body } = await house.browser().start('set-up', { link });
    assert.deepEqual([status, body.code], [410, 'link-over']);
    const { k } = house.database.all;
    assert.equal((await k.selectFrom('user_roles').selectAll().where('role', '=', 'owner').execute()).length, 1);
  });
}

test('ADM-02 the link dies after an hour, and a start with an owner makes none', async () => {
  await using house = await openHouse();
  const link = house.setUpLink?.split('#')[1];
  house.clock.advance(60 * minute);
  assert.equal((await house.browser().start('set-up', { link })).status, 410);
  const again = await openHouse({ like: house });
  assert.notEqual(again.setUpLink, house.setUpLink, 'each start makes its own');
  await setUpOwner(again);
  assert.equal((await openHouse({ like: house })).setUpLink, undefined);
});

test('ADM-02 an owner is asked for a second factor from the first sign-in on', async () => {
  await using house = await openHouse();
  const owner = await setUpOwner(house, 'nothing');
  const { body } = await house.browser().start('sign-in', { identifier: owner.address, password: owner.password });
  assert.equal(asked(body, 'code').kind, 'email');
});

/** What a start lacks or has wrong, and the line that mends it. */
const refusals: Readonly<Record<string, [change: Partial<Record<keyof Options, string>>, line: string]>> = {
  'plain http': [{ SECONDLOCK_ORIGIN: 'http://login.example.org' }, 'SECONDLOCK_ORIGIN=https://login.example.org'],
  'one plain origin of two': [
    { SECONDLOCK_ORIGIN: 'https://login.example.org,http://b.example.org' },
    'SECONDLOCK_ORIGIN=https://login.example.org',
  ],
  'an origin with a path': [
    { SECONDLOCK_ORIGIN: 'https://login.example.org/sign-in' },
    'SECONDLOCK_ORIGIN=https://login.example.org',
  ],
  'no origin at all': [{ SECONDLOCK_ORIGIN: ',' }, 'SECONDLOCK_ORIGIN=https://login.example.org'],
  'no keys': [{ SECONDLOCK_KEYS: '' }, 'SECONDLOCK_KEYS=k1:$(openssl rand -base64 32)'],
  'no mail': [{ SECONDLOCK_SMTP_URL: '' }, 'SECONDLOCK_SMTP_URL=smtps://user:password@mail.example.org:465'],
  'no sender': [{ SECONDLOCK_MAIL_FROM: '' }, 'SECONDLOCK_MAIL_FROM=no-reply@example.org'],
  'no TLS': [{ SECONDLOCK_TRUSTED_PROXIES: '' }, 'SECONDLOCK_TRUSTED_PROXIES=127.0.0.1'],
  'a certificate without its key': [
    { SECONDLOCK_TRUSTED_PROXIES: '', SECONDLOCK_TLS_CERT: 'cert.pem' },
    'SECONDLOCK_TRUSTED_PROXIES=127.0.0.1',
  ],
  'an authority that is not there': [{ SECONDLOCK_PUSH_CA: 'nowhere.pem' }, 'SECONDLOCK_PUSH_CA=/path/of/a/file'],
  'development for others': [{ NODE_ENV: 'development' }, 'NODE_ENV=production'],
  'a mode that nobody knows': [{ NODE_ENV: 'prod' }, 'NODE_ENV=production'],
  'development on every address': [
    { NODE_ENV: '', SECONDLOCK_ORIGIN: 'http://localhost:2322', SECONDLOCK_HOST: '0.0.0.0' },
    'SECONDLOCK_HOST=127.0.0.1',
  ],
};

for (const [name, [change, line]] of Object.entries(refusals)) {
  test(`ADM-02 a start is refused with the line to add: ${name}`, () => {
    const options = readOptions({}, { ...production, ...change });
    const lines = (error: unknown): boolean =>
      error instanceof Refused && error.message.split('\n').some((one) => one.trim().startsWith(line));
    assert.throws(() => demandGood(options, false), lines);
  });
}

test('ADM-02 all that is missing is told at once; a complete production and a bare development start', () => {
  const bare = readOptions({}, { NODE_ENV: 'production' });
  const all = (error: unknown): boolean => error instanceof Refused && error.message.split('\n').length === 6;
  assert.throws(() => demandGood(bare, false), all);
  assert.doesNotThrow(() => demandGood(readOptions({}, production), false));
  assert.doesNotThrow(() => demandGood(readOptions({}, { ...production, SECONDLOCK_KEYS: '' }), true));
  assert.doesNotThrow(() => demandGood(readOptions({}, {}), false));
});

test('ADM-02 sample keys and options that nobody knows stop the start, and the error holds no key', () => {
  const sample = Buffer.alloc(32, 7).toString('base64');
  const told = (error: unknown): boolean =>
    error instanceof Error && /openssl rand/.test(error.message) && !error.message.includes(sample);
  assert.throws(() => Keyring.parse(`k1:${sample}`), told);
  assert.throws(() => readOptions({ SECONDLOCK_DEFAULT_PASSWORD: 'x' }, {}), /SECONDLOCK_DEFAULT_PASSWORD/);
  for (const [name, value] of Object.entries({
    PORT: '70000',
    SECONDLOCK_PROFILE: 'lax',
    SECONDLOCK_ARGON2_TIME: '1',
    SECONDLOCK_PUSH_SERVICES: 'https://push.example.org:9000,http://push.example.org',
  })) {
    assert.throws(() => readOptions({}, { [name]: value }), new RegExp(name));
  }
  for (const service of ['https://push.example.org/', 'https://push.example.org/up', 'https://push.example.org:443']) {
    assert.throws(() => readOptions({}, { SECONDLOCK_PUSH_SERVICES: service }), /must be https origins/);
  }
});
