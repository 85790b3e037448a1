/** What a commit waits for: the setting inside a transaction, and that it ends with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { migratedDatabase } from '../../test/postgres.ts';
import { type Db, openDatabase } from './open.ts';

const settings = {
  sqlite: { ask: 'pragma synchronous', waits: '2', doesNot: '1' },
  postgres: { ask: 'show synchronous_commit', waits: 'on', doesNot: 'off' },
} as const;

async function settingOf(k: Db['k'], dialect: keyof typeof settings): Promise<string> {
  const { rows } = await sql.raw<Record<string, unknown>>(settings[dialect].ask).execute(k);
  return String(Object.values(rows[0] ?? {})[0]);
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  test(`FLOW-11 a count does not wait for the disk, a verdict does, whatever came before, on ${dialect}`, async (t) => {
    const made = dialect === 'postgres' ? await migratedDatabase() : undefined;
    const database = await openDatabase(made?.url ?? ':memory:');
    t.after(async () => {
      await database.close();
      await made?.drop();
    });
    // Tests run on a cluster that forgets; here the question is what a transaction changes of a careful one.
    const careful = async (k: Db['k']): Promise<void> => {
      if (dialect === 'postgres') await sql`set session synchronous_commit = on`.execute(k);
    };
    const inside = (durable?: 'now' | 'with-next') =>
      database.transaction('main', ({ k }) => settingOf(k, dialect), durable);
    const { waits, doesNot } = settings[dialect];
    await careful(database.all.k);
    assert.equal(await inside('with-next'), doesNot);
    assert.equal(await settingOf(database.all.k, dialect), waits, 'it ends with its transaction');
    assert.equal(await inside(), waits);
    const broken = database.transaction(
      'main',
      async () => {
        throw new Error('rolled back');
      },
      'with-next',
    );
    await assert.rejects(broken, /rolled back/);
    assert.equal(await inside(), waits, 'a transaction that fails leaves nothing behind');
  });
}
