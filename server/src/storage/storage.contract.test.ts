/** What storage promises, on both databases: transactions that hold, swaps that one wins, tenants that never meet. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { freshDatabase } from '../../test/postgres.ts';
import { cellsWith, dump } from '../../test/records.ts';
import { counted, day, fill, now, pace, quota, readers, rows, writers } from '../../test/storage-rows.ts';
import * as attempts from './attempts.ts';
import * as challenges from './challenges.ts';
import * as messages from './messages.ts';
import { type Database, openDatabase, type Tx } from './open.ts';
import * as sessions from './sessions.ts';
import { sweep } from './sweep.ts';
import * as throttles from './throttles.ts';
import * as users from './users.ts';

const openers: Readonly<Record<string, () => Promise<Database>>> = {
  sqlite: () => openDatabase(':memory:'),
  postgres: async () => openDatabase((await freshDatabase()).url),
};

test('every function of a tenant is in the tables of this contract', () => {
  const files = globSync('*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));
  const named = files.flatMap((file) =>
    [
      ...readFileSync(`${import.meta.dirname}/${file}`, 'utf8').matchAll(
        /export (?:const|(?:async )?function) (\w+)(?: = (?:async )?)?\(\s*(?:db: Db|tx: Tx)\b/g,
      ),
    ].map(([, name = '']) => name),
  );
  assert.ok(named.length > 40);
  assert.deepEqual(
    named.filter((name) => !(name in readers) && !(name in writers)),
    [],
  );
});

for (const [dialect, open] of Object.entries(openers)) {
  describe(`storage on ${dialect}`, () => {
    let opened: Promise<Database> | undefined;
    /** A database with a tenant of each name, and nothing that an earlier test left. */
    const fresh = async (...names: string[]): Promise<Database> => {
      opened ??= open();
      const database = await opened;
      for (const table of new Set((await dump({ database })).map((cell) => cell.table))) {
        await database.all.k.deleteFrom(table).execute();
      }
      for (const name of names) await database.transaction(name, (tx) => fill(tx, `mark-${name}`));
      return database;
    };
    after(async () => (await opened)?.close());

    test('the plain handles throw inside a transaction, in whatever it calls', async () => {
      const database = await fresh('a');
      const inside = (work: () => unknown) => database.transaction('a', async () => work());
      await assert.rejects(
        inside(() => users.findUser(database.in('a'), 'u')),
        /plain handle/,
      );
      await assert.rejects(
        inside(() => database.all.k),
        /plain handle/,
      );
      await assert.rejects(
        inside(() => database.transaction('a', async () => 1)),
        /plain handle/,
      );
      assert.equal((await users.findUser(database.in('a'), 'u'))?.id, 'u', 'and works again after it');
    });

    test('what throws leaves nothing, and nobody sees what has not been committed', async () => {
      const database = await fresh('a');
      const before = await dump({ database });
      const failing = database.transaction('a', async (tx) => {
        for (const write of Object.values(writers)) await write(tx);
        throw new Error('too late');
      });
      await assert.rejects(failing, /too late/);
      assert.deepEqual(await dump({ database }), before);
    });

    test('an address belongs to one user of a tenant, however many register it at once', async () => {
      const database = await fresh('a', 'b');
      const { user } = rows('x');
      const tries = Array.from({ length: 20 }, (_, n) =>
        database.transaction('a', (tx) =>
          users.insertUser(tx, { ...user, id: `n${n}`, handle: `n${n}`, email_canonical: 'new@x' }),
        ),
      );
      assert.equal((await Promise.all(tries)).filter(Boolean).length, 1);
      const other = { ...user, id: 'n', handle: 'n', email_canonical: 'new@x' };
      assert.equal(await database.transaction('b', (tx) => users.insertUser(tx, other)), true);
    });

    test('of many swaps of one version, uses and endings at once one wins', async () => {
      const races: (keyof typeof writers)[][] = [
        ['answerElsewhere', 'answerChallenge'],
        ['swapFactorData', 'swapFlow', 'closeChallenge', 'useInvitation', 'assignToken', 'swapToken', 'endSession'],
        ['resealServiceKey', 'insertServiceKey'],
      ];
      for (const names of races) {
        const database = await fresh('a');
        for (const name of names) {
          const write = writers[name] ?? assert.fail();
          const won = await Promise.all(Array.from({ length: 20 }, () => database.transaction('a', write)));
          assert.equal(won.filter((one) => one === true).length, 1, name);
        }
      }
      const database = await fresh('a');
      await database.transaction('a', (tx) => sessions.endSession(tx, 'u', 's', now));
      assert.equal(await database.transaction('a', (tx) => sessions.endSessionsOf(tx, 'u', null, now)), 0);
    });

    test('a hundred attempts and places at once are counted one by one', async () => {
      const database = await fresh('a');
      const of = { subject: 'v', kind: 'totp', lane: 'other' };
      const all = <T>(work: (tx: Tx) => Promise<T>): Promise<T[]> =>
        Promise.all(Array.from({ length: 100 }, () => database.transaction('a', work)));
      const lane = await all((tx) => attempts.takeLaneAttempt(tx, of, pace, now));
      assert.equal(lane.filter(Boolean).length, 5, 'the fifth begins a pause');
      const total = await all((tx) => attempts.takeTotalAttempt(tx, of, { ...pace, disableAt: 60 }, now));
      assert.deepEqual(
        total.filter((count) => count !== undefined).sort((x, y) => x - y),
        Array.from({ length: 60 }, (_, n) => n + 1),
      );
      const taken = await all((tx) => challenges.takeChallengeAttempt(tx, 'q', 5, now));
      assert.deepEqual(taken.filter(Boolean).sort(), [1, 2, 3, 4, 5]);
      const places = await all((tx) => throttles.takePlace(tx, { ...quota, key: 'new' }, now));
      assert.equal(places.filter(Boolean).length, 3);
    });

    test('a message is claimed by one of many, and again only when the lease has run out', async () => {
      const database = await fresh('a', 'b');
      const claim = async (at: number) => {
        await messages.requeueMessages(database.all, at);
        return messages.claimMessages(database.all, { channel: 'email', now: at, leaseMs: 1000, limit: 10 });
      };
      const claims = (await Promise.all(Array.from({ length: 10 }, () => claim(now)))).flat();
      assert.deepEqual(claims.map(({ tenant }) => tenant).sort(), ['a', 'b']);
      assert.deepEqual(await claim(now + 999), []);
      const [again] = await claim(now + 1000);
      assert.equal(again?.tries, 2);
      const [first] = claims.filter(({ tenant }) => tenant === again?.tenant);
      assert.ok(first && again);
      const finish = (claim: typeof again): Promise<boolean> =>
        database.transaction(claim.tenant, (tx) => messages.finishMessage(tx, claim, { state: 'sent', now }));
      assert.equal(await finish(first), false, 'overtaken');
      assert.equal(await finish(again), true);
    });

    test('no function reads another tenant’s rows, though every id is the same', async () => {
      const database = await fresh('a', 'b');
      for (const [name, read] of Object.entries(readers)) {
        const [a, nobodys] = [await read(database.in('a')), await read(database.in('c'))];
        assert.doesNotMatch(JSON.stringify(a), /mark-b/, name);
        const nothing =
          nobodys === undefined || nobodys === false || nobodys === 0 || (nobodys as unknown[]).length === 0;
        assert.ok(nothing, `${name} gives a tenant without rows ${JSON.stringify(nobodys)}`);
        assert.ok(a !== undefined && a !== false && a !== 0 && (a as unknown[]).length !== 0, name);
      }
    });

    test('no function changes another tenant’s rows, though every id is the same', async () => {
      const database = await fresh('a', 'b');
      const mine = async () => {
        const cells = await dump({ database });
        const at = cells.findIndex(({ value }) => value === 'mark-b');
        assert.ok(at >= 0 && cellsWith(cells, ['mark-b']).length > 5);
        return JSON.stringify(await everythingOf(database, 'b'));
      };
      const before = await mine();
      for (const [name, write] of Object.entries(writers)) {
        await database.transaction('a', write);
        assert.equal(await mine(), before, name);
      }
    });

    test('the sweep deletes what is over in every tenant and keeps what must be kept', async () => {
      const database = await fresh('a', 'b');
      const lasting = { totals: 30 * day, disableAt: 1 };
      const terms = { flows: day, attempts: 2 * day, sessions: 30 * day, messages: 7 * day, ...lasting };
      const { k } = database.all;
      const before = await dump({ database });
      await sweep(database.all, now + day, terms);
      assert.deepEqual(await dump({ database }), before, 'nothing is over yet');
      await database.transaction('a', (tx) => attempts.takeTotalAttempt(tx, { ...counted, subject: '?x' }, pace, now));
      await sweep(database.all, now + 365 * day, terms);
      const left = new Set((await dump({ database })).map(({ table }) => table));
      const kept = [
        'tenants',
        'users',
        'user_roles',
        'factors',
        'attempts',
        'known_browsers',
        'messages',
        'tokens',
        'events',
        'event_persons',
        'service_keys',
      ];
      assert.deepEqual([...left].sort(), [...kept].sort());
      const totals = await k.selectFrom('attempts').select(['subject', 'lane']).execute();
      assert.deepEqual(new Set(totals.map(({ lane }) => lane)), new Set(['all']));
      assert.ok(
        totals.some(({ subject }) => subject === '?x'),
        'unknown subjects are kept as long as known ones',
      );
      await sweep(database.all, now + 365 * day, { ...terms, disableAt: 100 });
      assert.deepEqual(await k.selectFrom('attempts').selectAll().execute(), [], 'what disables nothing goes in time');
      await k.updateTable('messages').set({ state: 'sent' }).execute();
      await sweep(database.all, now + 365 * day, terms);
      assert.deepEqual(await k.selectFrom('messages').selectAll().execute(), []);
    });
  });
}

/** All rows of a tenant, in every table. */
async function everythingOf({ all }: Database, tenant: string): Promise<unknown[]> {
  const found: unknown[] = [await all.k.selectFrom('tenants').selectAll().where('id', '=', tenant).execute()];
  const tables = [
    'users',
    'user_roles',
    'factors',
    'flows',
    'challenges',
    'attempts',
    'throttles',
    'sessions',
  ] as const;
  const more = [
    'known_browsers',
    'messages',
    'message_tries',
    'tokens',
    'invitations',
    'events',
    'event_persons',
    'service_keys',
  ] as const;
  for (const table of [...tables, ...more]) {
    found.push(await all.k.selectFrom(table).selectAll().where('tenant', '=', tenant).execute());
  }
  return found;
}
