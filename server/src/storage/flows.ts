import type { Db, Tx } from './open.ts';
import { changed, columns, first, prepared } from './prepared.ts';
import type { FlowRow } from './tables.ts';

/** The flow with this id, or undefined. */
export const findFlow = (db: Db, id: string): Promise<FlowRow | undefined> =>
  first(byId(db, { tenant: db.tenant, id }));

const byId = prepared<{ tenant: string; id: string }, FlowRow>((k, p) =>
  k.selectFrom('flows').selectAll().where('tenant', '=', p.tenant).where('id', '=', p.id),
);

/**
 * What tells whether a flow has moved: its version, its open questions and those answered elsewhere, its user's epoch, and
 * whether the session that it belongs to has ended.
 */
export interface FlowMark {
  readonly id: string;
  readonly version: number;
  readonly open: number;
  readonly answered: number;
  readonly epoch: number | undefined;
  readonly ended: boolean;
}

/** The marks of many flows at once, for pages that wait. */
export async function flowMarks(db: Db, ids: readonly string[]): Promise<FlowMark[]> {
  const counts = await db.k
    .selectFrom('challenges')
    .select((eb) => ['flow_id', eb.fn.countAll<number>().as('open'), eb.fn.count<number>('answered_at').as('answered')])
    .where('tenant', '=', db.tenant)
    .where('flow_id', 'in', ids)
    .where('state', '=', 'open')
    .groupBy('flow_id')
    .execute();
  const versions = await db.k
    .selectFrom('flows as f')
    .leftJoin('users as u', (on) => on.onRef('u.tenant', '=', 'f.tenant').onRef('u.id', '=', 'f.user_id'))
    .leftJoin('sessions as s', (on) => on.onRef('s.tenant', '=', 'f.tenant').onRef('s.id', '=', 'f.session_id'))
    .select(['f.id', 'f.version', 'u.epoch', 's.ended_at'])
    .where('f.tenant', '=', db.tenant)
    .where('f.id', 'in', ids)
    .execute();
  const byFlow = new Map(counts.map((count) => [count.flow_id, count]));
  return versions.map(({ id, version, epoch, ended_at }) => {
    const { open = 0, answered = 0 } = byFlow.get(id) ?? {};
    const questions = { open: Number(open), answered: Number(answered) };
    return { id, version, ...questions, epoch: epoch ?? undefined, ended: ended_at !== null };
  });
}

/** Adds a flow. */
export async function insertFlow(tx: Tx, row: Omit<FlowRow, 'tenant'>): Promise<void> {
  await insert(tx, { ...row, tenant: tx.tenant });
}

const insert = prepared<FlowRow>((k, p) =>
  k
    .insertInto('flows')
    .values(
      columns(p, [
        'tenant',
        'id',
        'name',
        'transport',
        'holder_hash',
        'user_id',
        'epoch',
        'session_id',
        'step',
        'facts',
        'version',
        'address',
        'browser',
        'created_at',
        'expires_at',
        'done_at',
      ]),
    ),
);

/** What a commit changes of a flow. */
export type FlowChange = Pick<FlowRow, 'facts' | 'step' | 'user_id' | 'epoch' | 'done_at'>;

/** Moves a flow on; false where it has moved meanwhile or is over. */
export const swapFlow = async (
  tx: Tx,
  flow: { readonly id: string; readonly version: number },
  change: FlowChange,
): Promise<boolean> =>
  (await changed(swap(tx, { ...change, tenant: tx.tenant, id: flow.id, version: flow.version }))) === 1;

const swap = prepared<FlowChange & Pick<FlowRow, 'tenant' | 'id' | 'version'>>((k, p) =>
  k
    .updateTable('flows')
    .set((eb) => ({
      facts: p.facts,
      step: p.step,
      user_id: p.user_id,
      epoch: p.epoch,
      done_at: p.done_at,
      version: eb('version', '+', 1),
    }))
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('version', '=', p.version)
    .where('done_at', 'is', null),
);

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
