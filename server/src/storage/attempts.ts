/** Attempts are counted here and nowhere else; `policy/limits.ts` decides the numbers. */
import { sql } from 'kysely';
import type { Db, Tx } from './open.ts';
import type { AttemptRow } from './tables.ts';

/** The lane that holds the total over the others. */
const total = 'all';

/** Whose attempts: a user (or the keyed hash of an identifier nobody has), a kind, a lane. */
export interface Counted {
  readonly subject: string;
  readonly kind: string;
  readonly lane: string;
}

/** After how many attempts in a row how long a pause follows, in milliseconds; the list starts again after its end. */
export interface Pace {
  readonly pauses: readonly number[];
  /** The total over all lanes at which the kind is disabled for the subject. */
  readonly disableAt: number;
}

/**
 * Takes one attempt in its lane: one conditional statement whose row count is the verdict, so that a hundred at once
 * cannot read the same count. Gives false while the lane is paused.
 */
export async function takeLaneAttempt(tx: Tx, of: Counted, pace: Pace, now: number): Promise<boolean> {
  const openAfter = (count: ReturnType<typeof sql<number>>) => {
    const cases = pace.pauses.map((pause, i) => sql`when ${sql.lit((i + 1) % pace.pauses.length)} then ${now + pause}`);
    return sql<number>`case ((${count}) % ${sql.lit(pace.pauses.length)}) ${sql.join(cases, sql` `)} else ${now} end`;
  };
  const row = await tx.k
    .insertInto('attempts')
    .values({
      tenant: tx.tenant,
      subject: of.subject,
      kind: of.kind,
      lane: of.lane,
      count: 1,
      open_at: now + (pace.pauses[0] ?? 0),
      last_at: now,
    })
    .onConflict((c) =>
      c
        .columns(['tenant', 'subject', 'kind', 'lane'])
        .doUpdateSet({
          count: sql`attempts.count + 1`,
          open_at: sql`cast(${openAfter(sql`attempts.count + 1`)} as bigint)`,
          last_at: now,
        })
        .where('attempts.open_at', '<=', now),
    )
    .returning('count')
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes one attempt of the total over all lanes: false once the kind is disabled for the subject. */
export async function takeTotalAttempt(tx: Tx, of: Counted, pace: Pace, now: number): Promise<number | undefined> {
  const row = await tx.k
    .insertInto('attempts')
    .values({ tenant: tx.tenant, subject: of.subject, kind: of.kind, lane: total, count: 1, open_at: 0, last_at: now })
    .onConflict((c) =>
      c
        .columns(['tenant', 'subject', 'kind', 'lane'])
        .doUpdateSet({ count: sql`attempts.count + 1`, last_at: now })
        .where('attempts.count', '<', pace.disableAt),
    )
    .returning('count')
    .executeTakeFirst();
  return row?.count;
}

/** The lane's row, or undefined. */
export const laneAttempts = (db: Db, of: Counted): Promise<AttemptRow | undefined> =>
  db.k
    .selectFrom('attempts')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('subject', '=', of.subject)
    .where('kind', '=', of.kind)
    .where('lane', '=', of.lane)
    .executeTakeFirst();

/** After a success: this lane's count and the run of failures over all lanes end; other lanes keep their pauses. */
export async function clearAttempts(tx: Tx, of: Counted): Promise<void> {
  await tx.k
    .deleteFrom('attempts')
    .where('tenant', '=', tx.tenant)
    .where('subject', '=', of.subject)
    .where('kind', '=', of.kind)
    .where('lane', 'in', [of.lane, total])
    .execute();
}

/** After a rebinding: all counts of the kind end. */
export async function forgetAttempts(tx: Tx, subject: string, kind: string): Promise<void> {
  await tx.k
    .deleteFrom('attempts')
    .where('tenant', '=', tx.tenant)
    .where('subject', '=', subject)
    .where('kind', '=', kind)
    .execute();
}
