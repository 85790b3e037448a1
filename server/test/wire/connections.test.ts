/** Connections that are no use are ended by the server, whether their other side hears of it or not. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Hono } from 'hono';
import type { AppEnv } from '../../src/http/context.ts';
import { createListener } from '../../src/http/server.ts';

const open = (server: Server): Promise<number> =>
  new Promise((done) => server.getConnections((_, count) => done(count)));

async function left(t: TestContext, server: Server, say: string): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  // What never hangs up by itself.
  const clients: Socket[] = Array.from({ length: 5 }, () => connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
  for (const client of clients)
    client
      .on('error', () => {})
      .on('data', () => {})
      .on('connect', () => say && client.write(say));
  t.after(() => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    server.close();
  });
  for (let turn = 0; turn < 50 && (turn < 5 || (await open(server)) > 0); turn += 1) await wait(100);
  return open(server);
}

test('NET-06 what is no request is answered and its connection ended, though the other side keeps it', async (t) => {
  assert.equal(await left(t, createListener(new Hono<AppEnv>(), false), 'GARBAGE\r\n\r\n'), 0);
});

test('NET-06 who connects and begins no TLS is let go when the time for it is over', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'secondlock-wire-'));
  const [key, cert] = [join(folder, 'k.pem'), join(folder, 'c.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
    ],
    { stdio: 'ignore' },
  );
  const server = createListener(new Hono<AppEnv>(), false, { cert: readFileSync(cert), key: readFileSync(key) });
  rmSync(folder, { recursive: true });
  // Two minutes unless told; Node keeps it under a symbol.
  const timeout = Object.getOwnPropertySymbols(server).find((one) => one.description === 'handshake-timeout');
  assert.ok(timeout);
  Object.assign(server, { [timeout]: 500 });
  assert.equal(await left(t, server, ''), 0);
});
