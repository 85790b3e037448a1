/** Many answers at once: one code opens one door once, and every guess is counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Browser } from '../browser.ts';
import { type House, openHouse } from '../house.ts';
import { asked, choose, enterPassword, type Person, register, signIn } from '../people.ts';
import { inHouse } from '../shared-house.ts';

const atOnce = 50;
const rounds = 1;
const minute = 60_000;

type Reply = Answer<{ id: string; done?: boolean; session?: unknown; refused?: { code: string }; code?: string }>;

const sameAnswer = (browser: Browser, flow: { id: string }, body: object, times = atOnce): Promise<Reply[]> =>
  Promise.all(Array.from({ length: times }, () => browser.answer(flow, body)));

/** Which answers led on, and that every other one says why it did not. */
function ledOn(replies: readonly Reply[]): Reply[] {
  const refusals = new Set([
    'wrong',
    'replayed',
    'expired',
    'too-many-requests',
    'flow-over',
    'unavailable',
    'conflict',
  ]);
  const good = replies.filter((reply) => reply.status === 200 && reply.body.refused === undefined);
  for (const reply of replies.filter((each) => !good.includes(each))) {
    // `unavailable`: fifty at once on a slow machine may wait longer for the database than a request may.
    assert.ok((reply.status < 500 || reply.status === 503) && reply.body.session === undefined, reply.text);
    assert.ok(refusals.has(reply.body.refused?.code ?? reply.body.code ?? ''), reply.text);
  }
  return good;
}

const eachRound = async (house: House, work: (round: number) => Promise<void>): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    house.clock.advance(31 * minute);
    await work(round);
  }
};

const sessionsOf = async (person: Person): Promise<number> => {
  const { body } = await person.browser.get<{ sessions: unknown[] }>('/api/v1/account/sessions');
  return body.sessions.length;
};

inHouse('one code, fifty times at once', (house) => {
  test('FLOW-11 a code of an app opens one session, in one flow', async () => {
    const ada = await register(house());
    await eachRound(house(), async () => {
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      const before = await sessionsOf(ada);
      const good = ledOn(await sameAnswer(browser, flow, { code: ada.nextCode() }));
      assert.equal(good.length, 1);
      assert.equal(await sessionsOf(ada), before + 1);
    });
  });

  test('FLOW-11 a code of an app opens one session, over five flows and two nodes', async () => {
    const node = house().where === ':memory:' ? house() : await openHouse({ like: house() });
    const ada = await register(house());
    await eachRound(house(), async () => {
      const open: [Browser, { id: string }][] = [];
      for (const at of [house(), node, house(), node, house()]) {
        const browser = at.browser();
        open.push([browser, await enterPassword(browser, ada)]);
      }
      const code = ada.nextCode();
      const before = await sessionsOf(ada);
      const replies = await Promise.all(open.map(([browser, flow]) => sameAnswer(browser, flow, { code }, 10)));
      assert.equal(ledOn(replies.flat()).length, 1);
      assert.equal(await sessionsOf(ada), before + 1);
    });
    if (node !== house()) await node.close();
  });

  test('FLOW-11 a mailed code opens one session', async () => {
    const ada = await register(house(), 'email');
    await eachRound(house(), async () => {
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      const code = await house().codeFor(ada.address);
      assert.equal(ledOn(await sameAnswer(browser, flow, { code })).length, 1);
    });
  });

  test('FLOW-11 LUS-03 a backup code opens one session over five flows, and one code is gone', async () => {
    const ada = await register(house());
    await eachRound(house(), async (round) => {
      const open: [Browser, { id: string }][] = [];
      for (let flows = 0; flows < 5; flows += 1) {
        const browser = house().browser();
        open.push([browser, await choose(browser, await enterPassword(browser, ada), 'backup-codes')]);
      }
      const code = ada.codes[round];
      const replies = await Promise.all(open.map(([browser, flow]) => sameAnswer(browser, flow, { code }, 10)));
      assert.equal(ledOn(replies.flat()).length, 1);
      const { body } = await ada.browser.get<{ codesLeft: number }>('/api/v1/account');
      assert.equal(body.codesLeft, 9 - round);
    });
  });

  test('FLOW-11 a mailed link leads on once, and one new password is set', async () => {
    const ada = await register(house());
    await eachRound(house(), async (round) => {
      const browser = house().browser();
      const { body: flow } = await browser.start('recovery', { identifier: ada.address });
      const mail = await house().mailTo(ada.address);
      const link = /#[\w-]+\.([\w-]+)/.exec(mail.text)?.[1] ?? '';
      const good = ledOn(await sameAnswer(browser, flow, { link }));
      assert.equal(good.length, 1);
      const next = await browser.answer(flow, { code: ada.nextCode() });
      asked(next.body, 'new-password');
      ada.password = `violet anchors drift in round ${round}`;
      const set = ledOn(await sameAnswer(browser, flow, { password: ada.password }, 10));
      assert.deepEqual([set.length, set[0]?.body.done], [1, true]);
      assert.equal((await signIn(house().browser(), ada)).done, true);
    });
  });

  test('FLOW-11 an enrolment adds one factor, and a set of codes is kept once', async () => {
    const ada = await register(house());
    const { body: flow } = await ada.browser.start('enrolment');
    const shown = asked((await ada.browser.answer(flow, { accept: 'totp' })).body, 'scan-and-code');
    const second: Person = { ...ada, uri: shown.uri };
    assert.equal(ledOn(await sameAnswer(ada.browser, flow, { code: second.nextCode() })).length, 1);
    const { body: renewing } = await ada.browser.start('enrolment', { kind: 'backup-codes' });
    assert.equal(ledOn(await sameAnswer(ada.browser, renewing, { kept: true })).length, 1);
    const { body } = await ada.browser.get<{ factors: { kind: string }[] }>('/api/v1/account/factors');
    assert.deepEqual(body.factors.map((factor) => factor.kind).sort(), ['backup-codes', 'paper-key', 'totp', 'totp']);
  });
});

inHouse('two hundred guesses at once', (house) => {
  test('RATE-05 of an app’s code at most five are judged, over many flows and addresses', async () => {
    const ada = await register(house());
    const open: [Browser, { id: string }][] = [];
    for (let flows = 0; flows < 10; flows += 1) {
      const browser = house().browser({ address: `198.51.100.${flows}` });
      open.push([browser, await enterPassword(browser, ada)]);
    }
    const guess = (i: number) => ({ code: String(i).padStart(6, '0') });
    const replies: Reply[] = await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const [browser, flow] = open[i % open.length] as [Browser, { id: string }];
        return browser.answer(flow, guess(i));
      }),
    );
    const judged = replies.filter((reply) => reply.status === 200);
    assert.equal(judged.length, 5);
    assert.ok(judged.every((reply) => reply.body.refused?.code === 'wrong'));
    assert.ok(replies.every((reply) => reply.status === 200 || reply.status === 429));
  });

  test('RATE-05 of a password at most five are judged, for an account and for nobody alike', async () => {
    const ada = await register(house());
    for (const [identifier, many] of [
      [ada.address, 200],
      ['nobody-has-it@example.org', 50],
    ] as const) {
      const replies = await Promise.all(
        Array.from({ length: many }, (_, i) => {
          const browser = house().browser({ address: `203.0.113.${i % 50}` });
          return browser.start('sign-in', { identifier, password: `guess number ${i}` });
        }),
      );
      const judged = replies.filter((reply) => reply.status === 200);
      assert.equal(judged.length, 5, identifier);
      assert.ok(replies.every((reply) => reply.status === 200 || reply.headers.get('retry-after') !== null));
    }
  });
});
