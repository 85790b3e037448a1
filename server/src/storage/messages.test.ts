import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { migratedDatabase } from '../../test/postgres.ts';
import {
  claimMessages,
  expireMessages,
  finishMessage,
  insertMessage,
  releaseMessage,
  requeueMessages,
  retryMessage,
} from './messages.ts';
import { type Database, openDatabase, type Tx } from './open.ts';
import type { MessageRow } from './tables.ts';

const row: Omit<MessageRow, 'tenant'> = {
  id: 'm1',
  channel: 'email',
  user_id: 'u1',
  text: 'code.sign-in',
  locale: 'en',
  body: 'sealed',
  state: 'queued',
  tries: 0,
  next_at: 1000,
  lease_until: 0,
  not_after: null,
  created_at: 1000,
  sent_at: null,
  provider: '',
  error: '',
  challenge_id: null,
  converted_at: null,
  prefix: '',
  hint: '',
};
const at = (now: number) => ({ channel: 'email' as const, now, leaseMs: 60, limit: 10 });

const put = (database: Database, changed: Partial<MessageRow> = {}): Promise<void> =>
  database.transaction(changed.tenant ?? 'main', (tx) => {
    const { tenant: _, ...rest } = changed;
    return insertMessage(tx, { ...row, ...rest });
  });

/** Runs a change in a transaction of the row's tenant. */
const within = <Of extends readonly unknown[], T>(
  database: Database,
  change: (tx: Tx, ...of: Of) => Promise<T>,
  ...of: Of
): Promise<T> => database.transaction('main', (tx) => change(tx, ...of));

