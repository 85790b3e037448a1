import type { Db, Tx } from './open.ts';
import { prepared } from './prepared.ts';

/** Whether this browser has completed a sign-in of this user before. */
export async function isKnownBrowser(db: Db, userId: string, tokenHash: string): Promise<boolean> {
  return (await known(db, { tenant: db.tenant, userId, tokenHash })).rows.length > 0;
}

const known = prepared<{ tenant: string; userId: string; tokenHash: string }>((k, p) =>
  k
    .selectFrom('known_browsers')
    .select('created_at')
    .where('tenant', '=', p.tenant)
    .where('user_id', '=', p.userId)
    .where('token_hash', '=', p.tokenHash),
);

/** How many browsers this user has signed in from. */
export async function countKnownBrowsers(db: Db, userId: string): Promise<number> {
  const row = await db.k
    .selectFrom('known_browsers')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant', '=', db.tenant)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Remembers a browser after a complete sign-in. */
export async function rememberBrowser(
  tx: Tx,
  row: { readonly user_id: string; readonly token_hash: string; readonly browser: string },
  now: number,
): Promise<void> {
  await tx.k
    .insertInto('known_browsers')
    .values({ ...row, tenant: tx.tenant, created_at: now, last_seen_at: now })
    .onConflict((c) => c.columns(['tenant', 'user_id', 'token_hash']).doUpdateSet({ last_seen_at: now }))
    .execute();
}

/** Whether this token was given to any browser of this tenant. */
export async function isGivenToken(db: Db, tokenHash: string): Promise<boolean> {
  const row = await db.k
    .selectFrom('known_browsers')
    .select('created_at')
    .where('tenant', '=', db.tenant)
    .where('token_hash', '=', tokenHash)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
