/** The audit: one entry for each thing that happens, with who, what, where, when and why, and no secret in any. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { appCode } from '../authenticator.ts';
import { openHouse } from '../house.ts';
import { asked, choose, enterPassword, newAddress, type Person, register, signIn, stepUp } from '../people.ts';
import { dump, type Told, told, trail } from '../records.ts';
import { literal, readSources, walk } from '../source.ts';

const minute = 60_000;

const lines: string[] = [];
const house = await openHouse({ options: { SECONDLOCK_LOG_LEVEL: 'trace' }, log: (line) => lines.push(line) });
after(() => house[Symbol.asyncDispose]());

/** What an action is told as: `type` with its reason, or whatever else says how it went. */
async function heard(action: () => Promise<unknown>): Promise<string[]> {
  const said = ({ type, details: d }: Told): string => [type, d.reason ?? d.by ?? ''].join(' ').trim();
  return (await told(house, action)).map(said).sort();
}

const wrongCode = '000000';

async function factorId(person: Person, kind: string): Promise<string> {
  const { body } = await person.browser.get<{ factors: { id: string; kind: string }[] }>('/api/v1/account/factors');
  return body.factors.find((factor) => factor.kind === kind)?.id ?? '';
}

test('AUD-01 each way that a sign-in goes has its entry, with the reason', async () => {
  const ada = await register(house);
  const held = await register(house, 'nothing');
  await house.database.all.k.updateTable('users').set({ state: 'held' }).where('email', '=', held.address).execute();
  const credentials = (identifier: string, password: string) => () =>
    house.browser().start('sign-in', { identifier, password });
  assert.deepEqual(await heard(credentials(ada.address, 'wrong wrong wrong')), ['password.refused wrong']);
  assert.deepEqual(await heard(credentials(newAddress(), 'x')), ['password.refused unknown-user']);
  assert.deepEqual(await heard(credentials(held.address, held.password)), ['password.refused not-active']);
  assert.deepEqual(await heard(credentials(ada.address, ada.password)), ['challenge.put', 'password.accepted']);
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  const code = (typed: string) => () => browser.answer(flow, { code: typed });
  assert.deepEqual(await heard(code(wrongCode)), ['proof.refused wrong']);
  const right = ada.nextCode();
  assert.deepEqual(await heard(code(right)), ['browser.new', 'proof.accepted', 'session.started']);
  assert.deepEqual(await heard(code(right)), ['flow.refused no-such-flow'], 'the flow is over');
  const again = await enterPassword(browser, ada);
  assert.deepEqual(await heard(() => browser.answer(again, { code: right })), ['proof.refused replayed']);
  house.clock.advance(11 * minute);
  assert.deepEqual(await heard(() => browser.answer(again, { code: right })), ['flow.refused flow-over']);
  const leave = () => browser.call('POST', '/api/v1/account/sign-out', {});
  assert.deepEqual(await heard(leave), ['session.ended sign-out']);
});

test('AUD-01 lockouts, codes that are over and sendings that are refused have their entries', async () => {
  const ada = await register(house, 'email');
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  const guess = () => browser.answer(flow, { code: wrongCode });
  for (let turn = 0; turn < 4; turn += 1) assert.deepEqual(await heard(guess), ['proof.refused wrong']);
  house.clock.advance(6 * minute);
  assert.deepEqual(await heard(guess), ['attempts.refused spent']);
  const wrong = () => house.browser().start('sign-in', { identifier: ada.address, password: 'wrong wrong wrong' });
  for (let turn = 0; turn < 5; turn += 1) assert.deepEqual(await heard(wrong), ['password.refused wrong']);
  assert.deepEqual(await heard(wrong), ['attempts.refused paused']);
  const recover = () => house.browser().start('recovery', { identifier: ada.address });
  for (let turn = 0; turn < 5; turn += 1) assert.deepEqual(await heard(recover), ['challenge.put', 'recovery.started']);
  assert.deepEqual(await heard(recover), ['sending.refused quota']);
});

