import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { migratedDatabase } from '../../test/postgres.ts';
import { clearAttempts, laneAttempts, takeLaneAttempt, takeTotalAttempt } from './attempts.ts';
import { type Database, openDatabase } from './open.ts';

const pace = { pauses: [0, 0, 5000, 9000], disableAt: 10 };
const of = (subject: string) => ({ subject, kind: 'totp', lane: 'other' });

const openers: Readonly<Record<string, () => Promise<Database>>> = {
  sqlite: () => openDatabase(':memory:'),
  postgres: async () => openDatabase((await migratedDatabase()).url),
};

for (const [on, open] of Object.entries(openers)) {
  describe(`attempts on ${on}`, () => {
    let database: Database;
    before(async () => {
      database = await open();
    });
    after(() => database.close());

    const take = (subject: string, now: number): Promise<boolean> =>
      database.transaction('main', (tx) => takeLaneAttempt(tx, of(subject), pace, now));

    test('RATE-05 of two at once, the one whose clock was read first is counted too, whoever comes first', async () => {
      assert.equal(await take('first', 1000), true);
      assert.equal(await take('first', 998), true);
    });

    test('RATE-02 a pause refuses until its end and begins anew at the end of the row', async () => {
      const taken: boolean[] = [];
      for (const now of [1, 2, 3, 5002, 5003, 14_002, 14_003, 14_004]) taken.push(await take('paced', now));
      assert.deepEqual(taken, [true, true, true, false, true, false, true, true]);
    });

    test('RATE-02 the block at the end of the row doubles each time, to thirty-two times', async () => {
      const blocks: number[] = [];
      let now = 0;
      for (let row = 0; row < 8; row += 1) {
        for (let turn = 0; turn < pace.pauses.length; turn += 1) {
          now += 5000;
          assert.equal(await take('blocked', now), true);
        }
        const found = await laneAttempts(database.in('main'), of('blocked'));
        blocks.push(((found?.open_at ?? 0) - now) / 9000);
        now = found?.open_at ?? 0;
      }
      assert.deepEqual(blocks, [1, 2, 4, 8, 16, 32, 32, 32]);
    });
  });
}

test('a success and a guess of one person, at once, do not wait for each other in a circle on PostgreSQL', async () => {
  const made = await migratedDatabase();
  const [one, other] = await Promise.all([openDatabase(made.url), openDatabase(made.url)]);
  const tries = { guess: 0, success: 0 };
  const guess = (between: () => unknown): Promise<void> =>
    one.transaction('main', async (tx) => {
      tries.guess += 1;
      await takeLaneAttempt(tx, of('ada'), pace, 1000);
      await between();
      await takeTotalAttempt(tx, of('ada'), pace, 1000);
    });
  const succeed = (): Promise<void> =>
    other.transaction('main', (tx) => {
      tries.success += 1;
      return clearAttempts(tx, of('ada'));
    });
  try {
    await guess(() => {});
    let success = Promise.resolve();
    await guess(async () => {
      success = succeed();
      await pause(200);
    });
    await success;
    // A circle would be found after a second and broken by running one of them again.
    assert.deepEqual(tries, { guess: 2, success: 1 });
  } finally {
    await Promise.all([one.close(), other.close()]);
    await made.drop();
  }
});
