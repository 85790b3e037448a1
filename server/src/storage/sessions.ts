import type { CompiledQuery } from 'kysely';
import type { Db, Tx } from './open.ts';
import type { SessionRow, UserRow } from './tables.ts';

/** A live session with what every request needs of its user. */
export type FoundSession = SessionRow & Pick<UserRow, 'epoch' | 'state'>;

const hole = { tenant: '\u0000tenant', token: '\u0000token' };
const compiled = new WeakMap<object, CompiledQuery<FoundSession>>();

/**
 * The session of a token, with its user's state. The query is the same at every request, so it is compiled once and
 * only its two values are put in: compiling costs more than running it.
 */
export async function findSession(db: Db, tokenHash: string): Promise<FoundSession | undefined> {
  const k = db.k;
  let query = compiled.get(k);
  if (!query) {
    query = k
      .selectFrom('sessions')
      .innerJoin('users', (join) =>
        join.onRef('users.tenant', '=', 'sessions.tenant').onRef('users.id', '=', 'sessions.user_id'),
      )
      .selectAll('sessions')
      .select(['users.epoch', 'users.state'])
      .where('sessions.tenant', '=', hole.tenant)
      .where('sessions.token_hash', '=', hole.token)
      .where('sessions.ended_at', 'is', null)
      .compile();
    compiled.set(k, query);
  }
  const parameters = query.parameters.map((value) =>
    value === hole.tenant ? db.tenant : value === hole.token ? tokenHash : value,
  );
  const { rows } = await k.executeQuery<FoundSession>({ ...query, parameters });
  return rows[0];
}

/** The live session with this id, or undefined; inside a commit. */
export const liveSession = (db: Db, id: string): Promise<SessionRow | undefined> =>
  db.k
    .selectFrom('sessions')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();

/** The user's sessions that have not ended, latest first. */
export const sessionsOf = (db: Db, userId: string): Promise<SessionRow[]> =>
  db.k
    .selectFrom('sessions')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .orderBy('last_seen_at', 'desc')
    .execute();

/** Adds a session. */
export async function insertSession(tx: Tx, row: Omit<SessionRow, 'tenant'>): Promise<void> {
  await tx.k
    .insertInto('sessions')
    .values({ ...row, tenant: tx.tenant })
    .execute();
}

/** Notes that a session was used. */
export async function touchSession(tx: Tx, id: string, now: number, address: string): Promise<void> {
  await tx.k
    .updateTable('sessions')
    .set({ last_seen_at: now, address })
    .where('tenant', '=', tx.tenant)
    .where('id', '=', id)
    .execute();
}

/** Ends one session; false where it had ended. */
export async function endSession(tx: Tx, userId: string, id: string, now: number): Promise<boolean> {
  const result = await tx.k
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('tenant', '=', tx.tenant)
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** Ends all of a user's sessions but one, and gives how many. */
export async function endSessionsOf(tx: Tx, userId: string, but: string | null, now: number): Promise<number> {
  const result = await tx.k
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('tenant', '=', tx.tenant)
    .where('user_id', '=', userId)
    .where('id', '!=', but ?? '')
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
