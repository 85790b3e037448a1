import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { selfSigned } from '../../test/peers/certificate.ts';
import { AddressRefused, allowedEndpoint, guardedFetch, type Lookup, worldLookup } from './guarded-fetch.ts';

const tls = selfSigned('push.example.org', 'localhost');
const post = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'hello' } as const;

/** A real listener on this machine that counts connections, requests or none. */
async function listener(t: TestContext, answer: RequestListener, at = '127.0.0.1') {
  const seen = { connections: 0, requests: [] as { host: string; url: string; body: string }[] };
  const server = createServer(tls, async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    seen.requests.push({ host: request.headers.host ?? '', url: request.url ?? '', body });
    answer(request, response);
  });
  server.on('connection', () => {
    seen.connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, at, done));
  t.after(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  });
  return { seen, port: (server.address() as AddressInfo).port };
}

const yes: RequestListener = (_, response) => response.writeHead(201, { location: '/1' }).end('taken');

/** A look-up that gives these answers one after the other, and keeps what it was asked. */
function told(...answers: readonly (readonly string[])[]) {
  const asked: [host: string, named: boolean][] = [];
  const lookup: Lookup = async (host, named) => {
    asked.push([host, named]);
    return answers[asked.length - 1] ?? assert.fail('a second look-up');
  };
  return { asked, lookup };
}

test('PUSH-12 an address that leads inside, or is no plain https address, is not kept', () => {
  for (const address of [
    ...[
      'http://push.example.org/1',
      'ftp://push.example.org',
      'wss://push.example.org',
      'file:///etc/passwd',
      'data:,x',
    ],
    ...[
      '',
      'push.example.org',
      '//push.example.org',
      'https://',
      'https:',
      `https://push.example.org/${'x'.repeat(2000)}`,
    ],
    ...['https://user@push.example.org', 'https://user:pass@push.example.org', 'https://:pass@push.example.org'],
    ...[
      'https://push.example.org:80',
      'https://push.example.org:22',
      'https://push.example.org:25',
      'https://push.example.org:1',
    ],
    ...[
      'https://localhost/1',
      'https://LOCALHOST./1',
      'https://a.localhost/1',
      'https://printer/1',
      'https://printer.local',
    ],
    ...['https://metadata.google.internal/', 'https://db.internal', 'https://router.lan', 'https://nas.home.arpa'],
    ...[
      'https://127.0.0.1/1',
      'https://127.1',
      'https://0x7f000001',
      'https://2130706433',
      'https://0177.0.0.1',
      'https://0',
    ],
    ...[
      'https://10.0.0.1',
      'https://192.168.1.1:8443',
      'https://169.254.169.254/latest/meta-data',
      'https://100.64.0.1',
    ],
    ...['https://[::1]', 'https://[::]', 'https://[fe80::1]', 'https://[fd00::1]', 'https://[::ffff:127.0.0.1]'],
    ...['https://[64:ff9b::10.0.0.1]', 'https://[2002:7f00:1::]', 'https://１２７.０.０.１/', 'https://127。0。0。1/'],
  ]) {
    assert.equal(allowedEndpoint(address), false, address);
  }
});

test('PUSH-12 push services of the world may be kept, and whatever the operator names', () => {
  for (const address of [
    'https://fcm.googleapis.com/fcm/send/abc:def',
    'https://updates.push.services.mozilla.com/wpush/v2/gAAA',
    'https://web.push.apple.com/QGAA',
    'https://wns2-par02p.notify.windows.com/w/?token=BQYA',
    'https://ntfy.example.org:8443/up?up=1',
    'https://push.example.org:443/1',
    'https://1.1.1.1/1',
    'https://[2606:4700:4700::1111]/1',
  ]) {
    assert.equal(allowedEndpoint(address), true, address);
  }
  const named = ['https://push.internal:9000', 'https://10.1.2.3'];
  assert.ok(allowedEndpoint('https://push.internal:9000/1', named));
  assert.ok(allowedEndpoint('https://10.1.2.3/1', named));
  for (const other of ['https://push.internal/1', 'https://push.internal:9001/1', 'http://push.internal:9000/1']) {
    assert.ok(!allowedEndpoint(other, named), other);
  }
  assert.ok(!allowedEndpoint('https://push.internal:9000@10.1.2.4/1', named));
  assert.ok(!allowedEndpoint('https://u:p@push.internal:9000/1', named));
});

test('PUSH-12 no call is made to this machine, by its addresses or by names that lead to it', async (t) => {
  const here = await listener(t, yes);
  const here6 = await listener(t, yes, '::1');
  const call = guardedFetch({ named: [], ca: tls.cert, lookup: worldLookup() });
  for (const address of [
    ...[`https://127.0.0.1:${here.port}/`, `https://localhost:${here.port}/`, `https://[::1]:${here6.port}/`],
    ...[`http://127.0.0.1:${here.port}/`, `https://[::ffff:127.0.0.1]:${here.port}/`, `https://0:${here.port}/`],
    ...[`https://push.example.org:${here.port}/`, `https://u:p@push.example.org/`],
  ]) {
    await assert.rejects(call(address, post), AddressRefused, address);
  }
  assert.deepEqual([here.seen.connections, here6.seen.connections], [0, 0]);
});

