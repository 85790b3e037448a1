import type { Db, Tx } from './open.ts';
import type { FlowRow } from './tables.ts';

/** The flow with this id, or undefined. */
export const findFlow = (db: Db, id: string): Promise<FlowRow | undefined> =>
  db.k.selectFrom('flows').selectAll().where('tenant', '=', db.tenant).where('id', '=', id).executeTakeFirst();

/** Adds a flow. */
export async function insertFlow(tx: Tx, row: Omit<FlowRow, 'tenant'>): Promise<void> {
  await tx.k
    .insertInto('flows')
    .values({ ...row, tenant: tx.tenant })
    .execute();
}

/** What a commit changes of a flow. */
export type FlowChange = Pick<FlowRow, 'facts' | 'step' | 'user_id' | 'epoch' | 'done_at'>;

/** Moves a flow on; false where it has moved meanwhile or is over. */
export async function swapFlow(
  tx: Tx,
  flow: { readonly id: string; readonly version: number },
  change: FlowChange,
): Promise<boolean> {
  const result = await tx.k
    .updateTable('flows')
    .set((eb) => ({ ...change, version: eb('version', '+', 1) }))
    .where('tenant', '=', tx.tenant)
    .where('id', '=', flow.id)
    .where('version', '=', flow.version)
    .where('done_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** Ends a flow without success. */
export async function endFlow(tx: Tx, id: string, now: number): Promise<void> {
  await tx.k
    .updateTable('flows')
    .set((eb) => ({ done_at: now, version: eb('version', '+', 1) }))
    .where('tenant', '=', tx.tenant)
    .where('id', '=', id)
    .where('done_at', 'is', null)
    .execute();
}
