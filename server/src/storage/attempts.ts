/** Attempts are counted here and nowhere else; `policy/limits.ts` decides the numbers. */
import { sql } from 'kysely';
import type { Db, Tx } from './open.ts';
import { columns, first, prepared } from './prepared.ts';
import type { AttemptRow } from './tables.ts';

/**
 * The row that holds the total of a lane and its like: recovery has one of its own, so that strangers' failures at the
 * front door never close the way back. Whoever locks both takes the total last, so that nobody waits in a circle.
 */
const totalOf = (lane: string): string => (lane === 'recovery' ? 'all-recovery' : 'all');

/** Whose attempts: a user (or the keyed hash of an identifier nobody has), a kind, a lane. */
export interface Counted {
  readonly subject: string;
  readonly kind: string;
  readonly lane: string;
}

/**
 * After how many attempts in a row how long a pause follows, in milliseconds. The list starts again after its end, and
 * its last pause, the block, doubles each time (to 32 times): who comes back after each block guesses ever more seldom.
 */
export interface Pace {
  readonly pauses: readonly number[];
  /** The total over all lanes at which the kind is disabled for the subject. */
  readonly disableAt: number;
}

/** How often the block doubles: from half an hour to sixteen hours. */
const doublings = 5;

/** The values of one attempt; `pause1` is what follows the first attempt in a row, and so on. */
type Attempt = Omit<AttemptRow, 'count' | 'last_at'> & { readonly now: number; readonly block: number } & Readonly<
    Record<`pause${number}`, number>
  >;

const byPauses = new Map<number, ReturnType<typeof laneStatement>>();

/** One statement for each number of pauses; the pauses themselves are values. */
const laneStatement = (pauses: number) =>
  prepared<Attempt, { count: number }>((k, p) => {
    const rounds = sql`((attempts.count + 1) / ${sql.lit(pauses)})`;
    const doubled = sql`(1 << (case when ${rounds} > ${sql.lit(doublings)} then ${sql.lit(doublings)} else ${rounds} - 1 end))`;
    const cases = Array.from({ length: pauses }, (_, i) => {
      const end = sql`cast(${p[`pause${i + 1}`]} as bigint)`;
      const later = sql`${end} + cast(${p.block} as bigint) * (${doubled} - 1)`;
      return sql`when ${sql.lit((i + 1) % pauses)} then ${i + 1 === pauses ? later : end}`;
    });
    const openAt = sql<number>`case ((attempts.count + 1) % ${sql.lit(pauses)}) ${sql.join(cases, sql` `)} end`;
    return k
      .insertInto('attempts')
      .values({ ...columns(p, ['tenant', 'subject', 'kind', 'lane', 'open_at']), count: 1, last_at: p.now })
      .onConflict((c) =>
        c
          .columns(['tenant', 'subject', 'kind', 'lane'])
          .doUpdateSet({ count: sql`attempts.count + 1`, open_at: openAt, last_at: p.now })
          .where('attempts.open_at', '<=', p.now),
      )
      .returning('count');
  });

/**
 * Takes one attempt in its lane: one conditional statement whose row count is the verdict, so that a hundred at once
 * cannot read the same count. Gives false while the lane is paused.
 */
export async function takeLaneAttempt(tx: Tx, of: Counted, pace: Pace, now: number): Promise<boolean> {
  const { pauses } = pace;
  const statement = byPauses.get(pauses.length) ?? laneStatement(pauses.length);
  byPauses.set(pauses.length, statement);
  // No pause is no time at all: another process may have read its clock a moment earlier, and comes later.
  const end = (pause = 0): number => (pause === 0 ? 0 : now + pause);
  const ends = Object.fromEntries(pauses.map((pause, i) => [`pause${i + 1}`, end(pause)]));
  const { subject, kind, lane } = of;
  const values = {
    ...ends,
    tenant: tx.tenant,
    subject,
    kind,
    lane,
    open_at: end(pauses[0]),
    now,
    block: pauses.at(-1) ?? 0,
  };
  return (await first(statement(tx, values))) !== undefined;
}

/** Takes one attempt of the total over all lanes and gives it: undefined once the kind is disabled for the subject. */
export async function takeTotalAttempt(tx: Tx, of: Counted, pace: Pace, now: number): Promise<number | undefined> {
  const { subject, kind, lane } = of;
  const values = { tenant: tx.tenant, subject, kind, lane: totalOf(lane), most: pace.disableAt, now };
  return (await first(takeTotal(tx, values)))?.count;
}

type Total = Pick<AttemptRow, 'tenant' | 'subject' | 'kind' | 'lane'> & { readonly most: number; readonly now: number };

const takeTotal = prepared<Total, { count: number }>((k, p) =>
  k
    .insertInto('attempts')
    .values({ ...columns(p, ['tenant', 'subject', 'kind', 'lane']), count: 1, open_at: 0, last_at: p.now })
    .onConflict((c) =>
      c
        .columns(['tenant', 'subject', 'kind', 'lane'])
        .doUpdateSet({ count: sql`attempts.count + 1`, last_at: p.now })
        .where('attempts.count', '<', p.most),
    )
    .returning('count'),
);

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

/** The row of the total over the lane and its like, or undefined. */
export const totalAttempts = (db: Db, of: Counted): Promise<AttemptRow | undefined> =>
  laneAttempts(db, { ...of, lane: totalOf(of.lane) });

/** After a success: this lane's count and the run of failures over all lanes end; other lanes keep their pauses. */
export async function clearAttempts(tx: Tx, of: Counted): Promise<void> {
  const { subject, kind } = of;
  for (const lane of [of.lane, totalOf(of.lane)]) await clear(tx, { tenant: tx.tenant, subject, kind, lane });
}

const clear = prepared<Pick<AttemptRow, 'tenant' | 'subject' | 'kind' | 'lane'>>((k, p) =>
  k
    .deleteFrom('attempts')
    .where('tenant', '=', p.tenant)
    .where('subject', '=', p.subject)
    .where('kind', '=', p.kind)
    .where('lane', '=', p.lane),
);

/** What is counted in totals alone ends. */
export async function forgetTotals(tx: Tx, subject: string, kinds: readonly string[]): Promise<void> {
  await tx.k
    .deleteFrom('attempts')
    .where('tenant', '=', tx.tenant)
    .where('subject', '=', subject)
    .where('kind', 'in', kinds)
    .execute();
}

/** After a rebinding: all counts of the kind end. */
export async function forgetAttempts(tx: Tx, subject: string, kind: string): Promise<void> {
  for (const like of ['not like', 'like'] as const) {
    await tx.k
      .deleteFrom('attempts')
      .where('tenant', '=', tx.tenant)
      .where('subject', '=', subject)
      .where('kind', '=', kind)
      .where('lane', like, 'all%')
      .execute();
  }
}