async function kept(database: Database, id = 'm1'): Promise<MessageRow> {
  return database.all.k.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

const openers: Readonly<Record<string, () => Promise<Database>>> = {
  sqlite: () => openDatabase(':memory:'),
  postgres: async () => openDatabase((await migratedDatabase()).url),
};

for (const [dialect, open] of Object.entries(openers)) {
  describe(`messages on ${dialect}`, () => {
    let opened: Promise<Database> | undefined;
    const fresh = async (): Promise<Database> => {
      opened ??= open();
      const database = await opened;
      await database.all.k.deleteFrom('messages').execute();
      return database;
    };
    after(async () => (await opened)?.close());

    test('what is due is claimed in order, with a lease, and once', async () => {
      const database = await fresh();
      await put(database, { id: 'later', next_at: 1005 });
      await put(database, { id: 'first', next_at: 900, tenant: 'other' });
      await put(database, { id: 'not-yet', next_at: 1011 });
      const claimed = await claimMessages(database.all, at(1010));
      assert.deepEqual(
        claimed.map(({ id, tenant, tries, lease_until }) => [id, tenant, tries, lease_until]),
        [
          ['first', 'other', 1, 1070],
          ['later', 'main', 1, 1070],
        ],
      );
      assert.equal((await claimMessages(database.all, at(1010))).length, 0);
      await requeueMessages(database.all, 2000);
      assert.equal((await claimMessages(database.all, { ...at(2000), limit: 1 })).length, 1);
    });

    test('a channel is claimed apart, and what was written in one moment in the order it was written', async () => {
      const database = await fresh();
      const ids = Array.from({ length: 30 }, (_, n) => `m${(n * 7) % 30}`);
      for (const id of ids) await put(database, { id });
      await put(database, { id: 'sms', channel: 'sms', next_at: 1 });
      const claimed = await claimMessages(database.all, { ...at(1000), limit: 100 });
      assert.deepEqual(
        claimed.map(({ id }) => id),
        ids,
      );
    });

    test('a claim that is given back is as if it had never been', async () => {
      const database = await fresh();
      await put(database);
      const [claim] = await claimMessages(database.all, at(1000));
      assert.ok(claim && (await within(database, releaseMessage, claim)));
      assert.equal(await within(database, releaseMessage, claim), false);
      const [again] = await claimMessages(database.all, at(1000));
      assert.deepEqual([again?.tries, again?.body], [1, 'sealed']);
    });

    test('of many who claim at once each message goes to one', async () => {
      const database = await fresh();
      for (let i = 0; i < 10; i += 1) await put(database, { id: `m${i}` });
      const claims = await Promise.all(Array.from({ length: 8 }, () => claimMessages(database.all, at(1000))));
      const ids = claims.flat().map(({ id }) => id);
      assert.equal(ids.length, 10);
      assert.equal(new Set(ids).size, 10);
    });

    test('a claim that ran out goes to another, and its owner can end nothing any more', async () => {
      const database = await fresh();
      await put(database);
      const [lost] = await claimMessages(database.all, at(1000));
      await requeueMessages(database.all, 1059);
      assert.equal((await claimMessages(database.all, at(1059))).length, 0);
      await requeueMessages(database.all, 1060);
      const [taken] = await claimMessages(database.all, at(1060));
      assert.ok(lost && taken);
      assert.equal(taken.tries, 2);
      assert.equal(await within(database, finishMessage, lost, { state: 'failed', now: 1061 }), false);
      assert.equal(await within(database, retryMessage, lost, { nextAt: 1, error: 'x' }), false);
      assert.equal(await within(database, finishMessage, taken, { state: 'sent', now: 1062, provider: 'smtp' }), true);
      const { state, body, sent_at, provider, error } = await kept(database);
      assert.deepEqual(
        { state, body, sent_at, provider, error },
        { state: 'sent', body: '', sent_at: 1062, provider: 'smtp', error: '' },
      );
      assert.equal(await within(database, retryMessage, taken, { nextAt: 1, error: 'x' }), false);
    });

    test('a try that failed comes again at its time', async () => {
      const database = await fresh();
      await put(database);
      const [claim] = await claimMessages(database.all, at(1000));
      assert.ok(claim && (await within(database, retryMessage, claim, { nextAt: 6000, error: 'busy' })));
      assert.equal((await kept(database)).error, 'busy');
      assert.equal((await claimMessages(database.all, at(5999))).length, 0);
      const [again] = await claimMessages(database.all, at(6000));
      assert.equal(again?.tries, 2);
      assert.equal(again?.body, 'sealed');
    });

    test('what is past its end is never claimed, and its body goes', async () => {
      const database = await fresh();
      await put(database, { not_after: 2000 });
      await put(database, { id: 'good', not_after: 2001 });
      await put(database, { id: 'endless' });
      assert.deepEqual((await claimMessages(database.all, at(2000))).map(({ id }) => id).sort(), ['endless', 'good']);
      assert.equal(await expireMessages(database.all, 2000), 1);
      const { state, body } = await kept(database);
      assert.deepEqual({ state, body }, { state: 'expired', body: '' });
      assert.equal(await expireMessages(database.all, 2000), 0);
    });

    test('what is being sent does not expire under the sender’s hands', async () => {
      const database = await fresh();
      await put(database, { not_after: 1030 });
      const [claim] = await claimMessages(database.all, at(1000));
      assert.equal(await expireMessages(database.all, 1040), 0);
      assert.ok(claim && (await within(database, finishMessage, claim, { state: 'sent', now: 1041 })));
      assert.equal((await kept(database)).state, 'sent');
    });

    test('a message to nobody is never claimed and loses its body at its end', async () => {
      const database = await fresh();
      await put(database, { state: 'nobody', next_at: 2000 });
      assert.equal((await claimMessages(database.all, at(9000))).length, 0);
      await expireMessages(database.all, 1999);
      assert.equal((await kept(database)).body, 'sealed');
      await expireMessages(database.all, 2000);
      const { state, body } = await kept(database);
      assert.deepEqual({ state, body }, { state: 'nobody', body: '' });
    });

    test('a message that its transaction takes back is not there', async () => {
      const database = await fresh();
      await assert.rejects(
        database.transaction('main', async (tx) => {
          await insertMessage(tx, row);
          throw new Error('taken back');
        }),
        /taken back/,
      );
      assert.equal((await claimMessages(database.all, at(9000))).length, 0);
    });
  });
}
