import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { migratedDatabase } from '../../test/postgres.ts';
import { rows } from '../../test/storage-rows.ts';
import { insertMessage, markConverted } from '../storage/messages.ts';
import { type Database, openDatabase } from '../storage/open.ts';
import { Conversions } from './conversions.ts';

const minute = 60_000;
const now = 1000 * 24 * 60 * minute;

const openers: Readonly<Record<string, () => Promise<Database>>> = {
  sqlite: () => openDatabase(':memory:'),
  postgres: async () => openDatabase((await migratedDatabase()).url),
};

for (const [dialect, open] of Object.entries(openers)) {
  describe(`conversion on ${dialect}`, () => {
    let database: Database | undefined;
    after(() => database?.close());

    test('right answers over codes handed over, by account and calling code, ripe and of one day', async () => {
      database = await open();
      const { all } = database;
      const sent = async (provider: string, prefix: string, ago: number, answered: boolean, code = true) => {
        const id = `m${Math.trunc(ago)}-${provider}-${prefix}-${answered}-${code}`;
        const challenge = code ? id : null;
        const row = { ...rows('x').message, id, provider, prefix, challenge_id: challenge, created_at: now - ago };
        await database?.transaction('main', async (tx) => {
          await insertMessage(tx, { ...row, channel: 'sms', state: 'sent' });
          if (answered) await markConverted(tx, id, now);
        });
      };
      for (const [at, answered] of [true, true, false].entries()) await sent('a', '+49', (10 + at) * minute, answered);
      await sent('a', '+1', 10 * minute, false);
      await sent('b', '+49', 10 * minute, true);
      await sent('b', '+49', 4 * minute, false);
      await sent('b', '+49', 25 * 60 * minute, false);
      await sent('b', '+49', 11 * minute, false, false);
      await sent('', '+49', 10 * minute, false);
      const log = { info: () => {}, warn: () => assert.fail(), error: () => assert.fail() };
      const conversions = new Conversions({ all, now: () => now, log });
      assert.deepEqual(conversions.latest(), [], 'nobody waits for the first figures');
      await conversions.read();
      assert.deepEqual(
        [...conversions.latest()].sort((x, y) => (x.provider + x.prefix < y.provider + y.prefix ? -1 : 1)),
        [
          { provider: 'a', prefix: '+1', handed: 1, right: 0 },
          { provider: 'a', prefix: '+49', handed: 3, right: 2 },
          { provider: 'b', prefix: '+49', handed: 1, right: 1 },
        ],
      );
    });
  });
}
