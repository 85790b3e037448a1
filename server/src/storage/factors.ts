import type { Db, Tx } from './open.ts';
import { changed, first, prepared } from './prepared.ts';
import type { FactorRow } from './tables.ts';

/** The user's factors that are in use or reported lost, oldest first. */
export const factorsOf = async (db: Db, userId: string): Promise<FactorRow[]> =>
  (await ofUser(db, { tenant: db.tenant, userId })).rows;

const ofUser = prepared<{ tenant: string; userId: string }, FactorRow>((k, p) =>
  k
    .selectFrom('factors')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('user_id', '=', p.userId)
    .where('state', '!=', 'spent')
    .orderBy('created_at')
    .orderBy('kind')
    .orderBy('id'),
);

/** The factor in use that this leads to: a key's id, a device's. */
export const factorWith = (db: Db, kind: string, lookup: string): Promise<FactorRow | undefined> =>
  first(byLookup(db, { tenant: db.tenant, kind, lookup }));

const byLookup = prepared<{ tenant: string; kind: string; lookup: string }, FactorRow>((k, p) =>
  k
    .selectFrom('factors')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('kind', '=', p.kind)
    .where('lookup', '=', p.lookup)
    .where('state', '=', 'active'),
);

/** Adds a factor. */
export async function insertFactor(tx: Tx, row: Omit<FactorRow, 'tenant' | 'version'>): Promise<void> {
  await tx.k
    .insertInto('factors')
    .values({ ...row, tenant: tx.tenant, version: 1 })
    .execute();
}

/**
 * Keeps a factor's data after an accepted answer: false where another answer was accepted meanwhile, and then this one
 * must be judged again on the fresh data.
 */
export const swapFactorData = async (
  tx: Tx,
  factor: Pick<FactorRow, 'id' | 'version' | 'level'>,
  change: Pick<FactorRow, 'data' | 'state' | 'last_used_at'> & { readonly level?: FactorRow['level'] },
): Promise<boolean> =>
  (await changed(
    swap(tx, { level: factor.level, ...change, tenant: tx.tenant, id: factor.id, version: factor.version }),
  )) === 1;

type Swap = Pick<FactorRow, 'tenant' | 'id' | 'version' | 'data' | 'state' | 'level' | 'last_used_at'>;

const swap = prepared<Swap>((k, p) =>
  k
    .updateTable('factors')
    .set((eb) => ({
      data: p.data,
      state: p.state,
      level: p.level,
      last_used_at: p.last_used_at,
      version: eb('version', '+', 1),
    }))
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('version', '=', p.version)
    .where('state', '=', 'active'),
);

/** Changes what does not touch the proof itself: label, preference, state, what it is looked up by. */
export async function updateFactor(
  tx: Tx,
  id: string,
  change: Partial<Pick<FactorRow, 'label' | 'preferred' | 'kept' | 'state' | 'lookup' | 'data'>>,
): Promise<void> {
  await tx.k.updateTable('factors').set(change).where('tenant', '=', tx.tenant).where('id', '=', id).execute();
}

/** Makes one of the user's factors the preferred one, or none. */
export async function preferFactor(tx: Tx, userId: string, id: string | null): Promise<void> {
  await tx.k
    .updateTable('factors')
    .set((eb) => ({
      preferred: eb
        .case()
        .when('id', '=', id ?? '')
        .then(1)
        .else(0)
        .end(),
    }))
    .where('tenant', '=', tx.tenant)
    .where('user_id', '=', userId)
    .execute();
}

/** Removes a factor with its secret. */
export async function deleteFactor(tx: Tx, id: string): Promise<void> {
  await tx.k.deleteFrom('factors').where('tenant', '=', tx.tenant).where('id', '=', id).execute();
}

/** Removes all of a user's factors of one kind: a new set kills the old one. */
export async function deleteFactorsOfKind(tx: Tx, userId: string, kind: string): Promise<void> {
  await tx.k
    .deleteFrom('factors')
    .where('tenant', '=', tx.tenant)
    .where('user_id', '=', userId)
    .where('kind', '=', kind)
    .execute();
}
