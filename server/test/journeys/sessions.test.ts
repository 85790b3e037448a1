/** Sessions: what they are made of, how long they last, and what ends them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addApp, factorOf, remove, reportLost, signedIn } from '../account.ts';
import type { Browser } from '../browser.ts';
import { type House, openHouse } from '../house.ts';
import { asked, choose, enterPassword, keepIn, type Person, register, signIn, stepUp } from '../people.ts';
import { inHouse } from '../shared-house.ts';

const minute = 60_000;

const token = (browser: Browser): string => browser.cookies.get('secondlock') ?? '';

/** A browser that holds nothing but a session cookie. */
const holding = (house: House, value: string): Browser => {
  const browser = house.browser();
  browser.cookies.set('secondlock', value);
  return browser;
};

inHouse('sessions', (house) => {
  test('SES-01 every change of level makes a new session and ends the old one; a planted one is not adopted', async () => {
    const ada = await register(house(), 'nothing');
    const browser = house().browser();
    const planted = 'A'.repeat(43);
    browser.cookies.set('secondlock', planted);
    await enterPassword(browser, ada);
    const seen = [planted, token(browser)];
    const second = await addApp({ ...ada, browser });
    seen.push(token(browser));
    for (let steps = 0; steps < 2; steps += 1) {
      await stepUp(browser, second);
      seen.push(token(browser));
    }
    assert.equal(new Set(seen).size, seen.length);
    for (const old of seen.slice(0, -1)) assert.equal(await signedIn(holding(house(), old)), false);
    assert.equal(await signedIn(browser), true);
  });

  test('SES-01 a new password of a stale session is a new session too', async () => {
    const ada = await register(house());
    house().clock.advance(11 * minute);
    const before = token(ada.browser);
    await changePassword(ada);
    assert.notEqual(token(ada.browser), before);
    assert.deepEqual([await signedIn(holding(house(), before)), await signedIn(ada.browser)], [false, true]);
  });

  test('SES-02 a token is 256 random bits that say nothing, and a changed one opens nothing', async () => {
    const ada = await register(house(), 'nothing');
    const tokens = new Set<string>();
    for (let sessions = 0; sessions < 20; sessions += 1) {
      const browser = house().browser();
      await enterPassword(browser, ada);
      tokens.add(token(browser));
    }
    assert.equal(tokens.size, 20);
    const bytes = [...tokens].map((each) => Buffer.from(each, 'base64url'));
    assert.ok(bytes.every((each) => each.length === 32));
    const ones = bytes
      .flatMap((each) => [...each])
      .reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    assert.ok(Math.abs(ones / (20 * 256) - 0.5) < 0.05);
    const [first = ''] = tokens;
    assert.equal(await signedIn(holding(house(), first)), true);
    for (const at of [0, 20, 41]) {
      const other = first[at] === 'A' ? 'B' : 'A';
      assert.equal(await signedIn(holding(house(), first.slice(0, at) + other + first.slice(at + 1))), false);
    }
    for (const junk of ['', ' ', first.toUpperCase(), `${first}=`, first.slice(1), '%00', "' or 1=1 --"]) {
      assert.equal(await signedIn(holding(house(), encodeURIComponent(junk))), false, junk);
    }
  });

  test('SES-02 a token works only where it was given: not a cookie’s in a header, nor the reverse', async () => {
    const ada = await register(house(), 'nothing');
    const program = house().browser();
    const credentials = { identifier: ada.address, password: ada.password, transport: 'token' };
    const { body } = await program.start('sign-in', credentials);
    const mine = body.session?.token ?? '';
    const ask = (value: string) =>
      house()
        .browser()
        .call('GET', '/api/v1/account/sessions/current', undefined, { authorization: `Bearer ${value}` });
    assert.equal((await ask(mine)).status, 200);
    assert.equal(await signedIn(holding(house(), mine)), false);
    assert.equal((await ask(token(ada.browser))).status, 401);
    assert.equal(program.cookies.size, 0);
  });

  test('SES-04 no token or id is in a body, an address or a cookie but its own', async () => {
    const ada = await register(house());
    const done = await signIn(ada.browser, ada);
    const { body, text } = await ada.browser.get<{ session: { id: string } }>('/api/v1/account');
    assert.ok(!text.includes(token(ada.browser)) && !JSON.stringify(done).includes(token(ada.browser)));
    for (const [name, value] of ada.browser.cookies) {
      assert.ok(!value.includes(ada.address) && !value.includes(body.session.id), name);
      assert.match(value, /^[\w-]{43}$/, name);
    }
    await house().outbox.drain();
    assert.ok(house().mails.every((mail) => !mail.text.includes(token(ada.browser))));
  });

  test('SES-07 signing out ends the session on the server and clears what the browser kept', async () => {
    const ada = await register(house(), 'nothing');
    const before = token(ada.browser);
    const out = await ada.browser.call('POST', '/api/v1/account/sign-out', {});
    assert.deepEqual([out.status, out.headers.get('clear-site-data')], [204, '"cache", "storage"']);
    assert.equal(ada.browser.cookies.has('secondlock'), false);
    assert.equal(await signedIn(holding(house(), before)), false);
    assert.equal((await holding(house(), before).start('step-up')).status, 401);
  });

  test('SES-08 a user sees every session and ends one or all others, after a fresh proof', async () => {
    const ada = await register(house());
    const [one, other] = [house().browser({ userAgent: 'curl/8.14' }), house().browser({ address: '198.51.100.9' })];
    for (const browser of [one, other]) await signIn(browser, ada);
    type Row = { id: string; current: boolean; browser: string; address: string };
    const list = async () => (await ada.browser.get<{ sessions: Row[] }>('/api/v1/account/sessions')).body.sessions;
    const rows = await list();
    assert.deepEqual(rows.map((row) => row.current).sort(), [false, false, true]);
    assert.ok(rows.some((row) => row.browser.includes('curl')) && rows.some((row) => row.address === '198.51.100.9'));
    const gone = rows.find((row) => row.browser.includes('curl'))?.id;
    house().clock.advance(11 * minute);
    assert.equal((await ada.browser.call('DELETE', `/api/v1/account/sessions/${gone}`)).status, 403);
    await stepUp(ada.browser, ada);
    assert.equal((await ada.browser.call('DELETE', `/api/v1/account/sessions/${gone}`)).status, 204);
    assert.deepEqual([await signedIn(one), await signedIn(other)], [false, true]);
    assert.equal((await ada.browser.call('DELETE', '/api/v1/account/sessions')).status, 204);
    assert.deepEqual([await signedIn(other), await signedIn(ada.browser), (await list()).length], [false, true, 1]);
    const ben = await register(house());
    const { body } = await ben.browser.get<{ sessions: Row[] }>('/api/v1/account/sessions');
    assert.equal((await ada.browser.call('DELETE', `/api/v1/account/sessions/${body.sessions[0]?.id}`)).status, 404);
    assert.equal(await signedIn(ben.browser), true);
  });
});

