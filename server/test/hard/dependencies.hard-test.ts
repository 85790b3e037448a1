/** What a sign-in needs goes away in its second step, and comes back: nobody gets in meanwhile, and nothing is lost. */
import assert from 'node:assert/strict';
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { FlowAnswer } from '../../src/flows/prompt.ts';
import type { Browser } from '../browser.ts';
import { asked, enterPassword, newAddress, register } from '../people.ts';
import { startCluster } from '../postgres.ts';
import { few, oathtool, Place, tally } from './place.ts';
import { aCode, type Fault, Relay } from './relay.ts';

/** A wire to the database that can be made to swallow everything: the other end is there and says nothing. */
class Wire {
  #silent = false;
  readonly #sockets = new Set<Socket>();
  readonly #server: NetServer;

  constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('data', (part) => {
          if (!this.#silent) to.write(part);
        });
        from.on('error', () => {});
        from.on('close', () => to.destroy());
      }
    });
  }

  listen = (): Promise<number> =>
    new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });

  /** Nothing passes any more; who is connected stays connected. */
  silence(): void {
    this.#silent = true;
  }

  /** It works again, for new connections. */
  mend(): void {
    this.#silent = false;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  close(): void {
    this.mend();
    this.#server.close();
  }
}

/** A generic error that says when to come back, and no session. */
async function refusedFor(browser: Browser, flow: FlowAnswer, code: string): Promise<void> {
  const { status, body, text } = await browser.answer(flow, { code });
  assert.deepEqual([status, body.code], [503, 'unavailable'], text);
  assert.doesNotMatch(text, /postgres|sql|ECONN|5432|stack/i);
  assert.ok(!browser.cookies.has('secondlock'));
}

/**
 * Does something while others are in the middle of something else: they are done, or told to come back, and none of
 * them hears of a fault.
 */
async function amidVisitors<T>(place: Place, work: () => Promise<T>): Promise<{ result: T; heard: string }> {
  const statuses: number[] = [];
  let over = false;
  const visit = async (): Promise<void> => {
    while (!over) {
      const { status } = await place.browser().start('registration', { identifier: newAddress() });
      statuses.push(status);
    }
  };
  const visitors = Promise.all(Array.from({ length: 8 }, visit));
  while (statuses.length < 8) await new Promise((done) => setTimeout(done, 5));
  const result = await work();
  over = true;
  await visitors;
  const heard = tally(statuses.map(String));
  assert.deepEqual(Object.keys(heard), ['200', '503'], JSON.stringify(heard));
  return { result, heard: JSON.stringify(heard) };
}

const withinStep = async (browser: Browser, flow: FlowAnswer, uri: string): Promise<void> => {
  const still = await browser.call<FlowAnswer>('GET', `/api/v1/flows/${flow.id}`);
  assert.equal(asked(still.body, 'code').kind, 'totp');
  assert.equal((await browser.get('/api/v1/account')).status, 401);
  const { body, text } = await browser.answer(flow, { code: oathtool(uri, 1) });
  assert.equal(body.session?.level, 'aal2', text);
};

describe('the database goes away', () => {
  test('FLOW-07 PostgreSQL is shut down in step two: no, and after it the same sign-in still wants its factor', async (t) => {
    const cluster = await startCluster();
    try {
      await using place = await Place.open({ databaseUrl: `${cluster.url}/postgres` });
      const ada = await register(place);
      const browser = place.browser();
      const flow = await enterPassword(browser, ada);
      const { result: startAgain, heard } = await amidVisitors(place, () => cluster.shutDown());
      t.diagnostic(`while it went down: ${heard}`);
      const begun = performance.now();
      await refusedFor(browser, flow, oathtool(ada.uri, 1));
      t.diagnostic(`refused after ${(performance.now() - begun).toFixed(0)} ms`);
      assert.equal((await place.browser().start('sign-in', { identifier: ada.address, password: 'x' })).status, 503);
      assert.equal((await browser.get('/readyz')).status, 503);
      assert.equal((await browser.get('/livez')).status, 200);
      await startAgain();
      assert.equal((await browser.get('/readyz')).status, 200);
      await withinStep(browser, flow, ada.uri);
    } finally {
      await cluster.stop();
    }
  });

  test('FLOW-07 PostgreSQL is there and says nothing in step two: no, within half a minute', async (t) => {
    const cluster = await startCluster();
    const wire = new Wire(Number(new URL(cluster.url).port));
    try {
      const url = `postgres://postgres@127.0.0.1:${await wire.listen()}/postgres`;
      await using place = await Place.open({ databaseUrl: url });
      const ada = await register(place);
      const browser = place.browser();
      const flow = await enterPassword(browser, ada);
      const begun = performance.now();
      const { heard } = await amidVisitors(place, async () => {
        wire.silence();
        await refusedFor(browser, flow, oathtool(ada.uri, 1));
      });
      const took = performance.now() - begun;
      t.diagnostic(`while it was silent: ${heard}`);
      t.diagnostic(`refused after ${(took / 1000).toFixed(1)} s`);
      assert.ok(took < 30_000);
      wire.mend();
      await withinStep(browser, flow, ada.uri);
    } finally {
      wire.close();
      await cluster.stop();
    }
  });
});