test('AUD-01 what is denied to a session has its entry: no fresh proof, another site, no right, the last factor', async () => {
  const ada = await register(house);
  const id = await factorId(ada, 'totp');
  house.clock.advance(11 * minute);
  const remove = () => ada.browser.call('DELETE', `/api/v1/account/factors/${id}`);
  const [demanded] = await told(house, remove);
  assert.deepEqual([demanded?.type, demanded?.details.level], ['step-up.demanded', 'aal2']);
  assert.equal(demanded?.details.for, `DELETE /api/v1/account/factors/${id}`);
  const { body } = await ada.browser.get<{ id: string }>('/api/v1/account');
  assert.equal(demanded?.user_id, body.id);
  const evil = () => ada.browser.call('POST', '/api/v1/account/sign-out', {}, { origin: 'https://evil.example' });
  assert.deepEqual(await heard(evil), ['access.denied cross-site']);
  const invite = () => ada.browser.call('POST', '/api/v1/invitations', { email: newAddress(), role: 'member' });
  assert.deepEqual(await heard(invite), ['access.denied forbidden']);
  const thief = house.browser();
  thief.cookies.set('secondlock', 'x'.repeat(43));
  assert.deepEqual(await heard(() => thief.get('/api/v1/account')), ['access.denied not-signed-in']);
  assert.deepEqual(
    await heard(() => house.browser().get('/api/v1/account')),
    [],
    'who has shown nothing was denied nothing',
  );
  const flow = await enterPassword(ada.browser, ada);
  thief.cookies.set(`secondlock-flow-${flow.id.slice(0, 12)}`, 'x'.repeat(43));
  const [refused] = await told(house, () => thief.answer(flow, { code: wrongCode }));
  assert.deepEqual([refused?.type, refused?.correlation], ['flow.refused', flow.id]);
  assert.deepEqual(await heard(() => house.browser().start('set-up', { link: 'x' })), ['flow.refused link-over']);
});

test('AUD-01 every change of an account has its entry', async () => {
  const ada = await register(house);
  await stepUp(ada.browser, ada);
  const id = await factorId(ada, 'totp');
  const path = `/api/v1/account/factors/${id}`;
  const patch = (body: object) => () => ada.browser.call('PATCH', path, body);
  assert.deepEqual(await heard(patch({ label: 'Phone' })), ['factor.renamed']);
  assert.deepEqual(await heard(patch({ preferred: true })), ['factor.preferred']);
  const rename = () => ada.browser.call('PATCH', '/api/v1/account', { name: 'Ada' });
  assert.deepEqual(await heard(rename), ['profile.changed']);
  assert.deepEqual(await heard(() => stepUp(ada.browser, ada)), [
    'challenge.put',
    'proof.accepted',
    'session.replaced',
    'step-up.proved',
  ]);
  const second = await ada.browser.start('enrolment');
  const scan = asked((await ada.browser.answer(second.body, { accept: 'totp' })).body, 'scan-and-code');
  const added = await heard(() => ada.browser.answer(second.body, { code: appCode(scan.uri, house.clock.now) }));
  assert.ok(added.includes('factor.added owner'), added.join());
  const password = await ada.browser.start('password');
  const refused = () => ada.browser.answer(password.body, { password: 'wrong wrong wrong' });
  assert.deepEqual(await heard(refused), ['password.refused wrong']);
  await ada.browser.answer(password.body, { password: ada.password });
  const weak = () => ada.browser.answer(password.body, { password: 'password' });
  assert.deepEqual(await heard(weak), ['password.not-good-enough common']);
  const set = () => ada.browser.answer(password.body, { password: 'crimson lantern over harbour' });
  assert.ok((await heard(set)).includes('password.set change'));
  const move = () => ada.browser.start('address', { value: newAddress() });
  assert.deepEqual(await heard(move), ['address.change-started', 'challenge.put']);
  assert.deepEqual(await heard(() => ada.browser.call('DELETE', path)), ['factor.removed']);
  const taken = () => house.browser().start('registration', { identifier: ada.address });
  assert.deepEqual(await heard(taken), ['challenge.put', 'registration.address-taken']);
});

test('AUD-01 every event of the list is told somewhere', () => {
  const sources = readSources().filter(({ path }) => path.startsWith('server/src/') && !path.endsWith('.test.ts'));
  const list = sources.find(({ path }) => path === 'server/src/audit/events.ts');
  const names = [...(list?.text.matchAll(/^ {2}'([a-z-]+\.[a-z-]+)': /gm) ?? [])].map(([, name = '']) => name);
  assert.ok(names.length > 30);
  const rest = sources.filter((source) => source !== list && !source.path.includes('/texts/'));
  const used = new Set(rest.flatMap(({ program }) => [...walk(program)].map(literal)));
  assert.deepEqual(
    names.filter((name) => !used.has(name)),
    [],
  );
});

