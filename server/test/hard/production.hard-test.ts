/** docs/production.md, followed: from an empty machine to https with Debian's Caddy in front. */
import { strict as assert } from 'node:assert';
import { readFileSync, statSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  authority,
  lines,
  type Machine,
  name,
  type Service,
  setUp,
  startCaddy,
  startUnit,
  tearDown,
  until,
} from './machine.ts';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Sends over https to Caddy, over http to Caddy, or past it to the server. */
function send(make: typeof request, options: RequestOptions, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { ...options.headers, ...(text ? { 'content-type': 'application/json' } : {}) };
    const sent = make({ host: '127.0.0.1', servername: name, agent: false, ...options, headers }, (answer) => {
      let heard = '';
      answer.on('data', (part) => {
        heard += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: heard }));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

describe('docs/production.md', () => {
  let machine: Machine;
  let server: Service;
  let caddy: Service;
  const origin = (): string => `https://${name}:${machine.ports.https}`;
  const own = (): Record<string, string> => ({ host: `${name}:${machine.ports.https}`, origin: origin() });
  const https = (options: RequestOptions, body?: unknown): Promise<Answer> => {
    const ca = readFileSync(authority(machine.folder));
    return send(
      request,
      { port: machine.ports.https, ca, ...options, headers: { ...own(), ...options.headers } },
      body,
    );
  };

  before(async () => {
    machine = await setUp(['SECONDLOCK_SMTP_URL=smtps://user:password@127.0.0.1:9']);
    server = startUnit(machine);
    caddy = await startCaddy(machine);
    const live = async (): Promise<boolean> => (await https({ path: '/livez' }).catch(() => undefined))?.status === 200;
    await until(live, () => `Nothing answers over https.\nThe server:\n${server.said()}\nCaddy:\n${caddy.said()}`);
  });

  after(async () => {
    await Promise.all([server?.stop(), caddy?.stop()]);
    if (machine) tearDown(machine);
  });

  test('it has ten lines, and they install, enable and start', () => {
    assert.ok(lines().length <= 10, `${lines().length} lines`);
    assert.match(machine.asked, /apt-get install .*caddy/);
    assert.match(machine.asked, /systemctl enable --now secondlock/);
    assert.equal(statSync(join(machine.folder, 'etc/secondlock.env')).mode & 0o777, 0o600);
  });

  test('NET-01 pages and the API come over https, with HSTS', async () => {
    const page = await https({ path: '/' });
    assert.equal(page.status, 200);
    assert.match(page.body, /<!doctype html>/i);
    assert.match(String(page.headers['strict-transport-security']), /max-age=(\d{8,}).*includeSubDomains/i);
    assert.equal((await https({ path: '/api/v1/openapi.json' })).status, 200);
    assert.equal((await https({ path: '/readyz' })).status, 200);
  });

  test('the set-up link leads on from the configured origin', () => {
    assert.match(server.said(), new RegExp(`Set-up link: ${origin().replaceAll('.', '\\.')}/\\S{20,}`));
  });

  test('a flow starts, and its cookie is bound to this host over https', async () => {
    const { status, headers } = await https({ path: '/api/v1/flows/sign-in', method: 'POST' }, {});
    assert.equal(status, 200);
    const cookies = [headers['set-cookie'] ?? []].flat();
    assert.ok(cookies.length > 0);
    for (const cookie of cookies)
      assert.match(cookie, /^__Host-[^;]+;(?=.*; ?Secure)(?=.*; ?HttpOnly)(?=.*; ?SameSite)/i);
  });

  test('NET-01 a secret sent over plain http is refused, not redirected; a page is led to https', async () => {
    const http = (options: RequestOptions, body?: unknown) =>
      send(
        plainRequest,
        { port: machine.ports.http, ...options, headers: { host: `${name}:${machine.ports.http}` } },
        body,
      );
    assert.equal((await http({ path: '/api/v1/flows/sign-in', method: 'POST' }, {})).status, 403);
    assert.equal((await http({ path: '/sign-in', method: 'POST' }, {})).status, 403);
    const page = await http({ path: '/' });
    assert.equal(page.status, 308);
    assert.match(String(page.headers.location), new RegExp(`^https://${name.replaceAll('.', '\\.')}/`));
  });

  test('past the proxy, without its word, nothing is answered but whether it lives', async () => {
    const past = (path: string, headers: Record<string, string>) =>
      send(plainRequest, { port: machine.ports.server, path, headers });
    assert.equal((await past('/livez', { host: 'localhost' })).status, 200);
    assert.equal((await past('/', own())).status, 403);
    assert.equal((await past('/', { ...own(), host: 'elsewhere.example', 'x-forwarded-proto': 'https' })).status, 421);
  });

  test('ADM-02 what development has is not there', async () => {
    for (const path of ['/dev/outbox', '/debug', '/test', '/outbox']) {
      const { body } = await https({ path, headers: { accept: 'application/json' } });
      assert.doesNotMatch(body, /"channel"|"subject"/, path);
    }
    assert.equal((await https({ path: '/dev/outbox', headers: { accept: 'application/json' } })).status, 404);
  });
});
