/** What leaves by mail: to whom, how often, and how sure it makes anybody. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openHouse } from '../house.ts';
import { asked, choose, enterPassword, newAddress, register } from '../people.ts';

const second = 1000;
const minute = 60 * second;

const house = await openHouse();
after(() => house[Symbol.asyncDispose]());

const mailsTo = async (address: string): Promise<number> => {
  await house.outbox.drain();
  return house.mails.filter((mail) => mail.to === address).length;
};

/** How a session says that it was opened. */
async function sessionOf(id = ''): Promise<[level: string, amr: string]> {
  const { k } = house.database.all;
  const row = await k.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return [row.level, row.amr];
}

test('OOB-01 password and mailed code are two steps and never multi-factor, nor are codes that such a session made', async () => {
  const ada = await register(house, 'email');
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  const { body } = await browser.answer(flow, { code: await house.codeFor(ada.address) });
  assert.equal(body.session?.level, 'two-step');
  assert.deepEqual(await sessionOf(body.session?.id), ['two-step', '["pwd","otp"]']);
  const refused = await browser.start('step-up', { level: 'aal2' });
  assert.deepEqual([refused.status, refused.body.code, refused.body.level], [403, 'forbidden', 'aal2']);
  for (const [kind, code] of [
    ['backup-codes', ada.codes[0]],
    ['paper-key', ada.paperKey],
  ] as const) {
    const next = house.browser();
    const way = await choose(next, await enterPassword(next, ada), kind);
    let answer = (await next.answer(way, { code })).body;
    if (answer.prompt.ask === 'keep') answer = (await next.answer(way, { kept: true })).body;
    if (answer.prompt.ask === 'choose') answer = (await next.answer(way, { choose: 'none' })).body;
    assert.equal(answer.session?.level, 'two-step', kind);
    assert.doesNotMatch((await sessionOf(answer.session?.id))[1], /mfa/);
  }
});

test('OOB-03 no field of a request adds or replaces a destination', async () => {
  const ada = await register(house, 'email');
  const evil = 'evil@example.net';
  const extras = [
    { phone: '+15550100' },
    { email: evil },
    { to: [evil] },
    { 'to[]': evil },
    { sentTo: evil },
    { address: `${ada.address}\r\nBcc: ${evil}` },
  ];
  for (const extra of extras) {
    const browser = house.browser();
    const started = await browser.start('sign-in', { identifier: ada.address, password: ada.password, ...extra });
    assert.equal(started.status, 400, started.text);
    assert.equal((await browser.start('recovery', { identifier: ada.address, ...extra })).status, 400);
  }
  house.clock.advance(10 * minute);
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  house.clock.advance(31 * second);
  for (const extra of extras) assert.equal((await browser.answer(flow, { resend: true, ...extra })).status, 400);
  for (const identifier of [`${ada.address}\r\nBcc: ${evil}`, `${ada.address},${evil}`, `${ada.address};${evil}`]) {
    const { body } = await house.browser().start('recovery', { identifier });
    assert.equal(body.refused?.code, 'not-an-address');
  }
  await house.outbox.drain();
  assert.deepEqual(
    house.mails.filter((mail) => mail.to !== ada.address && /evil/.test(JSON.stringify(mail))),
    [],
  );
});

test('OOB-05 a destination is masked, and shown only after the password', async () => {
  const ada = await register(house, 'email', 'ada.lovelace@example.org');
  const browser = house.browser();
  const before = [
    (await browser.start('sign-in')).text,
    (await browser.start('sign-in', { identifier: ada.address, password: 'wrong wrong wrong' })).text,
    (await browser.start('sign-in', { identifier: 'nobody@example.org', password: 'wrong wrong wrong' })).text,
  ];
  for (const text of before) assert.doesNotMatch(text, /•|@|lovelace/);
  const flow = await enterPassword(browser, ada);
  assert.equal(asked(flow, 'code').sentTo, 'a•••@e•••.org');
  assert.doesNotMatch(JSON.stringify(flow), /lovelace|example/);
});

test('OOB-07 a hundred requests in a minute send no more than the limit, and say when to come back', async () => {
  const ada = await register(house, 'email');
  house.clock.advance(20 * minute);
  const before = await mailsTo(ada.address);
  const browser = house.browser();
  let refused = 0;
  for (let turn = 0; turn < 100; turn += 1) {
    const { status, headers, body } = await browser.start('sign-in', {
      identifier: ada.address,
      password: ada.password,
    });
    if (status === 200 && !body.refused) continue;
    // The password was right, so other ways stay open; where nothing else was asked the whole request is refused.
    if (status === 200) assert.equal(body.refused?.code, 'limited');
    else assert.deepEqual([status, headers.get('retry-after')], [429, String(body.retryAfter)]);
    assert.ok((body.refused?.retryAfter ?? body.retryAfter ?? 0) > 0);
    refused += 1;
  }
  assert.deepEqual([(await mailsTo(ada.address)) - before, refused], [6, 94]);
  house.clock.advance(10 * minute);
  assert.equal((await browser.start('sign-in', { identifier: ada.address, password: ada.password })).status, 200);
});

