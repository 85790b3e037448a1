/** What a thief of the database holds: nothing that opens anything, and nothing that can be moved about. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tables } from '../../src/storage/tables.ts';
import { databases, type House, openHouse, testKeys } from '../house.ts';
import { choose, enterPassword, goodPassword, type Person, register, signIn, stepUp } from '../people.ts';
import { cellsWith, dump } from '../records.ts';
import { readSources } from '../source.ts';

/** A house in full use: sessions in both transports, flows half-way, mails sent and waiting, an invitation. */
async function inUse(house: House) {
  const ada = await register(house);
  const bob = await register(house, 'email');
  await stepUp(ada.browser, ada);
  const pending = await enterPassword(house.browser(), bob);
  const browser = house.browser();
  const token = await browser.start('sign-in', {
    ...{ transport: 'token', identifier: ada.address, password: ada.password },
  });
  const bearer = { authorization: `Bearer ${token.body.flowToken}`, origin: house.origin };
  const opened = await browser.call<{ session?: { token?: string } }>(
    'POST',
    `/api/v1/flows/${token.body.id}`,
    { code: ada.nextCode() },
    bearer,
  );
  await house.browser().start('recovery', { identifier: bob.address });
  const { text } = await house.mailTo(bob.address);
  const link = /#[\w-]+\.([\w-]+)/.exec(text)?.[1] ?? '';
  const codes = house.mails.flatMap((mail) => /\b\d{6}\b/.exec(mail.text)?.[0] ?? []).slice(0, 2);
  const cookies = [...ada.browser.cookies.values(), ...bob.browser.cookies.values()];
  const seed = new URL(ada.uri).searchParams.get('secret') ?? '';
  const secrets = [...cookies, ...codes, ...ada.codes, ...bob.codes, ada.paperKey, link, seed, goodPassword];
  return { ada, bob, pending, secrets: [...secrets, token.body.flowToken, opened.body.session?.token].map(String) };
}

const ignored = new Set(['', '0', '1', 'main']);

