/** Two thousand sign-in pages that wait for their phones at once: what each costs the server, and that it stays awake. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import type { FlowAnswer } from '../../../src/flows/prompt.ts';
import { few, Place } from '../place.ts';
import { median, percentile } from '../statistics.ts';

const pages = 2000;
const atOnce = 16;
/** Kilobytes for each, the socket's own part and what the runtime holds in reserve included. */
const mostEach = 50;

interface Begun extends FlowAnswer {
  readonly flowToken: string;
}

/** Opens the events of a flow on a bare socket, and reads until it is told how the flow stands. */
async function wait(place: Place, { id, flowToken }: Begun): Promise<Socket> {
  const { port } = place.server;
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  await once(socket, 'connect');
  const lines = [`GET /api/v1/flows/${id}/events HTTP/1.1`, `host: localhost:${port}`];
  socket.write([...lines, `authorization: Bearer ${flowToken}`, '', ''].join('\r\n'));
  let text = '';
  for await (const part of socket.iterator({ destroyOnReturn: false })) {
    text += part;
    if (text.includes('event: state\n')) return socket.resume();
  }
  throw new Error(`the stream ended: ${text}`);
}

test(`PUSH-08 ${pages} waiting pages cost at most ${mostEach} kB each, and the server answers meanwhile`, async (t) => {
  // The smallest young generation: what is measured is what is kept, and not what is soon thrown away.
  await using place = await Place.open({ env: { NODE_OPTIONS: '--max-semi-space-size=2' } });
  const all = Array.from({ length: pages }, (_, at) => at);
  const begin = async (): Promise<Begun> =>
    (await place.browser().start('sign-in', { transport: 'token' })).body as unknown as Begun;
  const begun = await few(atOnce, all, begin);
  const before = place.server.memory().now;
  const sockets = await few(atOnce, begun, (flow) => wait(place, flow));
  const took: number[] = [];
  const spent = place.server.processorTime();
  const from = performance.now();
  // Longer than the time between two signs of life, which every page gets.
  while (performance.now() - from < 20_000) {
    const asked = performance.now();
    assert.equal((await fetch(`${place.origins[0]}/livez`)).status, 200);
    took.push(performance.now() - asked);
  }
  const load = ((place.server.processorTime() - spent) * 1000) / (performance.now() - from);
  const each = ((place.server.memory().now - before) * 1024) / pages;
  t.diagnostic(
    `${each.toFixed(0)} kB each; /livez p50 ${median(took).toFixed(1)} ms, p99 ${percentile(took, 0.99).toFixed(0)} ms`,
  );
  t.diagnostic(`${(load * 100).toFixed(0)} % of a core, most of it for /livez`);
  assert.equal(sockets.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length, pages);
  assert.ok(each < mostEach, `${each} kB`);
  assert.ok(median(took) < 100);
  for (const socket of sockets) socket.destroy();
});
