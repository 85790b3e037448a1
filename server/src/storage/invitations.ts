import type { Db, Tx } from './open.ts';
import type { InvitationRow } from './tables.ts';

/** The invitation that this token opens, while it is good. */
export const findInvitation = (db: Db, tokenHash: string, now: number): Promise<InvitationRow | undefined> =>
  db.k
    .selectFrom('invitations')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();

/** Adds an invitation; an older one to the same address dies. */
export async function insertInvitation(tx: Tx, row: Omit<InvitationRow, 'tenant' | 'used_at'>): Promise<void> {
  await tx.k
    .deleteFrom('invitations')
    .where('tenant', '=', tx.tenant)
    .where('email', '=', row.email)
    .where('used_at', 'is', null)
    .execute();
  await tx.k
    .insertInto('invitations')
    .values({ ...row, tenant: tx.tenant, used_at: null })
    .execute();
}

/** Uses an invitation; false where it was used or has ended. */
export async function useInvitation(tx: Tx, id: string, now: number): Promise<boolean> {
  const result = await tx.k
    .updateTable('invitations')
    .set({ used_at: now })
    .where('tenant', '=', tx.tenant)
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}
