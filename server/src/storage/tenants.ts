import type { Db, Tx } from './open.ts';
import type { TenantRow } from './tables.ts';

/** The tenant of this handle, or undefined. */
export const findTenant = (db: Db): Promise<TenantRow | undefined> =>
  db.k.selectFrom('tenants').selectAll().where('id', '=', db.tenant).executeTakeFirst();

/** Writes the tenant's row, new or changed. */
export async function putTenant(tx: Tx, row: Omit<TenantRow, 'id' | 'version' | 'created_at'>, now: number) {
  await tx.k
    .insertInto('tenants')
    .values({ ...row, id: tx.tenant, version: 1, created_at: now })
    .onConflict((c) => c.column('id').doUpdateSet((eb) => ({ ...row, version: eb('tenants.version', '+', 1) })))
    .execute();
}

/** Locks the tenant's row until the transaction ends: rules about the last owner count under it. */
export async function lockTenant(tx: Tx): Promise<void> {
  await tx.k
    .updateTable('tenants')
    .set((eb) => ({ version: eb('version', '+', 0) }))
    .where('id', '=', tx.tenant)
    .execute();
}
