/** The wire: https alone, headers on every answer, no page of another site, no talkative error. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createApp } from '../../src/http/app.ts';
import { type Answer, Browser } from '../browser.ts';
import { openHouse } from '../house.ts';
import { asked, enterPassword, goodPassword, register } from '../people.ts';

const house = await openHouse();
const ada = await register(house);
const origin = 'https://login.example.org';
const production = await openHouse({
  options: { NODE_ENV: 'production', SECONDLOCK_ORIGIN: origin, SECONDLOCK_TRUSTED_PROXIES: '10.0.0.0/8' },
});
const folder = mkdtempSync(join(tmpdir(), 'secondlock-pages-'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><meta name="secondlock" content=""><title></title>');
writeFileSync(join(folder, 'app.js'), 'export {};');
after(async () => {
  rmSync(folder, { recursive: true });
  await house[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
});

/** Production with pages, as a browser behind the proxy sees it. */
const { deps, tenants } = production;
const served = createApp({
  ...{ deps, tenants, development: false, trustedProxies: ['10.0.0.0/8'], pages: folder },
  ready: async () => {},
  receive: async () => 'unknown-message',
});
const proxied = (headers: Readonly<Record<string, string>> = {}, address = '10.0.0.1'): Browser =>
  new Browser((req, env) => served.fetch(req, env), { origin, address, headers });
const https = { 'x-forwarded-proto': 'https' };

test('NET-01 production answers https under its own name alone, refuses the rest and redirects nothing', async () => {
  const credentials = { identifier: 'ada@example.org', password: goodPassword };
  const plain: Browser[] = [
    proxied(),
    proxied({ 'x-forwarded-proto': 'http' }),
    proxied({ 'x-forwarded-proto': 'https,http' }),
    proxied(https, '203.0.113.9'),
  ];
  for (const browser of plain) {
    for (const answer of [await browser.start('sign-in', credentials), await browser.get('/sign-in')]) {
      assert.deepEqual([answer.status, answer.headers.get('location')], [403, null], answer.text);
    }
  }
  for (const host of ['evil.example', 'login.example.org.evil.example', 'login.example.org:80', '10.0.0.2', '']) {
    const { status, headers } = await proxied({ ...https, host }).start('sign-in', credentials);
    assert.deepEqual([status, headers.get('location')], [421, null], host);
  }
  const good = await proxied(https).start('sign-in', credentials);
  assert.equal(good.status, 200, good.text);
  assert.match(good.headers.get('strict-transport-security') ?? '', /max-age=(\d{8,}); includeSubDomains/);
  for (const path of ['/livez', '/readyz']) assert.equal((await proxied({}, '203.0.113.9').get(path)).status, 200);
});

test('NET-01 cookies of production are this host’s alone, over https, and no script reads them', async () => {
  const started = await proxied(https).start('sign-in', {});
  const [cookie = ''] = started.headers.getSetCookie();
  assert.match(cookie, /^__Host-secondlock-flow-[\w-]+=[\w-]{43}; /);
  for (const part of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/']) assert.ok(cookie.includes(part), cookie);
  assert.doesNotMatch(cookie, /Domain=/i);
});

test('NET-01 development answers this machine’s name alone, and nothing that a proxy has touched', async () => {
  const hosts = ['localhost', 'localhost:80', 'evil.example', 'localhost.evil.example:2322', '127.0.0.1:2322'];
  for (const host of hosts) {
    const { status, body } = await house.browser({ origin: house.origin, headers: { host } }).get('/api/v1/account');
    assert.deepEqual([status, body.code], [421, 'wrong-host'], host);
  }
  for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']) {
    const browser = house.browser({ origin: house.origin, headers: { [name]: '1' } });
    assert.equal((await browser.get('/dev/outbox')).status, 421, name);
  }
});

test('NET-02 every answer, pages and errors alike, forbids framing, sniffing, referrers and foreign parts', async () => {
  const browser = proxied(https);
  const answers = [
    ...(await Promise.all(
      ['/', '/sign-in', '/recovery', '/account/password', '/nowhere', '/app.js', '/api/v1/openapi.json'].map((path) =>
        browser.get(path),
      ),
    )),
    await browser.get('/.well-known/change-password'),
    await browser.get('/livez'),
    await browser.get('/api/v1/account'),
    await browser.start('sign-in', { nonsense: 1 }),
    await browser.call('PUT', '/api/v1/account', {}),
    await proxied().get('/'),
    await proxied({ ...https, host: 'evil.example' }).get('/'),
    await ada.browser.get('/dev/outbox'),
  ];
  for (const { headers, text, status } of answers) {
    const csp = headers.get('content-security-policy') ?? '';
    const where = `${status} ${text.slice(0, 80)}`;
    for (const rule of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      assert.ok(csp.includes(rule), `${rule} ${where}`);
    }
    assert.doesNotMatch(csp, /unsafe|https?:|\*/, where);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', where);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', where);
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', where);
  }
  assert.ok(answers[0]?.headers.get('content-security-policy')?.includes("object-src 'none'"));
});

