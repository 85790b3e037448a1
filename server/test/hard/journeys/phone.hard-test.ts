/** Approval on a phone against real servers: how soon the page hears of it, over one process and two, and what a kill leaves. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FlowAnswer } from '../../../src/flows/prompt.ts';
import { Browser } from '../../browser.ts';
import { Events } from '../../events.ts';
import { askPhone, type Owner, withPhone } from '../../journeys/push/phones.ts';
import { asked, type Town } from '../../people.ts';
import { phoneEvents } from '../../phone.ts';
import { few, Place, tally } from '../place.ts';
import { median, percentile } from '../statistics.ts';

const rounds = 21;
/** As often as a phone may be asked in five minutes. */
const roundsEach = 3;
const people = rounds / roundsEach;
const atOnce = 50;

/** One process of a place, as people and phones see it that come to no other. */
const only = (place: Place, index: number): Town => ({
  codeFor: place.codeFor,
  clock: place.clock,
  setUpLink: undefined,
  browser: (how = {}) => {
    const server = place.servers[index % place.servers.length];
    assert.ok(server);
    const address = how.address ?? place.newAddress();
    return new Browser((request) => server.send(request, address), { origin: place.origins[0] ?? '', ...how });
  },
});

/** Opens a stream at one process; the answer is read as it comes. */
async function openStream(place: Place, index: number, path: string, headers: Record<string, string>): Promise<Events> {
  const origin = place.origins[index % place.origins.length] ?? '';
  return new Events(await fetch(`${origin}${path}`, { headers }));
}

const cookies = (browser: Browser): Record<string, string> => ({
  cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
});

/** Milliseconds from the phone's answer until its page has heard of it. */
async function heardAfter(place: Place, owner: Owner, index: number): Promise<number> {
  const { browser, flow, number } = await askPhone(only(place, index), owner);
  const request = await owner.phone.request();
  await using events = await openStream(place, index, `/api/v1/flows/${flow.id}/events`, cookies(browser));
  await events.take('state');
  const begun = performance.now();
  const told = owner.phone.answer({ request: request.id, number });
  const state = await events.take<FlowAnswer>('state');
  const took = performance.now() - begun;
  assert.equal(asked(state, 'wait').answered, true);
  assert.equal((await told).body.is, 'approved');
  const done = await browser.answer(flow, {});
  assert.equal(done.body.done, true, done.text);
  return took;
}

async function measured(place: Place, page: number): Promise<number[]> {
  const owners = await few(1, Array.from({ length: people }), () => withPhone(only(place, 0)));
  const took: number[] = [];
  for (const owner of owners) {
    for (let round = 0; round < roundsEach; round += 1) took.push(await heardAfter(place, owner, page));
  }
  return took;
}

const say = (took: readonly number[]): string =>
  `median ${median(took).toFixed(0)} ms, p95 ${percentile(took, 0.95).toFixed(0)} ms of ${took.length}`;

describe('from the phone to the page', () => {
  test('PUSH-08 under 150 ms on one process', async (t) => {
    await using place = await Place.open();
    const took = await measured(place, 0);
    t.diagnostic(say(took));
    assert.ok(median(took) < 150, say(took));
  });

  test('PUSH-08 under 1.2 s over two processes, with the phone at one and the page at the other', async (t) => {
    await using place = await Place.open({ on: 'postgres', processes: 2 });
    const took = await measured(place, 1);
    t.diagnostic(say(took));
    assert.ok(median(took) < 1200, say(took));
  });

  test('FLOW-11 fifty approvals and collections at once, over two processes: one session, twenty times', async (t) => {
    await using place = await Place.open({ on: 'postgres', processes: 2 });
    const heard: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const ada = await withPhone(place);
      const browser = place.browser();
      const { flow, number } = await askPhone(place, ada, browser);
      const { id: request } = await ada.phone.request();
      const copies = Array.from({ length: atOnce }, (_, at) => at);
      const told = await Promise.all(
        copies.map((at) => ada.phone.answer({ request, number }, { time: Date.now() - at })),
      );
      const outcomes = told.map(({ status, body }) => (status === 200 ? String(body.is) : `${status} ${body.code}`));
      assert.equal(outcomes.filter((each) => each === 'approved').length, 1, JSON.stringify(tally(outcomes)));
      const collected = await Promise.all(copies.map(() => browser.answer(flow, {})));
      assert.equal(collected.filter(({ body }) => body.session !== undefined).length, 1);
      assert.ok(
        [...told, ...collected].every(({ status }) => status < 500 || status === 503),
        JSON.stringify(tally(outcomes)),
      );
      heard.push(...outcomes);
    }
    const sessions = `select count(*) from events where type = 'session.started' and details like '%"sign-in"%'`;
    assert.equal(await place.number(sessions), 20);
    t.diagnostic(JSON.stringify(tally(heard)));
  });

  test('PUSH-03 an approval that was acknowledged outlives a kill, and is collected once', async () => {
    await using place = await Place.open();
    const ada = await withPhone(place);
    const browser = place.browser();
    const { flow, number } = await askPhone(place, ada, browser);
    const { id: request } = await ada.phone.request();
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'approved');
    await place.kill();
    await place.start();
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'over');
    assert.equal((await browser.answer(flow, {})).body.done, true);
    assert.equal((await browser.answer(flow, {})).status, 404);
  });

  test('PUSH-08 streams over the wire: headers, a sign of life each fifteen seconds, hanging up', async () => {
    await using place = await Place.open();
    const ada = await withPhone(place);
    const { browser, flow } = await askPhone(place, ada);
    const path = `/api/v1/flows/${flow.id}/events`;
    const open = await fetch(`${place.origins[0]}${path}`, { headers: cookies(browser) });
    assert.equal(open.headers.get('cache-control'), 'no-store');
    assert.equal(open.headers.get('x-content-type-options'), 'nosniff');
    assert.match(open.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    const head = await fetch(`${place.origins[0]}${path}`, { method: 'HEAD', headers: cookies(browser) });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    assert.equal((await fetch(`${place.origins[0]}${path}`)).status, 404);
    const slow = await ada.phone.look({ time: Date.now() - 360_000 });
    assert.deepEqual([slow.status, slow.body.code], [401, 'wrong-time']);
    assert.ok(Math.abs(Date.parse(slow.headers.get('date') ?? '') - Date.now()) < 5000, 'by which it can be put right');
    await using page = new Events(open);
    await page.take('state');
    await using phone = await openStream(place, 0, phoneEvents, { authorization: ada.phone.eventsHeader() });
    await phone.take('requests');
    const begun = performance.now();
    for (const stream of [page, phone]) {
      assert.equal((await stream.next())?.comment, 'still here');
      assert.ok(performance.now() - begun < 20_000);
    }
    assert.ok(performance.now() - begun > 10_000);
  });
});
