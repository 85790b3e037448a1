import type { Db, Tx } from './open.ts';
import { first, prepared } from './prepared.ts';
import type { UserRow } from './tables.ts';

/** A new user. */
export type NewUser = Omit<UserRow, 'tenant' | 'password_exposed_at'>;

/** The user with this id, or undefined. */
export const findUser = (db: Db, id: string): Promise<UserRow | undefined> =>
  first(byId(db, { tenant: db.tenant, id }));

const byId = prepared<{ tenant: string; id: string }, UserRow>((k, p) =>
  k.selectFrom('users').selectAll().where('tenant', '=', p.tenant).where('id', '=', p.id),
);

/** The user with this canonical address, or undefined. */
export const findUserByEmail = (db: Db, canonical: string): Promise<UserRow | undefined> =>
  first(byEmail(db, { tenant: db.tenant, canonical }));

const byEmail = prepared<{ tenant: string; canonical: string }, UserRow>((k, p) =>
  k.selectFrom('users').selectAll().where('tenant', '=', p.tenant).where('email_canonical', '=', p.canonical),
);

/**
 * Locks the user's row until the transaction ends and gives it; the first thing of every commit about a user. SQLite
 * holds the whole database while it writes, so there it is just read.
 */
export const lockUser = (tx: Tx, id: string): Promise<UserRow | undefined> =>
  tx.dialect === 'postgres' ? first(locking(tx, { tenant: tx.tenant, id })) : findUser(tx, id);

const locking = prepared<{ tenant: string; id: string }, UserRow>((k, p) =>
  k.selectFrom('users').selectAll().where('tenant', '=', p.tenant).where('id', '=', p.id).forUpdate(),
);

/** Adds a user; false where the address is taken. */
export async function insertUser(tx: Tx, user: NewUser): Promise<boolean> {
  const result = await tx.k
    .insertInto('users')
    .values({ ...user, tenant: tx.tenant, password_exposed_at: null })
    .onConflict((c) => c.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

/** Changes columns of a user. */
export async function updateUser(tx: Tx, id: string, change: Partial<Omit<UserRow, 'tenant' | 'id'>>): Promise<void> {
  await tx.k.updateTable('users').set(change).where('tenant', '=', tx.tenant).where('id', '=', id).execute();
}

/** Raises the user's epoch, which ends every flow that knew an older one, and gives the new one. */
export async function raiseEpoch(tx: Tx, id: string): Promise<number> {
  const row = await tx.k
    .updateTable('users')
    .set((eb) => ({ epoch: eb('epoch', '+', 1) }))
    .where('tenant', '=', tx.tenant)
    .where('id', '=', id)
    .returning('epoch')
    .executeTakeFirstOrThrow();
  return row.epoch;
}

/** The names of the user's roles. */
export async function rolesOf(db: Db, userId: string): Promise<string[]> {
  const { rows } = await roles(db, { tenant: db.tenant, userId });
  return rows.map((row) => row.role);
}

const roles = prepared<{ tenant: string; userId: string }, { role: string }>((k, p) =>
  k
    .selectFrom('user_roles')
    .select('role')
    .where('tenant', '=', p.tenant)
    .where('user_id', '=', p.userId)
    .orderBy('role'),
);

/** Gives the user a role. */
export async function giveRole(tx: Tx, userId: string, role: string, now: number): Promise<void> {
  await tx.k
    .insertInto('user_roles')
    .values({ tenant: tx.tenant, user_id: userId, role, given_at: now })
    .onConflict((c) => c.doNothing())
    .execute();
}

/** How many active users hold this role. */
export async function countRole(db: Db, role: string): Promise<number> {
  const row = await db.k
    .selectFrom('user_roles')
    .innerJoin('users', (join) =>
      join.onRef('users.id', '=', 'user_roles.user_id').onRef('users.tenant', '=', 'user_roles.tenant'),
    )
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_roles.tenant', '=', db.tenant)
    .where('user_roles.role', '=', role)
    .where('users.state', '=', 'active')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
