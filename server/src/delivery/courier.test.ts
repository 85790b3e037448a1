import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Courier, type CourierOptions } from './courier.ts';
import type { Rendered, Sender, Taken } from './deliver.ts';
import type { Account } from './route.ts';
import { Gone, Undeliverable } from './undeliverable.ts';

const message: Rendered = {
  channel: 'sms',
  to: '+4930123456',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: 'Acme: 012345 is your code.',
  id: 'm1',
};

/** An account that does as it is told and notes what it was handed. */
class Gateway implements Sender {
  readonly name: string;
  readonly handed: { readonly message: Rendered; readonly signal: AbortSignal | undefined }[] = [];
  does: (signal: AbortSignal | undefined) => Promise<Taken> = async () => ({});
  readonly atOnce: number;

  constructor(name: string, atOnce = 10) {
    this.name = name;
    this.atOnce = atOnce;
  }

  send(message: Rendered, signal?: AbortSignal): Promise<Taken> {
    this.handed.push({ message, signal });
    return this.does(signal);
  }

  async close(): Promise<void> {}
}

const hang = (): Promise<Taken> => new Promise(() => {});
const fail = async (): Promise<Taken> => {
  throw new Error('away');
};

function courier(senders: readonly Sender[], changed: Partial<CourierOptions> = {}) {
  const clock = { now: 0 };
  const accounts: Account[] = senders.map((sender) => ({ channel: 'sms', prefixes: [], sender }));
  const made = new Courier({
    accounts,
    timeoutMs: 100,
    now: () => clock.now,
    random: (size) => new Uint8Array(size),
    ...changed,
  });
  return { clock, courier: made, hand: (of = message) => made.hand(of, '+49', () => false) };
}

test('OTP-08 the next account gets the very same message at once: one id, one code', async () => {
  const [first, second] = [new Gateway('first'), new Gateway('second')];
  first.does = fail;
  second.does = async () => ({ reference: 'r1', cost: { amount: '0.05', currency: 'EUR' } });
  const begun = performance.now();
  const handed = await courier([first, second]).hand();
  assert.ok(performance.now() - begun < 100);
  assert.equal(first.handed[0]?.message, message);
  assert.equal(second.handed[0]?.message, message);
  assert.equal('by' in handed && handed.by, 'second');
  assert.deepEqual(handed.tried, [
    { provider: 'first', at: 0, error: 'away' },
    { provider: 'second', at: 0, taken: { reference: 'r1', cost: { amount: '0.05', currency: 'EUR' } } },
  ]);
});

test('an account that hangs delays a message by its time-out and no more, is told so, and then nobody waits for it', async () => {
  const [hanging, second] = [new Gateway('hanging'), new Gateway('second')];
  hanging.does = hang;
  const { hand } = courier([hanging, second]);
  const begun = performance.now();
  const messages = Array.from({ length: 200 }, (_, n) => ({ ...message, id: `m${n}` }));
  const took = await Promise.all(
    messages.map(async (one) => {
      const handed = await hand(one);
      assert.equal('by' in handed && handed.by, 'second');
      return performance.now() - begun;
    }),
  );
  // One time-out and what a busy machine adds; waiting one after the other would take two hundred time-outs.
  assert.ok(Math.max(...took) < 10 * 100, `the last of 200 left after ${Math.max(...took)} ms`);
  assert.equal(hanging.handed.length, hanging.atOnce, 'its circuit is open for those who waited');
  assert.ok(hanging.handed.every(({ signal }) => signal?.aborted));
  const tried = await hand();
  assert.deepEqual(
    tried.tried.map(({ provider }) => provider),
    ['second'],
  );
});

test('one that takes a message at a time is given up after the first that it lets hang', async () => {
  const [hanging, second] = [new Gateway('hanging', 1), new Gateway('second')];
  hanging.does = hang;
  const { hand } = courier([hanging, second]);
  const begun = performance.now();
  await Promise.all(Array.from({ length: 20 }, () => hand()));
  assert.ok(performance.now() - begun < 100 + 150);
  assert.equal(hanging.handed.length, 1);
});

