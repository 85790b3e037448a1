/** A real port: what no well-behaved client sends. The answer is a refusal without a word too much, and the next one works. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { after, describe, test } from 'node:test';
import { createListener } from '../../src/http/server.ts';
import { openHouse } from '../house.ts';

const lines: string[] = [];
const house = await openHouse({ log: (line) => lines.push(line) });
const server = createListener(house.app, true);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
after(async () => {
  server.closeAllConnections();
  server.close();
  await house[Symbol.asyncDispose]();
});

/** Writes bytes to the port and gives all that comes back. With `hangUp` it leaves as soon as they are written. */
async function say(bytes: string, hangUp = false): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let said = '';
  socket.setEncoding('latin1');
  socket.on('data', (part) => {
    said += part;
  });
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.write(bytes, 'latin1', () => hangUp && socket.destroy());
  await closed;
  return said;
}

const host = 'Host: localhost:2322';
const close = 'Connection: close';
const json = 'Content-Type: application/json';
const ours = 'Origin: http://localhost:2322';
const post = '/api/v1/flows/sign-in';

const http = (first: string, headers: readonly string[], body = ''): string =>
  `${[`${first} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n${body}`;
const posted = (body: string, headers: readonly string[] = [`Content-Length: ${body.length}`]): string =>
  http(`POST ${post}`, [host, close, json, ours, ...headers], body);

/** What is sent, and what statuses are an answer. */
const cases: Readonly<Record<string, [bytes: string, ...statuses: number[]]>> = {
  'broken UTF-8': [posted('{"identifier":"\xff\xfe"}'), 400],
  'half a code point': [posted('{"identifier":"\xf0\x9f\xa7"}'), 400],
  'a body longer than any request': [posted('x'.repeat(1_000_000)), 413],
  'a long body in chunks': [
    posted(`${'2000\r\n'}${'x'.repeat(8192)}\r\n`.repeat(20), ['Transfer-Encoding: chunked']),
    413,
  ],
  'a chunk without a size': [posted('zz\r\nabc\r\n0\r\n\r\n', ['Transfer-Encoding: chunked']), 400],
  'two lengths': [posted('{}', ['Content-Length: 2', 'Content-Length: 30']), 400],
  'a length and chunks': [posted('0\r\n\r\n', ['Content-Length: 2', 'Transfer-Encoding: chunked']), 400],
  'no host': [http('GET /api/v1/account', [close]), 400, 421],
  'a host that is none': [http('GET /api/v1/account', ['Host: a b/\\?#@x', close]), 400, 421],
  'an empty host': [http('GET /api/v1/account', ['Host:', close]), 400, 421],
  'two hosts': [http('GET /api/v1/account', [host, 'Host: evil.example', close]), 400, 421],
  'another address in the target': [http('GET http://evil.example/api/v1/account', [host, close]), 400, 401, 421],
  'a target with two slashes': [http('GET //evil.example/api/v1/account', [host, close]), 400, 404],
  'a target that cannot be read': [http('GET /api/v1/flows/%E0%A4%A', [host, close]), 404],
  'a target with dots': [http('GET /api/v1/../../etc/passwd', [host, close]), 404],
  'a target with bytes': [http('GET /\xff\xfe', [host, close]), 400, 404],
  'a header of 20 kB': [http('GET /api/v1/account', [host, close, `X-Long: ${'x'.repeat(20_000)}`]), 431],
  'a hundred cookies': [http('GET /api/v1/account', [host, close, `Cookie: ${'secondlock=x; '.repeat(100)}`]), 401],
  'a header without a name': [http('GET /api/v1/account', [host, close, ': x']), 400],
  'a line of another kind': [http('GET /api/v1/account', [host, close, 'X: a\rSet-Cookie: b=c']), 400],
  'a method of its own': [http('BREW /api/v1/account', [host, close]), 400, 404, 405],
  'the method TRACE': [http('TRACE /api/v1/account', [host, close]), 400, 404, 405],
  'an expectation that nobody meets': [posted('{}', ['Content-Length: 2', 'Expect: a-miracle']), 417],
  'no HTTP at all': ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
};

describe('NET-06 what no client sends', () => {
  for (const [name, [bytes, ...statuses]] of Object.entries(cases)) {
    test(`NET-06 on the wire: ${name}`, async () => {
      const said = await say(bytes);
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1]);
      assert.ok(statuses.includes(status), said.slice(0, 400));
      assert.doesNotMatch(said, /\bat \S+ \(|node_modules|\.ts:|x-powered-by|^server:/im);
      assert.match(said, /^content-type: application\/problem\+json/im);
      assert.match(said, /\r\n\r\n.*"code":"[a-z-]+"/s);
      assert.match(said, /^x-content-type-options: nosniff/im);
      assert.match(said, /^content-security-policy: default-src 'none'/im);
      assert.match(await say(http('GET /livez', [host, close])), /^HTTP\/1\.1 200/);
    });
  }

  test('NET-06 who asks for health names no host and speaks an old HTTP', async () => {
    assert.match(await say('GET /livez HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200/);
  });

  test('NET-06 a route that does not know a method says which it knows', async () => {
    const put = http('PUT /api/v1/account', [host, close, ours, json, 'Content-Length: 2'], '{}');
    assert.match(await say(put), /^allow: GET, PATCH, HEAD\r$/im);
    assert.match(
      await say(http('POST /api/v1/openapi.json', [host, close, ours, 'Content-Length: 0'])),
      /^allow: GET, HEAD\r$/im,
    );
  });

  test('NET-06 who leaves in the middle of a request breaks nothing and fills no log', async () => {
    const before = lines.length;
    for (let turn = 0; turn < 20; turn += 1) {
      await say(posted('{"identifier":"', ['Content-Length: 5000']), true);
      await say(posted('100\r\n{"identi', ['Transfer-Encoding: chunked']), true);
    }
    assert.match(await say(http('GET /livez', [host, close])), /^HTTP\/1\.1 200/);
    assert.deepEqual(lines.slice(before), []);
  });
});