test('PUSH-12 a name with one inner address among its addresses is refused, whatever the class', async () => {
  for (const address of [
    ...['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
    ...['198.18.0.1', '203.0.113.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fe80::1%lo', 'fc00::1', 'ff02::1'],
    ...[
      '::ffff:127.0.0.1',
      '::127.0.0.1',
      '64:ff9b::7f00:1',
      '64:ff9b:1::1',
      '2002:7f00:1::',
      '2001::1',
      '2001:db8::1',
    ],
    'not an address',
  ]) {
    const { lookup, asked } = told(['1.1.1.1', address]);
    const call = guardedFetch({ named: [], lookup });
    await assert.rejects(call('https://push.example.org/1', post), AddressRefused, address);
    assert.deepEqual(asked, [['push.example.org', false]]);
  }
});

test('PUSH-12 the connection goes to the address that was checked: there is no second look-up', async (t) => {
  const here = await listener(t, yes);
  const origin = `https://push.example.org:${here.port}`;
  const { lookup, asked } = told(['127.0.0.1']);
  // Nobody else knows this name: had anybody asked again, the answer could not have come from here.
  const answer = await guardedFetch({ named: [origin], ca: tls.cert, lookup })(`${origin}/1`, post);
  assert.deepEqual([answer.status, answer.text, answer.headers.location], [201, 'taken', '/1']);
  assert.deepEqual(asked, [['push.example.org', true]]);
  assert.deepEqual(here.seen.requests, [{ host: `push.example.org:${here.port}`, url: '/1', body: 'hello' }]);
});

test('PUSH-12 of several addresses the next is tried where one does not connect', async (t) => {
  const here = await listener(t, yes);
  const origin = `https://push.example.org:${here.port}`;
  const { lookup } = told(['127.0.0.2', '127.0.0.1']);
  assert.equal((await guardedFetch({ named: [origin], ca: tls.cert, lookup })(`${origin}/1`, post)).status, 201);
});

test('PUSH-12 a redirect is an answer and is not followed, not even from where the operator trusts', async (t) => {
  const secret = await listener(t, yes);
  for (const status of [301, 302, 303, 307, 308]) {
    const here = await listener(t, (_, response) =>
      response.writeHead(status, { location: `https://127.0.0.1:${secret.port}/` }).end(),
    );
    const origin = `https://127.0.0.1:${here.port}`;
    const call = guardedFetch({ named: [origin], ca: tls.cert, lookup: worldLookup() });
    assert.equal((await call(origin, post)).status, status);
  }
  assert.equal(secret.seen.connections, 0);
});

test('PUSH-12 the operator’s authority is trusted for the named origins, and no certificate of nobody', async (t) => {
  const here = await listener(t, yes);
  const origin = `https://localhost:${here.port}`;
  const lookup = worldLookup();
  assert.equal((await guardedFetch({ named: [origin], ca: tls.cert, lookup })(origin, post)).status, 201);
  await assert.rejects(guardedFetch({ named: [origin], lookup })(origin, post), /not reached: .*CERT/);
  assert.equal(here.seen.requests.length, 1);
});

test('time and size of an answer are bounded, the look-up’s time too', async (t) => {
  const silent = await listener(t, () => {});
  const large = await listener(t, (_, response) => response.end('x'.repeat(1_000_000)));
  const slow = await listener(t, (_, response) => {
    response.writeHead(200);
    response.write('begun');
  });
  const at = (port: number): string => `https://127.0.0.1:${port}`;
  const guard = { named: [silent, large, slow].map(({ port }) => at(port)), ca: tls.cert, timeoutMs: 300 };
  const call = guardedFetch({ ...guard, lookup: worldLookup() });
  await assert.rejects(call(at(silent.port), post), /no answer in time/);
  await assert.rejects(call(at(slow.port), post), /no answer in time/);
  await assert.rejects(call(at(large.port), post), /too large/);
  const signal = AbortSignal.timeout(50);
  await assert.rejects(
    guardedFetch({ ...guard, lookup: worldLookup(), timeoutMs: 9000 })(at(silent.port), { ...post, signal }),
    /in time/,
  );
  const never = guardedFetch({ named: [], lookup: () => new Promise(() => {}), timeoutMs: 50 });
  await assert.rejects(never('https://push.example.org', post), /no answer in time/);
});

test('an error says what failed and nothing of the request', async () => {
  const { lookup } = told([], ['127.0.0.1']);
  const named = ['https://push.example.org:2'];
  const call = guardedFetch({ named, lookup });
  for (const why of [/not reached: ENOTFOUND$/, /not reached: ECONNREFUSED$/]) {
    const error = await call('https://push.example.org:2/secret', post).then(
      () => assert.fail(),
      (thrown: Error) => thrown,
    );
    assert.match(error.message, why);
    assert.doesNotMatch(`${error.message} ${error.cause ?? ''}`, /secret|example|hello/);
  }
});
