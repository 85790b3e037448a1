/** Hardware tokens that were imported, whether somebody has them or not. */
import type { Db, Tx } from './open.ts';
import type { TokenRow } from './tables.ts';

/** The token with this serial number. */
export const findToken = (db: Db, serial: string): Promise<TokenRow | undefined> =>
  db.k.selectFrom('tokens').selectAll().where('tenant', '=', db.tenant).where('serial', '=', serial).executeTakeFirst();

/** The token that is this factor of the user. */
export const tokenOfFactor = (db: Db, userId: string, factorId: string): Promise<TokenRow | undefined> =>
  db.k
    .selectFrom('tokens')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('user_id', '=', userId)
    .where('factor_id', '=', factorId)
    .executeTakeFirst();

/** Whether there is a token that this user, or a newcomer, could take now: free or kept for them, and within its dates. */
export async function hasTokenFor(db: Db, userId: string | undefined, now: number): Promise<boolean> {
  const found = await db.k
    .selectFrom('tokens')
    .select('serial')
    .where('tenant', '=', db.tenant)
    .where((is) => is.or([is('state', '=', 'free'), is('state', '=', 'reserved').and('user_id', '=', userId ?? '')]))
    .where((is) => is.or([is('starts_at', 'is', null), is('starts_at', '<=', now)]))
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Which tokens are listed, in the order of their serial numbers. */
export interface TokenSearch {
  readonly state?: TokenRow['state'] | undefined;
  readonly userId?: string | undefined;
  /** Only those after this serial number. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Lists tokens. */
export function listTokens(db: Db, { state, userId, after, limit }: TokenSearch): Promise<TokenRow[]> {
  let query = db.k.selectFrom('tokens').selectAll().where('tenant', '=', db.tenant);
  if (state !== undefined) query = query.where('state', '=', state);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (after !== undefined) query = query.where('serial', '>', after);
  return query.orderBy('serial').limit(limit).execute();
}

/** Adds a token; false where its serial number is here. */
export async function insertToken(tx: Tx, row: Omit<TokenRow, 'tenant' | 'version'>): Promise<boolean> {
  const result = await tx.k
    .insertInto('tokens')
    .values({ ...row, tenant: tx.tenant, version: 1 })
    .onConflict((c) => c.columns(['tenant', 'serial']).doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

/**
 * Gives a token to a user, as the factor that it is from now on, and empties its data here. One conditional statement:
 * false where it is neither free nor reserved for them, so of two at once one has it (OATH-17).
 */
export async function assignToken(
  tx: Tx,
  serial: string,
  to: { readonly userId: string; readonly factorId: string },
): Promise<boolean> {
  const result = await tx.k
    .updateTable('tokens')
    .set((is) => ({
      state: 'assigned',
      user_id: to.userId,
      factor_id: to.factorId,
      data: '',
      version: is('version', '+', 1),
    }))
    .where('tenant', '=', tx.tenant)
    .where('serial', '=', serial)
    .where((is) => is.or([is('state', '=', 'free'), is('state', '=', 'reserved').and('user_id', '=', to.userId)]))
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

/** Changes a token as it was read; false where it has moved since. */
export async function swapToken(
  tx: Tx,
  token: Pick<TokenRow, 'serial' | 'version'>,
  change: Partial<Pick<TokenRow, 'state' | 'user_id' | 'factor_id' | 'data'>>,
): Promise<boolean> {
  const result = await tx.k
    .updateTable('tokens')
    .set((is) => ({ ...change, version: is('version', '+', 1) }))
    .where('tenant', '=', tx.tenant)
    .where('serial', '=', token.serial)
    .where('version', '=', token.version)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}
