import type { Db, Tx } from './open.ts';
import type { ChallengeRow } from './tables.ts';

/** The flow's open challenges, newest first. */
export const openChallenges = (db: Db, flowId: string): Promise<ChallengeRow[]> =>
  db.k
    .selectFrom('challenges')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('flow_id', '=', flowId)
    .where('state', '=', 'open')
    .orderBy('created_at', 'desc')
    .execute();

/** Puts a question. */
export async function insertChallenge(tx: Tx, row: Omit<ChallengeRow, 'tenant' | 'attempts' | 'state'>): Promise<void> {
  await tx.k
    .insertInto('challenges')
    .values({ ...row, tenant: tx.tenant, attempts: 0, state: 'open' })
    .execute();
}

/** Takes one of the challenge's attempts: the row count is the verdict. Gives the count, or undefined when none is left. */
export async function takeChallengeAttempt(tx: Tx, id: string, most: number, now: number): Promise<number | undefined> {
  const row = await tx.k
    .updateTable('challenges')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('tenant', '=', tx.tenant)
    .where('id', '=', id)
    .where('state', '=', 'open')
    .where('attempts', '<', most)
    .where('expires_at', '>', now)
    .returning('attempts')
    .executeTakeFirst();
  return row?.attempts;
}

/** Closes a challenge: false where it is no longer open. */
export async function closeChallenge(tx: Tx, id: string, state: 'answered' | 'dead'): Promise<boolean> {
  const result = await tx.k
    .updateTable('challenges')
    .set({ state, pending: '' })
    .where('tenant', '=', tx.tenant)
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** Kills the flow's open challenges of one factor, or of no factor and one kind, before a new one is put. */
export async function killChallenges(
  tx: Tx,
  of: { readonly flowId: string; readonly factorId: string | null; readonly kind: string },
): Promise<void> {
  await tx.k
    .updateTable('challenges')
    .set({ state: 'dead', pending: '' })
    .where('tenant', '=', tx.tenant)
    .where('flow_id', '=', of.flowId)
    .where('kind', '=', of.kind)
    .where('factor_id', of.factorId === null ? 'is' : '=', of.factorId)
    .where('state', '=', 'open')
    .execute();
}

/** Kills all of a user's open challenges of one purpose, in every flow: a newer one replaces them. */
export async function killChallengesFor(tx: Tx, userId: string, purpose: string): Promise<void> {
  await tx.k
    .updateTable('challenges')
    .set({ state: 'dead', pending: '' })
    .where('tenant', '=', tx.tenant)
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('state', '=', 'open')
    .execute();
}

/** Kills a user's open challenges that were put to one factor. */
export async function killChallengesOfFactor(tx: Tx, userId: string, factorId: string): Promise<void> {
  await tx.k
    .updateTable('challenges')
    .set({ state: 'dead', pending: '' })
    .where('tenant', '=', tx.tenant)
    .where('user_id', '=', userId)
    .where('factor_id', '=', factorId)
    .where('state', '=', 'open')
    .execute();
}