/** Runs `first` when the next transaction is about to begin: what happens in between is no accident. */
function before(house: House, first: () => Promise<unknown>): void {
  const { transaction } = house.database;
  const late: typeof transaction = async (tenant, work) => {
    Object.assign(house.database, { transaction });
    await first();
    return transaction(tenant, work);
  };
  Object.assign(house.database, { transaction: late });
}

inHouse('a session that ends meanwhile', (house) => {
  test('SES-08 a session that is ended while its request is under way changes nothing', async () => {
    const ada = await register(house());
    const { id } = await factorOf(ada.browser, 'totp');
    const factor = `/api/v1/account/factors/${id}`;
    const changes = [
      ['DELETE', factor],
      ['POST', `${factor}/lost`, {}],
      ['PATCH', factor, { label: 'mine now' }],
      ['PATCH', '/api/v1/account', { name: 'Somebody' }],
      ['DELETE', '/api/v1/account/sessions'],
    ] as const;
    for (const [method, path, body] of changes) {
      const thief = house().browser();
      await signIn(thief, ada);
      await stepUp(ada.browser, ada);
      // What is on its way has left: the next transaction is the change.
      await house().outbox.drain();
      before(house(), () => ada.browser.call('DELETE', '/api/v1/account/sessions'));
      assert.equal((await thief.call(method, path, body)).status, 401, `${method} ${path}`);
    }
    const left = await factorOf(ada.browser, 'totp');
    assert.deepEqual([left.id, left.state, left.label], [id, 'active', 'Authenticator app']);
    assert.equal((await ada.browser.get('/api/v1/account')).body.name, '');
  });
});