describe('the mail relay', () => {
  test('FLOW-07 OOB-07 is away in step two: no way round, and the code comes when it is back', async (t) => {
    await using place = await Place.open();
    const ada = await register(place, 'email');
    await place.relay.close();
    const before = place.relay.mails.length;
    const browser = place.browser();
    const flow = await enterPassword(browser, ada);
    assert.equal(asked(flow, 'code').kind, 'email');
    for (const answer of [{ code: '000000' }, { code: '123456' }, {}]) {
      const { body } = await browser.answer(flow, answer);
      assert.equal(body.done, false);
    }
    assert.equal((await browser.get('/api/v1/account')).status, 401);
    assert.equal(place.relay.mails.length, before);
    await place.relay.open();
    const begun = performance.now();
    const code = await place.relay.next(ada.address, aCode, 60_000);
    t.diagnostic(`the code came ${((performance.now() - begun) / 1000).toFixed(1)} s after the relay was back`);
    const { body, text } = await browser.answer(flow, { code });
    assert.equal(body.session?.level, 'two-step', text);
  });

  for (const fault of ['stranger', 'elsewhere', 'no-starttls'] satisfies Fault[]) {
    const how = {
      stranger: 'shows a certificate that nobody vouches for',
      elsewhere: 'shows the certificate of another host',
      'no-starttls': 'offers no STARTTLS',
    }[fault];
    test(`OOB-11 ${how}: it gets neither code nor password, and nobody gets in without the code`, async () => {
      await using place = await Place.open();
      const ada = await register(place, 'email');
      await place.stop();
      const bad = await new Relay(fault).open();
      try {
        place.env = { ...place.env, ...bad.environment };
        await place.start();
        const browser = place.browser();
        const flow = await enterPassword(browser, ada);
        assert.equal(asked(flow, 'code').kind, 'email');
        while (bad.connections === 0 || !(await tried(place))) await new Promise((done) => setTimeout(done, 20));
        assert.deepEqual([bad.mails.length, bad.asked], [0, 0]);
        for (const answer of [{ code: '000000' }, {}]) {
          assert.equal((await browser.answer(flow, answer)).body.done, false);
        }
        assert.equal((await browser.get('/api/v1/account')).status, 401);
      } finally {
        await bad.close();
      }
    });
  }

  test('OOB-07 two processes on one PostgreSQL send each message once', async (t) => {
    await using place = await Place.open({ on: 'postgres', processes: 2 });
    const addresses = Array.from({ length: 120 }, (_, at) => `reader${at}@example.org`);
    await few(12, addresses, (identifier) => place.browser().start('registration', { identifier }));
    while (place.relay.mails.length < addresses.length) await new Promise((done) => setTimeout(done, 20));
    // Two more looks of both outboxes.
    await new Promise((done) => setTimeout(done, 2500));
    assert.equal(place.relay.mails.length, addresses.length);
    assert.equal(new Set(place.relay.mails.map(({ id }) => id)).size, addresses.length);
    assert.equal(new Set(place.relay.mails.map(({ to }) => to)).size, addresses.length);
    t.diagnostic(`${addresses.length} messages over ${place.relay.connections} connections`);
  });
});

/** Whether the newest message has been tried and waits to be tried again. */
const tried = async (place: Place): Promise<boolean> =>
  (await place.number("select count(*) from messages where text = 'code.sign-in' and error <> ''")) > 0;