test('AUD-02 each entry says who, what, where and when, and one sign-in can be followed by its id', async () => {
  const ada = await register(house);
  house.clock.advance(minute);
  const since = house.clock.now;
  const browser = house.browser({ origin: house.origin, address: '203.0.113.77' });
  const flow = await choose(browser, await enterPassword(browser, ada), 'backup-codes');
  await browser.answer(flow, { code: 'AAAA-AAAA-AAAA' });
  await browser.answer(flow, { code: ada.codes[0] });
  const entries = await trail(house, since);
  assert.ok(entries.length >= 6);
  for (const entry of entries) {
    assert.deepEqual([entry.correlation, entry.address, entry.browser], [flow.id, '203.0.113.77', 'Firefox on Linux']);
    assert.equal(entry.at, house.clock.now);
  }
  const [user] = new Set(entries.map(({ user_id }) => user_id));
  assert.ok(user && entries.every(({ user_id }) => user_id === user));
  const requests = await told(house, async () => {
    await stepUp(browser, ada);
    await browser.call('PATCH', '/api/v1/account', { name: 'Ada' });
    await browser.call('PATCH', '/api/v1/account', { name: 'Ada L.' });
  });
  const ids = requests.filter(({ type }) => type === 'profile.changed').map(({ correlation }) => correlation);
  assert.equal(new Set(ids).size, 2, 'each request has an id of its own');
});

test('AUD-03 no entry and no line of the log holds a password, code, key, token, link or seed', async () => {
  const ada = await register(house);
  const bob = await register(house, 'email');
  await signIn(house.browser(), ada);
  const browser = house.browser();
  const wrong = 'a password that nobody has 4711';
  await browser.start('sign-in', { identifier: ada.address, password: wrong });
  const flow = await enterPassword(browser, bob);
  await browser.answer(flow, { code: await house.codeFor(bob.address) });
  await browser.start('recovery', { identifier: bob.address });
  const { text } = await house.mailTo(bob.address);
  const links = text.match(/[\w-]{40,}/g) ?? [];
  const cookies = [ada, bob].flatMap((person) => [...person.browser.cookies.values()]);
  const codes = house.mails.flatMap((mail) => /\b\d{6}\b/.exec(mail.text)?.[0] ?? []);
  const seed = new URL(ada.uri).searchParams.get('secret') ?? '';
  const secrets = [
    ada.password,
    wrong,
    ...ada.codes,
    ada.paperKey,
    ...links,
    ...cookies,
    ...browser.cookies.values(),
    seed,
  ];
  const entries = (await dump(house)).filter(({ table }) => table === 'events' || table === 'event_persons');
  const texts = [...lines, ...entries.filter(({ column }) => column === 'details').map(({ value }) => String(value))];
  assert.ok(texts.length > 50);
  const found = texts.filter((one) => [...secrets, ...codes].some((secret) => secret !== '' && one.includes(secret)));
  assert.deepEqual(found, []);
  const people = texts.filter((one) => one.includes('@example.org'));
  assert.deepEqual(people, [], 'nor an address');
});

test('AUD-04 nothing that a client says forges, breaks or floods an entry', async () => {
  const nasty = '\u001b[31m"},{"type":"session.started"} <script>alert(1)</script> https://evil.example/';
  const agents = [
    `${nasty}/1 (x) y`,
    'Evil https://evil.example/pay/1 x',
    `Firefox/1 ${'x'.repeat(1000)}`,
    nasty.slice(5),
  ];
  for (const agent of agents) {
    const browser = house.browser({ origin: house.origin, userAgent: agent.replaceAll('\u001b', '\u009b') });
    const identifier = `a\u001b[2J\r\n2030-05-15 session.started ${nasty}`.slice(0, 300);
    const entries = await told(house, () => browser.start('sign-in', { identifier, password: nasty }));
    assert.equal(entries.length, 1, agent);
    const [entry] = entries;
    assert.equal(entry?.type, 'password.refused');
    assert.match(entry?.browser ?? '', /^[\w -]{1,70}$/, 'a browser is a short plain name');
    assert.equal(JSON.stringify(entry).includes('evil'), false, JSON.stringify(entry));
  }
  const thief = house.browser({ origin: house.origin, address: '203.0.113.99' });
  thief.cookies.set('secondlock', 'x'.repeat(43));
  const flood = await told(house, async () => {
    for (let turn = 0; turn < 100; turn += 1) await thief.get(`/api/v1/account?${turn}`);
  });
  assert.equal(flood.length, 60, 'refusals of one source are told so often and no more');
});
