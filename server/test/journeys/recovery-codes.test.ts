/** Backup codes and the paper key: shown once, good once, guessed no more often than anything else. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Browser } from '../browser.ts';
import { databases, type House, openHouse } from '../house.ts';
import { asked, choose, enterPassword, keepIn, type Person, register, stepUp } from '../people.ts';
import { cellsWith, dump } from '../records.ts';

const minute = 60_000;

const house = await openHouse();
after(() => house[Symbol.asyncDispose]());

/** Signs in with the password and a recovery code; gives the refusal, or how many are left. */
async function use(where: House, person: Person, kind: string, code: string, browser = where.browser()) {
  const flow = await choose(browser, await enterPassword(browser, person), kind);
  const { status, body } = await browser.answer(flow, { code });
  if (status !== 200) return body.code;
  return body.refused?.code ?? body.codesLeft ?? 'accepted';
}

/** Makes a new set under a fresh proof and gives the flow that shows it. */
async function renew(person: Person, kind: string) {
  await stepUp(person.browser, person);
  const { body } = await person.browser.start('enrolment', { kind });
  return body;
}

test('LUS-01 codes are shown once, uncacheable, and only to a session with a fresh proof at the highest level', async () => {
  const ada = await register(house);
  house.clock.advance(11 * minute);
  const stale = await ada.browser.start('enrolment', { kind: 'backup-codes' });
  assert.deepEqual([stale.status, stale.body.code, stale.body.level], [403, 'step-up-required', 'aal2']);
  assert.equal((await house.browser().start('enrolment', { kind: 'backup-codes' })).status, 401);
  await stepUp(ada.browser, ada);
  const shown = await ada.browser.start('enrolment', { kind: 'backup-codes' });
  assert.equal(asked(shown.body, 'keep').codes?.length, 10);
  assert.equal(shown.headers.get('cache-control'), 'no-store');
  const codes = asked(shown.body, 'keep').codes ?? [];
  const looks = [
    await ada.browser.get(`/api/v1/flows/${shown.body.id}`),
    await ada.browser.answer(shown.body, {}),
    await ada.browser.answer(shown.body, { kept: true }),
    await ada.browser.get(`/api/v1/flows/${shown.body.id}`),
    await ada.browser.get('/api/v1/account'),
    await ada.browser.get('/api/v1/account/factors'),
    await ada.browser.get('/api/v1/account/activity'),
  ];
  for (const { text } of looks) assert.ok(!codes.some((code) => text.includes(code)));
  assert.deepEqual(asked(looks[0]?.body as typeof shown.body, 'keep'), { ask: 'keep', shown: true });
});

test('LUS-01 a password session of somebody with a second factor gets no codes', async () => {
  const ada = await register(house);
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  assert.equal((await browser.start('enrolment', { kind: 'paper-key' })).status, 401);
  assert.equal((await browser.answer(flow, { accept: 'backup-codes' })).status, 400);
  const bob = await register(house, 'nothing');
  assert.equal((await bob.browser.start('enrolment', { kind: 'backup-codes' })).body.code, 'conflict');
});

for (const on of databases) {
  test(`LUS-03 a backup code works once, however many try it at once, on ${on}`, async () => {
    await using own = await openHouse({ on });
    const ada = await register(own);
    const browsers: { browser: Browser; flow: { id: string } }[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const browser = own.browser();
      browsers.push({ browser, flow: await choose(browser, await enterPassword(browser, ada), 'backup-codes') });
    }
    // Ten at once in each of five sign-ins: the limits answer some of them, one is let in.
    const tries = browsers.flatMap((one) => Array.from({ length: 10 }, () => one));
    const answers = await Promise.all(tries.map(({ browser, flow }) => browser.answer(flow, { code: ada.codes[0] })));
    assert.equal(answers.filter(({ body }) => body.session !== undefined).length, 1);
    for (const { status } of answers) assert.ok([200, 410, 429].includes(status), String(status));
    own.clock.advance(31 * minute);
    assert.equal(await use(own, ada, 'backup-codes', ada.codes[0] ?? ''), 'wrong');
    own.clock.advance(31 * minute);
    assert.equal(await use(own, ada, 'backup-codes', ada.codes[1] ?? ''), 8);
  });
}

