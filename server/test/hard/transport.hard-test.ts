/** Production, with TLS ending here and with a proxy in front: https with HSTS, and nothing at all over plain http. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect as plainConnect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { Browser } from '../browser.ts';
import { goodPassword, register } from '../people.ts';
import { freePort } from '../postgres.ts';
import { freshKeys, Place } from './place.ts';
import { certificate } from './relay.ts';
import { Server } from './server.ts';

const host = 'login.example.test';

describe('NET-01 TLS ends at the server', () => {
  let place: Place;
  let server: Server;
  let browser: () => Browser;
  const { cert, key, authority } = certificate(host);

  before(async () => {
    place = await Place.open();
    await place.stop();
    const port = await freePort();
    const origin = `https://${host}:${port}`;
    const tls = { SECONDLOCK_TLS_CERT: cert, SECONDLOCK_TLS_KEY: key };
    const env = {
      ...place.env,
      ...tls,
      NODE_ENV: 'production',
      SECONDLOCK_MAIL_FROM: 'no-reply@example.test',
      SECONDLOCK_ORIGIN: origin,
      SECONDLOCK_KEYS: freshKeys(),
    };
    server = new Server({ port, cwd: place.folder, env, ca: authority });
    await server.listening();
    browser = () => new Browser((request) => server.send(request), { origin });
  });
  after(async () => {
    await server?.kill();
    await place?.[Symbol.asyncDispose]();
  });

  /** A handshake: the protocol that was agreed, or the error. */
  const handshake = (how: ConnectionOptions): Promise<string> =>
    new Promise((resolve) => {
      const socket = tlsConnect({
        ...how,
        host: '127.0.0.1',
        port: server.port,
        servername: host,
        ca: readFileSync(authority),
      });
      socket.on('secureConnect', () => {
        resolve(socket.getProtocol() ?? 'none');
        socket.destroy();
      });
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    });

  test('NET-01 https answers, with HSTS for two years and all subdomains; a person registers and signs in over it', async () => {
    const page = await browser().get('/livez');
    assert.equal(page.status, 200);
    const hsts = page.headers.get('strict-transport-security') ?? '';
    assert.ok(Number(/max-age=(\d+)/.exec(hsts)?.[1]) >= 31_536_000, hsts);
    assert.match(hsts, /includeSubDomains/);
    const town = { ...place, browser, codeFor: place.codeFor, clock: place.clock, setUpLink: undefined };
    const ada = await register(town, 'nothing');
    const again = browser();
    const { body } = await again.start('sign-in', { identifier: ada.address, password: goodPassword });
    assert.equal(body.done, true);
    assert.ok([...again.cookies.keys()].every((name) => name.startsWith('__Host-')));
  });

  test('NET-01 TLS 1.2 and 1.3 are spoken; 1.1 and 1.0 are refused by the server', async () => {
    assert.equal(await handshake({}), 'TLSv1.3');
    assert.equal(await handshake({ maxVersion: 'TLSv1.2' }), 'TLSv1.2');
    for (const version of ['TLSv1.1', 'TLSv1'] as const) {
      // Without this level the client itself would not offer them.
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
      assert.equal(await handshake(old), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', version);
    }
  });

  test('NET-01 plain http to that port gets no answer and no redirect', async () => {
    const heard = await new Promise<string>((resolve) => {
      const socket = plainConnect(server.port, '127.0.0.1', () => {
        const body = JSON.stringify({ identifier: 'ada@example.org', password: goodPassword });
        const head = [
          'POST /api/v1/flows/sign-in HTTP/1.1',
          `Host: ${host}:${server.port}`,
          'Content-Type: application/json',
        ];
        socket.write(`${[...head, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`);
      });
      let text = '';
      socket.on('data', (part) => {
        text += part;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
    });
    assert.doesNotMatch(heard, /^HTTP\/1\.1 [23]|location/im);
  });

  test('NET-01 another host name is not answered, and forwarding headers are not believed', async () => {
    const asked = (headers: Record<string, string>) =>
      browser().call('POST', '/api/v1/flows/sign-in', {}, { ...headers });
    assert.equal((await asked({ host: `elsewhere.example.test:${server.port}` })).status, 421);
    assert.equal((await asked({ 'x-forwarded-host': 'elsewhere.example.test' })).status, 200);
    assert.equal((await asked({ 'x-forwarded-proto': 'http' })).status, 200);
  });
});

describe('NET-01 TLS ends at a trusted proxy', () => {
  let place: Place;
  before(async () => {
    const env = {
      NODE_ENV: 'production',
      SECONDLOCK_MAIL_FROM: 'no-reply@example.test',
      SECONDLOCK_TRUSTED_PROXIES: '127.0.0.1',
      SECONDLOCK_KEYS: freshKeys(),
    };
    place = await Place.open({ origin: `https://${host}`, env });
  });
  after(() => place?.[Symbol.asyncDispose]());

  const from = (address: string, proto: string | undefined): Browser =>
    place.browser({ address, headers: proto === undefined ? {} : { 'x-forwarded-proto': proto } });
  const signIn = { identifier: 'ada@example.org', password: goodPassword };

  test('NET-01 what came over http, or by another way than the proxy, is refused and not redirected', async () => {
    for (const [address, proto] of [
      ['127.0.0.1', 'http'],
      ['127.0.0.1', undefined],
      ['127.0.0.1', 'https, http'],
      ['127.0.0.9', 'https'],
      ['127.0.0.9', undefined],
    ] as const) {
      for (const [method, path, body] of [
        ['POST', '/api/v1/flows/sign-in', signIn],
        ['GET', '/', undefined],
      ] as const) {
        const { status, headers, text } = await from(address, proto).call(method, path, body);
        assert.equal(status, 403, `${address} ${proto} ${path}: ${text}`);
        assert.equal(headers.get('location'), null);
        assert.match(text, /https-required/);
      }
    }
    assert.equal(await place.number('select count(*) from attempts'), 0, 'no credential was looked at');
  });

  test('NET-01 through the proxy over https it answers, with HSTS; only health is told to anybody', async () => {
    const { status, headers, body } = await from('127.0.0.1', 'https').start('sign-in', signIn);
    assert.deepEqual([status, body.refused?.code], [200, 'wrong']);
    assert.match(headers.get('strict-transport-security') ?? '', /max-age=\d{8,}.*includeSubDomains/);
    for (const path of ['/livez', '/readyz']) assert.equal((await from('127.0.0.9', undefined).get(path)).status, 200);
    for (const path of ['/dev/outbox', '/debug', '/test', '/outbox']) {
      assert.equal((await from('127.0.0.1', 'https').get(path)).status, 404, path);
    }
  });
});
