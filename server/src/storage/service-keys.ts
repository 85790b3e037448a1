/** Keys of the service itself: made once, by whichever process is first, and the same for all. */
import type { Db, Tx } from './open.ts';
import type { ServiceKeyRow } from './tables.ts';

/** The key of this name. */
export const findServiceKey = (db: Db, name: string): Promise<ServiceKeyRow | undefined> =>
  db.k
    .selectFrom('service_keys')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('name', '=', name)
    .executeTakeFirst();

/** Keeps a key; false where there is one of this name: that one stays. */
export async function insertServiceKey(tx: Tx, row: Omit<ServiceKeyRow, 'tenant'>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.k
    .insertInto('service_keys')
    .values({ ...row, tenant: tx.tenant })
    .onConflict((c) => c.columns(['tenant', 'name']).doNothing())
    .executeTakeFirst();
  return Number(numInsertedOrUpdatedRows ?? 0) === 1;
}

/** Puts the same key under another seal; false where somebody else has. */
export async function resealServiceKey(
  tx: Tx,
  { name, private_key }: Pick<ServiceKeyRow, 'name' | 'private_key'>,
  sealed: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.k
    .updateTable('service_keys')
    .set({ private_key: sealed })
    .where('tenant', '=', tx.tenant)
    .where('name', '=', name)
    .where('private_key', '=', private_key)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
