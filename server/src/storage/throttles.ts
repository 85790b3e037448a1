import { sql } from 'kysely';
import type { Tx } from './open.ts';
import { first, prepared } from './prepared.ts';

/** At most `most` in each window of `windowMs` milliseconds. */
export interface Quota {
  readonly key: string;
  readonly most: number;
  readonly windowMs: number;
}

/** Takes one of a quota's places: one conditional statement. False when the window has none left. */
export async function takePlace(tx: Tx, quota: Quota, now: number): Promise<boolean> {
  const { key, most, windowMs } = quota;
  const start = now - (now % windowMs);
  return (await first(take(tx, { tenant: tx.tenant, key, start, most }))) !== undefined;
}

const take = prepared<{ tenant: string; key: string; start: number; most: number }, { count: number }>((k, p) =>
  k
    .insertInto('throttles')
    .values({ tenant: p.tenant, key: p.key, window_start: p.start, count: 1 })
    .onConflict((c) =>
      c
        .columns(['tenant', 'key'])
        .doUpdateSet({
          count: sql`case when throttles.window_start = cast(${p.start} as bigint) then throttles.count + 1 else 1 end`,
          window_start: p.start,
        })
        .where((eb) => eb.or([eb('throttles.window_start', '!=', p.start), eb('throttles.count', '<', p.most)])),
    )
    .returning('count'),
);

/** Milliseconds until the quota's window ends. */
export const untilWindowEnds = (quota: Quota, now: number): number => quota.windowMs - (now % quota.windowMs);