test('LUS-04 neither codes nor keys can be read in the tables; what is sealed holds salted slow hashes', async () => {
  const ada = await register(house);
  const secrets = [...ada.codes, ada.paperKey].flatMap((code) => [code, code.replaceAll('-', '')]);
  assert.deepEqual(cellsWith(await dump(house), secrets), []);
  const rows = await house.database.all.k.selectFrom('factors').selectAll().where('use', '=', 'recovery').execute();
  const mine = rows.slice(-2);
  const opened = mine.map((row) => house.deps.keyring.open(row.data, `factor:main:${row.user_id}:${row.id}`));
  const hashes = opened.flatMap((text) => text.match(/t1\$argon2id\$v=19\$[^"]+/g) ?? []);
  assert.equal(hashes.length, 11);
  const salts = hashes.map((hash) => hash.split('$')[4] ?? '');
  assert.equal(new Set(salts).size, 11);
  for (const salt of salts) assert.ok(Buffer.from(salt, 'base64').length >= 16);
});

test('LUS-05 guesses count over all sign-ins, and the limit trips', async () => {
  const ada = await register(house);
  const answers: unknown[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    answers.push(await use(house, ada, 'backup-codes', 'AAAA-AAAA-AAAA'));
    house.clock.advance(2 * minute);
  }
  assert.deepEqual(answers, [...Array(10).fill('wrong'), 'too-many-requests', 'too-many-requests']);
  assert.equal(await use(house, ada, 'backup-codes', ada.codes[0] ?? ''), 'too-many-requests');
  assert.equal(await use(house, ada, 'backup-codes', ada.codes[0] ?? '', ada.browser), 9, 'the owner’s browser');
  house.clock.advance(31 * minute);
  assert.equal(await use(house, ada, 'backup-codes', ada.codes[1] ?? ''), 8);
});

test('LUS-06 a new set kills the whole old one once it is kept, tells the owner, and needs a fresh proof', async () => {
  const ada = await register(house);
  const old = [...ada.codes];
  const abandoned = await renew(ada, 'backup-codes');
  assert.equal(asked(abandoned, 'keep').codes?.length, 10);
  assert.equal(await use(house, ada, 'backup-codes', old[0] ?? ''), 9, 'an abandoned set has killed nothing');
  const shown = await renew(ada, 'backup-codes');
  const first = asked(shown, 'keep').codes ?? [];
  keepIn(ada, (await ada.browser.answer(shown, { renew: true })).body);
  assert.equal((await ada.browser.answer(shown, { kept: true })).body.done, true);
  const { subject } = await house.mailTo(ada.address);
  assert.match(subject ?? '', /New backup codes/);
  for (const code of [...old, ...first, ...(asked(abandoned, 'keep').codes ?? [])]) {
    house.clock.advance(180 * minute);
    assert.equal(await use(house, ada, 'backup-codes', code), 'wrong');
  }
  house.clock.advance(180 * minute);
  assert.equal(await use(house, ada, 'backup-codes', ada.codes[0] ?? ''), 9);
});

test('LUS-06 a new paper key kills the old one once it is kept, and the backup codes stay', async () => {
  const ada = await register(house);
  const used = ada.paperKey;
  keepIn(ada, await renew(ada, 'paper-key'));
  const { body } = await ada.browser.start('enrolment', { kind: 'paper-key' });
  keepIn(ada, body);
  assert.equal((await ada.browser.answer(body, { kept: true })).body.done, true);
  assert.match((await house.mailTo(ada.address)).subject ?? '', /A new paper key/);
  assert.equal(await use(house, ada, 'paper-key', used), 'wrong');
  assert.equal(await use(house, ada, 'backup-codes', ada.codes[0] ?? ''), 9);
  assert.equal(await use(house, ada, 'paper-key', ada.paperKey), 'accepted');
});

test('LUS-07 a paper key that was used is dead even where its successor was never kept', async () => {
  const ada = await register(house);
  const browser = house.browser();
  const flow = await choose(browser, await enterPassword(browser, ada), 'paper-key');
  const shown = asked((await browser.answer(flow, { code: ada.paperKey })).body, 'keep');
  assert.ok(shown.paperKey);
  assert.equal((await browser.get('/api/v1/account')).status, 401, 'not in before the successor is kept');
  const next = await enterPassword(house.browser(), ada);
  const kinds = asked(next, 'code').others.map(({ kind }) => kind);
  assert.deepEqual(kinds, ['backup-codes'], 'neither the used key nor its abandoned successor is asked for');
});

test('LUS-08 a backup code alone opens nothing', async () => {
  const ada = await register(house);
  const [code] = ada.codes;
  const browser = house.browser();
  const started = await browser.start('sign-in', { code });
  assert.equal(started.status, 400);
  const { body: flow } = await browser.start('sign-in');
  assert.equal((await browser.answer(flow, { code })).status, 400);
  const wrong = await browser.answer(flow, { identifier: ada.address, password: code });
  assert.equal(wrong.body.refused?.code, 'wrong');
  assert.equal((await browser.answer(flow, { code })).status, 400);
  assert.equal(await use(house, ada, 'backup-codes', code ?? ''), 9, 'it was not used up');
});

test('LUS-09 entry forgives case, spaces, hyphens and look-alikes; what is left is told, and when it is little', async () => {
  const ada = await register(house);
  const writings = [
    (code: string) => code.toLowerCase(),
    (code: string) => code.replaceAll('-', ' '),
    (code: string) => ` ${code.toLowerCase().replaceAll('-', '')}\n`,
    (code: string) => code.replaceAll('0', 'o').replaceAll('1', 'l'),
    (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'I'),
  ];
  for (const code of ada.codes) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  for (const [at, code] of ada.codes.slice(0, 8).entries()) {
    const typed = writings[at % writings.length]?.(code) ?? '';
    assert.equal(await use(house, ada, 'backup-codes', typed), 9 - at, typed);
  }
  const account = await ada.browser.get<{ codesLeft: number; advice: string[] }>('/api/v1/account');
  assert.equal(account.body.codesLeft, 2);
});
