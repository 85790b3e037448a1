import type { Db, Tx } from './open.ts';
import { first, prepared } from './prepared.ts';
import type { SessionRow, UserRow } from './tables.ts';

/** A live session with what every request needs of its user. */
export type FoundSession = SessionRow & Pick<UserRow, 'epoch' | 'state'>;

/** The session of a token that has not ended, with its user's state. */
export const findSession = (db: Db, tokenHash: string): Promise<FoundSession | undefined> =>
  first(byToken(db, { tenant: db.tenant, tokenHash }));

const byToken = prepared<{ tenant: string; tokenHash: string }, FoundSession>((k, p) =>
  k
    .selectFrom('sessions')
    .innerJoin('users', (join) =>
      join.onRef('users.tenant', '=', 'sessions.tenant').onRef('users.id', '=', 'sessions.user_id'),
    )
    .selectAll('sessions')
    .select(['users.epoch', 'users.state'])
    .where('sessions.tenant', '=', p.tenant)
    .where('sessions.token_hash', '=', p.tokenHash)
    .where('sessions.ended_at', 'is', null),
);

/** The session with this id while it is live: not ended, not too old, not idle too long. */
export const liveSession = (db: Db, id: string, now: number): Promise<SessionRow | undefined> =>
  db.k
    .selectFrom('sessions')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .where((eb) => eb(eb('last_seen_at', '+', eb.ref('idle_ms')), '>', now))
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
