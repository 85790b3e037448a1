/** A flood of sign-ins and of huge passwords against a real server: all are answered, and nobody else notices. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { goodPassword, register } from '../people.ts';
import { Place, tally } from './place.ts';
import { percentile } from './statistics.ts';

const people = 200;
/** What the flood may add to the server's memory, in MB: the hashes that run at once, and 200 requests on their way. */
const moreMemory = 150;

describe('PW-12 a flood', () => {
  let place: Place;
  before(async () => {
    place = await Place.open();
    await register(place, 'nothing', 'ada@example.org');
  });
  after(() => place?.[Symbol.asyncDispose]());

  /** How long `/livez` takes while something goes on: asked every few milliseconds over a connection of its own. */
  async function livez(during: Promise<unknown>): Promise<number[]> {
    const browser = place.browser();
    await browser.get('/livez');
    const times: number[] = [];
    let over = false;
    void during.finally(() => {
      over = true;
    });
    while (!over) {
      const begun = performance.now();
      const { status } = await browser.get('/livez');
      assert.equal(status, 200);
      times.push(performance.now() - begun);
      await new Promise((done) => setTimeout(done, 5));
    }
    return times;
  }

  test('PW-12 200 sign-ins at once are all answered or told to retry, in bounded memory, and /livez is quick', async (t) => {
    const before = place.server.memory();
    const browsers = Array.from({ length: people }, () => place.browser());
    // Connections are there before the flood, as they are behind a proxy.
    await Promise.all(browsers.map((browser) => browser.get('/livez')));
    const begun = performance.now();
    const flood = Promise.all(
      browsers.map((browser, at) =>
        browser.start('sign-in', { identifier: `nobody${at}@example.org`, password: goodPassword }),
      ),
    );
    const times = await livez(flood);
    const answers = await flood;
    const took = performance.now() - begun;
    const heard = tally(answers.map(({ status, body }) => body.refused?.code ?? `${status} ${body.code}`));
    const after = place.server.memory();
    t.diagnostic(
      `${JSON.stringify(heard)} in ${took.toFixed(0)} ms; /livez ${times.length} times: median ` +
        `${percentile(times, 0.5).toFixed(1)}, p99 ${percentile(times, 0.99).toFixed(1)}, most ` +
        `${Math.max(...times).toFixed(1)} ms; memory ${before.now.toFixed(0)} MB, at most ${after.most.toFixed(0)} MB`,
    );
    for (const { status, headers, text } of answers) {
      if (status === 200) continue;
      assert.equal(status, 503, text);
      assert.ok(Number(headers.get('retry-after')) >= 1);
    }
    assert.ok((heard.wrong ?? 0) >= 100, JSON.stringify(heard));
    assert.ok(after.most - before.now < moreMemory);
    // 100 ms is what a quiet machine holds; half of all answers must hold it even where others want the cores too.
    assert.ok(percentile(times, 0.5) < 100, 'half of all answers within 100 ms');
    assert.ok(percentile(times, 0.99) < 250, '99 of 100 answers within 250 ms');
    const owner = await place.browser().start('sign-in', { identifier: 'ada@example.org', password: goodPassword });
    assert.equal(owner.body.done, true, owner.text);
  });

  test('PW-12 passwords of a megabyte are refused before anything is hashed', async (t) => {
    const { server } = place;
    const huge = { identifier: 'ada@example.org', password: 'x'.repeat(1024 * 1024) };
    const longest = { identifier: 'ada@example.org', password: '€'.repeat(4096) };
    const cost = async (body: object, count: number, status: number): Promise<number> => {
      const begun = server.processorTime();
      const answers = await Promise.all(Array.from({ length: count }, () => place.browser().start('sign-in', body)));
      const statuses = tally(answers.map((answer) => String(answer.status)));
      assert.deepEqual(statuses, { [status]: count });
      return (server.processorTime() - begun) / count;
    };
    const one = await cost(huge, people, 413);
    // As many as are judged without a pause.
    const hash = await cost({ identifier: 'somebody@example.org', password: goodPassword }, 4, 200);
    const kept = await place.number("select count(*) from attempts where subject not like '?%'");
    t.diagnostic(
      `a megabyte costs ${(1000 * one).toFixed(1)} ms of processor time, a hash some ${(1000 * hash).toFixed(0)} ms; ` +
        `memory at most ${server.memory().most.toFixed(0)} MB`,
    );
    assert.ok(one < hash / 2, 'a megabyte costs less than a hash');
    assert.equal(kept, 0, 'nothing was counted against the person');
    assert.equal((await place.browser().start('sign-in', longest)).status, 200);
    const { status, body } = await place.browser().start('sign-in', { ...longest, password: 'x'.repeat(4097) });
    assert.deepEqual([status, body.code], [400, 'bad-request']);
  });
});
