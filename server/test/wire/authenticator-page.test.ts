/** The phone's page as the server gives it out: it alone may use the camera, and its worker is never kept. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createApp } from '../../src/http/app.ts';
import { Browser } from '../browser.ts';
import { openHouse } from '../house.ts';

const house = await openHouse();
const folder = mkdtempSync(join(tmpdir(), 'secondlock-phone-'));
const page = (rel: string) => `<!doctype html>${rel}<meta name="secondlock" content="{}"><title>x</title>`;
writeFileSync(join(folder, 'index.html'), page(''));
writeFileSync(join(folder, 'authenticator.html'), page('<link rel="manifest" href="/authenticator.webmanifest">'));
writeFileSync(join(folder, 'authenticator.webmanifest'), JSON.stringify({ name: 'x', scope: '/authenticator' }));
writeFileSync(join(folder, 'authenticator-worker.js'), '1');
after(async () => {
  rmSync(folder, { recursive: true });
  await house[Symbol.asyncDispose]();
});

const served = createApp({
  ...{ deps: house.deps, tenants: house.tenants, development: true, trustedProxies: [], pages: folder },
  ready: async () => {},
  receive: async () => 'unknown-message',
});
const browser = new Browser((req, env) => served.fetch(req, env), { origin: house.origin });

test('NET-02 the camera is for the authenticator’s page alone, whose policy is as strict as the others’', async () => {
  const [phone, signIn, nowhere] = await Promise.all(
    ['/authenticator', '/sign-in', '/nowhere'].map((path) => browser.get(path)),
  );
  assert.equal(phone?.status, 200);
  assert.match(phone.headers.get('permissions-policy') ?? '', /^camera=\(self\), microphone=\(\)/);
  assert.equal(phone.headers.get('content-security-policy'), signIn?.headers.get('content-security-policy'));
  for (const other of [signIn, nowhere, await browser.get('/api/v1/account')]) {
    assert.match(other?.headers.get('permissions-policy') ?? '', /^camera=\(\), microphone=\(\)/);
  }
  assert.match(phone.text, /rel="manifest"/);
  assert.doesNotMatch(signIn?.text ?? '', /manifest/);
  assert.equal((await browser.get('/authenticator.html')).status, 404);
});

test('the app is installed under the service’s name, and a new build of its worker is seen at once', async () => {
  const manifest = await browser.get('/authenticator.webmanifest');
  assert.equal(manifest.headers.get('content-type'), 'application/manifest+json');
  assert.deepEqual(JSON.parse(manifest.text), {
    name: 'Secondlock',
    short_name: 'Secondlock',
    scope: '/authenticator',
  });
  const worker = await browser.get('/authenticator-worker.js');
  assert.match(worker.headers.get('content-type') ?? '', /^text\/javascript/);
  assert.equal(worker.headers.get('cache-control'), 'no-cache');
  assert.match(
    worker.headers.get('content-security-policy') ?? '',
    /^default-src 'none'; connect-src 'self'; base-uri 'none'; /,
  );
});