async function changePassword(ada: Person): Promise<void> {
  const { body: flow } = await ada.browser.start('password');
  let next = (await ada.browser.answer(flow, { password: ada.password })).body;
  if (next.prompt.ask === 'code') next = (await ada.browser.answer(flow, { code: ada.nextCode() })).body;
  asked(next, 'new-password');
  ada.password = `${ada.password} again`;
  assert.equal((await ada.browser.answer(flow, { password: ada.password })).body.done, true);
}

/** What ends every other session: each is done in the browser of the registration. */
const changes: Readonly<Record<string, (house: House, ada: Person) => Promise<unknown>>> = {
  'a new password': (_house, ada) => changePassword(ada),
  'a forgotten password': async (house, ada) => {
    const browser = house.browser();
    const { body: flow } = await browser.start('recovery', { identifier: ada.address });
    await browser.answer(flow, { code: await house.codeFor(ada.address) });
    await browser.answer(flow, { code: ada.nextCode() });
    const done = await browser.answer(flow, { password: 'crimson lantern over harbour' });
    assert.equal(done.body.done, true, done.text);
    assert.equal(await signedIn(ada.browser), false);
  },
  'a factor that is added': (_house, ada) => addApp(ada),
  'a factor that is removed': async (_house, ada) =>
    assert.equal((await remove(ada.browser, (await factorOf(ada.browser, 'totp')).id)).status, 204),
  'a factor that is lost': async (_house, ada) =>
    assert.equal((await reportLost(ada.browser, (await factorOf(ada.browser, 'totp')).id)).status, 204),
  'a factor that is lost, told with the paper key': async (house, ada) => {
    const browser = house.browser();
    const flow = await choose(browser, await enterPassword(browser, ada), 'paper-key');
    keepIn(ada, (await browser.answer(flow, { code: ada.paperKey })).body);
    const { prompt } = (await browser.answer(flow, { kept: true })).body;
    assert.ok(prompt.ask === 'choose');
    asked((await browser.answer(flow, { choose: prompt.options[0]?.factorId })).body, 'offer');
    assert.equal(await signedIn(ada.browser), false);
  },
  'new backup codes': async (_house, ada) => {
    const { body: flow } = await ada.browser.start('enrolment', { kind: 'backup-codes' });
    assert.equal((await ada.browser.answer(flow, { kept: true })).body.done, true);
  },
};

inHouse('changes', (house) => {
  test('SES-09 a change of password or factor ends every other session', async () => {
    for (const [what, change] of Object.entries(changes)) {
      house().clock.advance(11 * minute);
      const ada = await register(house());
      const other = house().browser();
      await signIn(other, ada);
      await change(house(), ada);
      assert.equal(await signedIn(other), false, what);
    }
  });

  test('SES-09 turning the first factor on does too', async () => {
    const ada = await register(house(), 'nothing');
    const other = house().browser();
    await enterPassword(other, ada);
    await addApp(ada);
    assert.deepEqual([await signedIn(other), await signedIn(ada.browser)], [false, true]);
  });
});

test('SES-03 NET-03 in production every cookie is this host’s alone, over https, out of reach of scripts', async () => {
  const options = {
    NODE_ENV: 'production',
    SECONDLOCK_ORIGIN: 'https://login.example.org',
    SECONDLOCK_TRUSTED_PROXIES: '127.0.0.1',
  };
  await using house = await openHouse({ options });
  const browser = house.browser({ headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.5' } });
  const lines: string[] = [];
  const keep = (headers: Headers) => lines.push(...headers.getSetCookie());
  const started = await browser.start('registration', { identifier: 'ann@example.org' });
  keep(started.headers);
  for (const answer of [
    { code: await house.codeFor('ann@example.org') },
    { password: 'violet anchors drift under rain' },
    { accept: false },
  ]) {
    keep((await browser.answer(started.body, answer)).headers);
  }
  assert.equal(await signedIn(browser), true);
  keep((await browser.call('POST', '/api/v1/account/sign-out', {})).headers);
  assert.deepEqual(
    new Set(lines.map((line) => line.split('=')[0]?.replace(/flow-.*/, 'flow'))),
    new Set(['__Host-secondlock-flow', '__Host-secondlock', '__Host-secondlock-known']),
  );
  for (const line of lines) {
    assert.match(line, /; Path=\/(;|$)/);
    assert.match(line, /; HttpOnly(;|$)/);
    assert.match(line, /; Secure(;|$)/);
    assert.match(line, /; SameSite=(Lax|Strict)(;|$)/);
    assert.doesNotMatch(line, /domain/i);
  }
});