test('a circuit opens after three failures in a row, and after its pause one message tries', async () => {
  const [broken, spare] = [new Gateway('broken'), new Gateway('spare')];
  const { clock, hand } = courier([broken, spare]);
  const fails = async (): Promise<Taken> => fail();
  for (const does of [fails, fails, async () => ({}), fails, fails, fails]) {
    broken.does = does;
    await hand();
  }
  assert.equal(broken.handed.length, 6, 'a message that it took began the count again');
  clock.now += 29_999;
  await hand();
  assert.equal(broken.handed.length, 6);
  clock.now += 1;
  await hand();
  assert.equal(broken.handed.length, 7, 'half open');
  await hand();
  assert.equal(broken.handed.length, 7, 'and open again, since that failed');
  clock.now += 30_000;
  let go = (): void => {};
  broken.does = () => new Promise((done) => (go = () => done({})));
  const probing = hand();
  await hand();
  assert.equal(broken.handed.length, 8, 'one message tries, not two');
  go();
  await probing;
  broken.does = async () => ({});
  await hand();
  assert.equal(broken.handed.length, 9, 'closed');
});

test('accounts whose circuits are all open are tried all the same', async () => {
  const [a, b] = [new Gateway('a'), new Gateway('b')];
  a.does = fail;
  b.does = fail;
  const { hand } = courier([a, b]);
  for (let turn = 0; turn < 5; turn += 1) assert.ok('why' in (await hand()));
  b.does = async () => ({});
  const handed = await hand();
  assert.equal('by' in handed && handed.by, 'b');
  assert.deepEqual([a.handed.length, b.handed.length], [6, 6]);
});

test('what nobody can deliver is offered to nobody else, and is no fault of the account', async () => {
  const [first, second] = [new Gateway('first'), new Gateway('second')];
  first.does = async () => {
    throw new Undeliverable('no such number');
  };
  const { hand } = courier([first, second]);
  for (let turn = 0; turn < 5; turn += 1) {
    const handed = await hand();
    assert.ok('why' in handed && handed.why instanceof Undeliverable);
  }
  assert.deepEqual([first.handed.length, second.handed.length], [5, 0]);
});

test('a destination that is gone is offered to nobody else, and the outbox hears that it is gone', async () => {
  const [first, second] = [new Gateway('first'), new Gateway('second')];
  first.does = async () => {
    throw new Gone('refused, status 410');
  };
  const { hand } = courier([first, second]);
  const handed = await hand();
  assert.ok('why' in handed && handed.why instanceof Gone);
  assert.equal(second.handed.length, 0);
});

test('OTP-02 a code that dies while an account is tried goes to no other', async () => {
  const [first, second] = [new Gateway('first'), new Gateway('second')];
  first.does = fail;
  const { courier: made } = courier([first, second]);
  let looks = 0;
  const handed = await made.hand(message, '+49', () => {
    looks += 1;
    return looks > 1;
  });
  assert.ok('why' in handed);
  assert.deepEqual([first.handed.length, second.handed.length], [1, 0]);
});

test('no account gets more at once than it takes', async () => {
  const gateway = new Gateway('narrow', 3);
  let now = 0;
  let most = 0;
  gateway.does = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((go) => setTimeout(go, 2));
    now -= 1;
    return {};
  };
  const { hand } = courier([gateway]);
  await Promise.all(Array.from({ length: 30 }, () => hand()));
  assert.equal(most, 3);
});

test('what an account throws is cut to one short line', async () => {
  const gateway = new Gateway('chatty');
  gateway.does = async () => {
    throw new Error(`away\r\n${'x'.repeat(1000)}`);
  };
  const { tried } = await courier([gateway]).hand();
  assert.match(tried[0]?.error ?? '', /^away x{190,195}$/);
});