test('OOB-07 many sources to one address and one source to many addresses are limited, the owner apart', async () => {
  house.clock.advance(20 * minute);
  const ada = await register(house, 'email');
  house.clock.advance(10 * minute);
  const before = await mailsTo(ada.address);
  const statuses: number[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    const stranger = house.browser({ origin: house.origin, address: `203.0.113.${turn}` });
    statuses.push((await stranger.start('recovery', { identifier: ada.address })).status);
  }
  assert.equal((await mailsTo(ada.address)) - before, 12);
  assert.equal(statuses.filter((status) => status === 429).length, 38);
  assert.equal((await ada.browser.start('recovery', { identifier: ada.address })).status, 200, 'from a known browser');
  const owner = house.browser({ origin: house.origin, address: '203.0.113.200' });
  assert.equal(asked(await enterPassword(owner, ada), 'code').kind, 'email', 'behind the password');
  const flooder = house.browser({ origin: house.origin, address: '198.51.100.7' });
  let sent = 0;
  for (let turn = 0; turn < 50; turn += 1) {
    const address = newAddress();
    if ((await flooder.start('registration', { identifier: address })).status === 200) sent += await mailsTo(address);
  }
  assert.equal(sent, 20);
});

test('OOB-07 one IPv6 household is one source', async () => {
  house.clock.advance(20 * minute);
  let good = 0;
  for (let turn = 0; turn < 30; turn += 1) {
    const browser = house.browser({ origin: house.origin, address: `2001:db8:1:2::${turn.toString(16)}` });
    if ((await browser.start('registration', { identifier: newAddress() })).status === 200) good += 1;
  }
  assert.equal(good, 20);
});

const linkIn = (text: string): string => /https?:\/\/\S+\/recovery#\S+/.exec(text)?.[0] ?? '';

test('OOB-09 fetching a mailed link does nothing; the browser that asked completes it, no other', async () => {
  house.clock.advance(20 * minute);
  const ada = await register(house, 'nothing');
  const browser = house.browser();
  const { body: flow } = await browser.start('recovery', { identifier: ada.address });
  const link = new URL(linkIn((await house.mailTo(ada.address)).text));
  const [id = '', secret = ''] = link.hash.slice(1).split('.');
  assert.equal(id, flow.id);
  assert.equal(link.search, '', 'the secret is in the fragment, which no browser sends');
  const bot = house.browser();
  for (let turn = 0; turn < 3; turn += 1) {
    await bot.get(link.pathname + link.search);
    await bot.call('HEAD', link.pathname);
    assert.equal((await bot.get(`/api/v1/flows/${id}`)).status, 404);
  }
  assert.equal(bot.cookies.size, 0);
  assert.equal((await bot.answer(flow, { link: secret })).status, 404);
  assert.equal((await browser.answer(flow, { link: `${secret.slice(0, -2)}xx` })).body.refused?.code, 'wrong');
  asked((await browser.answer(flow, { link: secret })).body, 'new-password');
  assert.equal((await browser.get('/api/v1/account')).status, 401);
});

test('OOB-10 links come from the configured origin, whatever Host and forwarding headers say', async () => {
  await using served = await openHouse({
    options: {
      NODE_ENV: 'production',
      SECONDLOCK_ORIGIN: 'https://login.example.org',
      SECONDLOCK_TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  const https = { 'x-forwarded-proto': 'https' };
  const ada = served.browser({ origin: served.origin, headers: https });
  const { body: flow } = await ada.start('registration', { identifier: 'ada@example.org' });
  await ada.answer(flow, { code: await served.codeFor('ada@example.org') });
  await ada.answer(flow, { password: 'violet anchors drift under rain' });
  await ada.answer(flow, { accept: false });
  const lies: Readonly<Record<string, string>>[] = [
    { 'x-forwarded-host': 'evil.example' },
    { forwarded: 'host=evil.example;proto=https' },
    { 'x-original-url': 'https://evil.example/' },
  ];
  for (const lie of lies) {
    const browser = served.browser({ origin: served.origin, headers: { ...https, ...lie } });
    assert.equal((await browser.start('recovery', { identifier: 'ada@example.org' })).status, 200);
    const { text, html = '' } = await served.mailTo('ada@example.org');
    assert.equal(new URL(linkIn(text)).origin, served.origin);
    assert.doesNotMatch(text + html, /evil/);
  }
  const evil = served.browser({ origin: served.origin, headers: { ...https, host: 'evil.example' } });
  assert.equal((await evil.start('recovery', { identifier: 'ada@example.org' })).status, 421);
});

test('OOB-10 a name cannot add lines, headers, marks or placeholders to a mail', async () => {
  house.clock.advance(20 * minute);
  const owner = await register(house, 'totp');
  const { id } = (await owner.browser.get<{ id: string }>('/api/v1/account')).body;
  await house.database.transaction('main', async ({ k }) => {
    await k.insertInto('user_roles').values({ tenant: 'main', user_id: id, role: 'owner', given_at: 0 }).execute();
  });
  for (const name of ['Ada\r\nBcc: evil@example.net', 'Ada\u2028evil', 'Ada\u202egnp', 'Ada\u0000']) {
    assert.equal((await owner.browser.call('PATCH', '/api/v1/account', { name })).status, 400, JSON.stringify(name));
  }
  const name = '<b>Ada</b> {link} {{7*7}} #{7*7} %0d%0aBcc: x';
  assert.equal((await owner.browser.call('PATCH', '/api/v1/account', { name })).status, 204);
  const invited = newAddress();
  const made = await owner.browser.call('POST', '/api/v1/invitations', { email: invited, role: 'member' });
  assert.equal(made.status, 204, made.text);
  const mail = await house.mailTo(invited);
  assert.ok(mail.text.includes(`${name} invites you`), mail.text);
  assert.equal(mail.text.split('/invitation#').length, 2, 'one link');
  assert.doesNotMatch(mail.html ?? '', /<b>/);
  assert.doesNotMatch(mail.subject ?? '', /Ada|Bcc|\n/);
});
