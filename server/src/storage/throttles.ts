import { sql } from 'kysely';
import type { Tx } from './open.ts';

/** At most `most` in each window of `windowMs` milliseconds. */
export interface Quota {
  readonly key: string;
  readonly most: number;
  readonly windowMs: number;
}

/** Takes one of a quota's places: one conditional statement. False when the window has none left. */
export async function takePlace(tx: Tx, quota: Quota, now: number): Promise<boolean> {
  const start = now - (now % quota.windowMs);
  const row = await tx.k
    .insertInto('throttles')
    .values({ tenant: tx.tenant, key: quota.key, window_start: start, count: 1 })
    .onConflict((c) =>
      c
        .columns(['tenant', 'key'])
        .doUpdateSet({
          count: sql`case when throttles.window_start = ${sql.lit(start)} then throttles.count + 1 else 1 end`,
          window_start: start,
        })
        .where((eb) => eb.or([eb('throttles.window_start', '!=', start), eb('throttles.count', '<', quota.most)])),
    )
    .returning('count')
    .executeTakeFirst();
  return row !== undefined;
}

/** Milliseconds until the quota's window ends. */
export const untilWindowEnds = (quota: Quota, now: number): number => quota.windowMs - (now % quota.windowMs);