for (const on of databases) {
  test(`CRY-01 no cell of any table is a seed, cookie, token, link or code, nor works as one, on ${on}`, async () => {
    await using house = await openHouse({ on });
    const { ada, secrets } = await inUse(house);
    assert.ok(secrets.every((secret) => secret.length >= 6 && secret !== 'undefined'));
    const cells = await dump(house);
    assert.deepEqual(cellsWith(cells, secrets), []);
    const values = [...new Set(cells.map(({ value }) => String(value)))].filter((value) => !ignored.has(value));
    const parts = values.flatMap((value) => [value, ...value.split(/[.$:,"]/)]).filter((value) => value.length >= 16);
    for (const value of new Set(parts)) {
      if (!/^[\x20-\x7e]+$/.test(value) || value.length > 400) continue;
      const thief = house.browser();
      thief.cookies.set('secondlock', value);
      assert.equal((await thief.get('/api/v1/account')).status, 401, value);
      const bearer = { authorization: `Bearer ${value}` };
      assert.equal((await house.browser().call('GET', '/api/v1/account', undefined, bearer)).status, 401, value);
    }
    const ids = cells
      .filter(({ table, column }) => table === 'flows' && column === 'id')
      .map(({ value }) => String(value));
    for (const { value } of cells.filter(({ table, column }) => table === 'flows' && column === 'holder_hash')) {
      for (const id of ids) {
        const thief = house.browser();
        thief.cookies.set(`secondlock-flow-${id.slice(0, 12)}`, String(value));
        assert.equal((await thief.get(`/api/v1/flows/${id}`)).status, 404);
      }
    }
    for (const value of values.filter((one) => one.includes('$argon2id$'))) {
      const { body } = await house.browser().start('sign-in', { identifier: ada.address, password: value });
      assert.ok(body.refused?.code === 'wrong' || body.code === 'too-many-requests');
    }
    for (const column of ['token_hash', 'id'] as const) {
      const links = cells.filter((cell) => cell.table === 'invitations' && cell.column === column);
      for (const { value } of links)
        assert.equal((await house.browser().start('invitation', { link: value })).status, 410);
    }
  });
}

test('CRY-01 with the dump but another key nothing opens and nobody signs in', async () => {
  await using house = await openHouse();
  const { ada } = await inUse(house);
  const thieves = await openHouse({ like: { ...house, keys: testKeys() } });
  const flow = await thieves.browser().start('sign-in', { identifier: ada.address, password: ada.password });
  assert.equal(flow.body.refused?.code, 'wrong', flow.text);
});

/** Changes one character in the middle of a sealed value. */
function flipped(sealed: string): string {
  const at = sealed.length - 10;
  return sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
}

type Row = { id: string } & Record<string, unknown>;

async function rowsOf(house: House, table: 'factors' | 'flows' | 'challenges'): Promise<Row[]> {
  return (await house.database.all.k
    .selectFrom(table as keyof Tables)
    .selectAll()
    .execute()) as unknown as Row[];
}

async function write(house: House, table: 'factors' | 'flows' | 'challenges', id: string, change: object) {
  await house.database.all.k.updateTable(table).set(change).where('id', '=', id).execute();
}

/** What comes of typing the right code with the tables as they are. */
async function outcome(house: House, person: Person): Promise<[status: number, done: boolean]> {
  house.clock.advance(60_000);
  const browser = house.browser();
  const flow = await enterPassword(browser, person);
  if (!flow.id) return [500, false];
  const { status, body } = await browser.answer(flow, { code: person.nextCode() });
  return [status, body.done === true];
}

test('CRY-02 a flipped bit or a seed that was moved opens nothing, is logged without secrets, and heals when put back', async () => {
  const lines: string[] = [];
  await using house = await openHouse({ log: (line) => lines.push(line) });
  const ada = await register(house);
  const mallory = await register(house);
  const [adas, mallorys] = (await rowsOf(house, 'factors')).filter((row) => row.kind === 'totp') as [Row, Row];
  const spoilt: Record<string, unknown>[] = [
    { data: flipped(String(adas.data)) },
    { data: mallorys.data },
    { data: String(adas.data).replace('v1.t1.', 'v1.t2.') },
    { data: '{"secret":"GEZDGNBVGY3TQOJQ"}' },
    { data: '' },
  ];
  for (const change of spoilt) {
    await write(house, 'factors', adas.id, change);
    const logged = lines.length;
    assert.deepEqual(await outcome(house, ada), [500, false]);
    assert.ok(lines.slice(logged).some((line) => line.includes('request failed') && line.includes('SealBroken')));
  }
  await write(house, 'factors', adas.id, { data: adas.data, user_id: mallorys.user_id });
  const browser = house.browser();
  const credentials = { identifier: mallory.address, password: mallory.password };
  const begun = await browser.start('sign-in', credentials);
  // Asked at once, or chosen: a row that was given to somebody else opens for nobody.
  const asked = begun.status === 500 ? begun : await browser.answer(begun.body, { choose: adas.id });
  assert.equal(asked.status, 500, asked.text);
  await write(house, 'factors', adas.id, { user_id: adas.user_id });
  house.clock.advance(60_000);
  await signIn(house.browser(), ada);
  await signIn(house.browser(), mallory);
  assert.ok(!lines.some((line) => line.includes(String(adas.data).slice(20))));
});

test('CRY-02 facts and questions that were changed or moved end in a refusal, never in a session', async () => {
  await using house = await openHouse();
  const ada = await register(house);
  const bob = await register(house, 'email');
  const browser = house.browser();
  const mine = await enterPassword(browser, bob);
  const other = await enterPassword(house.browser(), ada);
  for (const table of ['flows', 'challenges'] as const) {
    const column = table === 'flows' ? 'facts' : 'pending';
    const rows = await rowsOf(house, table);
    const key = table === 'flows' ? 'id' : 'flow_id';
    const here = rows.find((row) => row[key] === mine.id);
    const there = rows.find((row) => row[key] === other.id);
    assert.ok(here && there);
    for (const value of [flipped(String(here[column])), there[column], '{}', '']) {
      await write(house, table, here.id, { [column]: value });
      const { status, body } = await browser.answer(mine, { code: await house.codeFor(bob.address) });
      assert.deepEqual([status, body.done], [500, undefined]);
    }
    await write(house, table, here.id, { [column]: here[column] });
  }
  assert.equal((await browser.answer(mine, { code: await house.codeFor(bob.address) })).body.done, true);
});

test('CRY-02 no two sealed values of a house in use share a nonce', async () => {
  await using house = await openHouse();
  await inUse(house);
  const nonces = (await dump(house)).flatMap(
    ({ value }) => /^v1\.[\w-]+\.([\w-]{16})\./.exec(String(value))?.[1] ?? [],
  );
  assert.ok(nonces.length > 5);
  assert.equal(new Set(nonces).size, nonces.length);
});

test('CRY-03 keys rotate under people who are signed in and half-way; what is new is under the new key', async () => {
  await using house = await openHouse();
  const ada = await register(house);
  const bob = await register(house, 'email');
  const browser = house.browser();
  const pending = await enterPassword(browser, bob);
  const keys = `t2:${testKeys().split(':')[1]},${house.keys}`;
  const rotated = await openHouse({ like: { ...house, keys } });
  const moved = rotated.browser();
  for (const [name, value] of browser.cookies) moved.cookies.set(name, value);
  assert.equal((await moved.answer(pending, { code: await house.codeFor(bob.address) })).body.done, true);
  await signIn(rotated.browser(), ada);
  const after = rotated.browser();
  const flow = await choose(after, await enterPassword(after, ada), 'backup-codes');
  assert.equal((await after.answer(flow, { code: ada.codes[0] })).body.codesLeft, 9);
  const { k } = house.database.all;
  const user = await k.selectFrom('users').selectAll().where('email', '=', ada.address).executeTakeFirstOrThrow();
  assert.match(user.password_hash, /^t2\$argon2id/, 'the pepper is the new key’s since the last sign-in');
  const sealed = await k.selectFrom('factors').selectAll().where('kind', '=', 'totp').executeTakeFirstOrThrow();
  assert.match(sealed.data, /^v1\.t2\./);
  await rotated.outbox.stop();
});

const sources = readSources().filter(({ path }) => path.startsWith('server/src/') && !path.endsWith('.test.ts'));

test('CRY-03 no key stands in the source, and a sample key stops the start', async () => {
  const literals = sources.flatMap(({ path, text }) =>
    (text.match(/['"`][A-Za-z0-9+/_-]{40,}={0,2}['"`]/g) ?? []).map((m) => [path, m]),
  );
  assert.deepEqual(literals, []);
  for (const sample of ['A'.repeat(43), Buffer.from('0123456789abcdef0123456789abcdef').toString('base64'), '', 'x']) {
    await assert.rejects(openHouse({ like: { ...(await openHouse()), keys: `k1:${sample}` } }), /SECONDLOCK_KEYS/);
  }
});

test('CRY-04 no weak hash, no comparison that tells how much was right, no dice but the system’s', () => {
  const weak = /\b(createHash|hash)\(\s*'(md5|sha-?1)'|Math\.random|pseudoRandom|createCipher\(|aes-\d+-(cbc|ecb)/i;
  const early = /(token|hash|digest|secret|holder|link)\w*\s*===\s*\w*(token|hash|digest|secret|holder|link)/i;
  for (const { path, text } of sources) {
    assert.doesNotMatch(text, weak, path);
    assert.doesNotMatch(text, early, path);
  }
  const tokens = sources.find(({ path }) => path.endsWith('security/tokens.ts'))?.text ?? '';
  assert.match(tokens, /sameText = .*timingSafeEqual\(/, 'the one comparison of secrets takes the same time');
});