/** What changes something, with a body that would work. */
const changes = async (): Promise<[path: string, body: object][]> => {
  const flow = await enterPassword(ada.browser, ada);
  return [
    [`/api/v1/flows/${flow.id}`, { code: ada.nextCode() }],
    [`/api/v1/flows/${flow.id}`, { resend: true }],
    ['/api/v1/flows/sign-in', { identifier: ada.address, password: ada.password }],
    ['/api/v1/flows/step-up', {}],
    ['/api/v1/account/sign-out', {}],
  ];
};

test('NET-03 nothing is changed from another site’s page, by a form, or by GET', async () => {
  const cookie = [...ada.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (const [path, body] of await changes()) {
    const withCookies = house.browser({ origin: house.origin, headers: { cookie: `${cookie}; ${flowCookies()}` } });
    const foreign: Readonly<Record<string, string>>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const { status, body: said } = await withCookies.call('POST', path, body, headers);
      assert.deepEqual([status, said.code], [403, 'cross-site'], `${path} ${JSON.stringify(headers)}`);
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      const { status, body: said } = await withCookies.call('POST', path, body, { 'content-type': type });
      assert.deepEqual([status, said.code], [415, 'not-json'], `${path} ${type}`);
    }
    const got = await withCookies.get(`${path}?${new URLSearchParams(body as Record<string, string>)}`);
    assert.ok(got.status === 200 || got.status === 404 || got.status === 405, `${path} ${got.status}`);
  }
  assert.equal((await ada.browser.get('/api/v1/account')).status, 200, 'nobody was signed out');
});

const flowCookies = (): string => [...ada.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

test('NET-03 a cookie without an Origin of ours changes nothing; a token of its own needs none', async () => {
  const bare = async (path: string, headers: Record<string, string>): Promise<number> => {
    const url = new URL(path, house.origin);
    const sent = { host: url.host, 'content-type': 'application/json', ...headers };
    const response = await house.app.fetch(new Request(url, { method: 'POST', headers: sent, body: '{}' }), {});
    return response.status;
  };
  assert.equal(await bare('/api/v1/account/sign-out', { cookie: flowCookies() }), 403);
  assert.equal(await bare('/api/v1/flows/step-up', { cookie: flowCookies() }), 403);
  assert.equal(await bare('/api/v1/flows/sign-in', {}), 403);
  const session = ada.browser.cookies.get('secondlock') ?? '';
  assert.equal(
    await bare('/api/v1/account/sign-out', { authorization: `Bearer ${session}` }),
    401,
    'no cookie in a header',
  );
  const { body } = await house.browser().start('sign-in', { transport: 'token', identifier: ada.address });
  assert.equal(body.code, 'bad-request');
});

test('NET-04 every answer with or about a secret is no-store', async () => {
  const browser = house.browser();
  const flow = await browser.start('sign-in', { transport: 'token', identifier: ada.address, password: ada.password });
  const answers: Answer<unknown>[] = [
    flow,
    await ada.browser.get('/api/v1/account'),
    await ada.browser.get('/api/v1/account/factors'),
  ];
  answers.push(
    await proxied(https).get('/sign-in'),
    await browser.get('/api/v1/account'),
    await browser.get('/dev/outbox'),
  );
  for (const { headers } of answers) assert.equal(headers.get('cache-control'), 'no-store');
  assert.match((await proxied(https).get('/app.js')).headers.get('cache-control') ?? '', /public/);
});

const strangers = [
  'https://evil.example',
  'null',
  `${house.origin}.evil.example`,
  'http://localhost',
  'http://localhost:23222',
  'https://localhost:2322',
  'http://evil-localhost:2322',
  'file://',
  '',
];

test('NET-05 no foreign origin reads anything, asks for permission, or follows a flow', async () => {
  const flow = await enterPassword(ada.browser, ada);
  for (const foreign of strangers) {
    for (const path of ['/api/v1/account', `/api/v1/flows/${flow.id}`, `/api/v1/flows/${flow.id}/events`]) {
      const answer = await ada.browser.call('GET', path, undefined, { origin: foreign });
      assert.equal(answer.status, 403, `${foreign} ${path}`);
      assert.doesNotMatch([...answer.headers.keys()].join(), /access-control/);
    }
    const preflight = await ada.browser.call('OPTIONS', '/api/v1/account', undefined, {
      ...{ origin: foreign, 'access-control-request-method': 'DELETE' },
    });
    assert.ok(preflight.status >= 400);
    assert.doesNotMatch([...preflight.headers.keys()].join(), /access-control/);
  }
  assert.equal((await house.browser().get(`/api/v1/flows/${flow.id}/events`)).status, 404, 'another browser');
  assert.equal(asked(flow, 'code').kind, 'totp');
});
