import { markConverted } from './messages.ts';
import type { Db, Tx } from './open.ts';
import { changed, columns, first, prepared } from './prepared.ts';
import type { ChallengeRow } from './tables.ts';

/** The flow's open challenges, and the one that was denied, newest first. */
export const openChallenges = async (db: Db, flowId: string): Promise<ChallengeRow[]> =>
  (await open(db, { tenant: db.tenant, flowId })).rows;

const open = prepared<{ tenant: string; flowId: string }, ChallengeRow>((k, p) =>
  k
    .selectFrom('challenges')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('flow_id', '=', p.flowId)
    .where('state', 'in', ['open', 'denied'])
    .orderBy('created_at', 'desc'),
);

/** The challenge with this id, or undefined. */
export const findChallenge = (db: Db, id: string): Promise<ChallengeRow | undefined> =>
  first(byId(db, { tenant: db.tenant, id }));

const byId = prepared<{ tenant: string; id: string }, ChallengeRow>((k, p) =>
  k.selectFrom('challenges').selectAll().where('tenant', '=', p.tenant).where('id', '=', p.id),
);

/** A device's questions that wait for its answer, oldest first. */
export const waitingFor = async (db: Db, of: { userId: string; factorId: string }, now: number) =>
  (await waiting(db, { tenant: db.tenant, ...of, now })).rows;

const waiting = prepared<{ tenant: string; userId: string; factorId: string; now: number }, ChallengeRow>((k, p) =>
  k
    .selectFrom('challenges')
    .selectAll()
    .where('tenant', '=', p.tenant)
    .where('user_id', '=', p.userId)
    .where('factor_id', '=', p.factorId)
    .where('state', '=', 'open')
    .where('answered_at', 'is', null)
    .where('expires_at', '>', p.now)
    .orderBy('created_at'),
);

/** Keeps what another device answered, once and in time: false where it is too late. The flow has until then to collect. */
export const answerElsewhere = async (
  tx: Tx,
  id: string,
  answered: { readonly answer: string; readonly now: number; readonly collectBy: number },
): Promise<boolean> => (await changed(elsewhere(tx, { tenant: tx.tenant, id, ...answered }))) === 1;

const elsewhere = prepared<{ tenant: string; id: string; answer: string; now: number; collectBy: number }>((k, p) =>
  k
    .updateTable('challenges')
    .set({ answer: p.answer, answered_at: p.now, expires_at: p.collectBy })
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('state', '=', 'open')
    .where('answered_at', 'is', null)
    .where('expires_at', '>', p.now),
);

/** A question that is put. */
export type NewChallenge = Omit<ChallengeRow, 'tenant' | 'attempts' | 'state' | 'answer' | 'answered_at'>;

/** Puts a question. */
export async function insertChallenge(tx: Tx, row: NewChallenge): Promise<void> {
  await insert(tx, { ...row, tenant: tx.tenant, attempts: 0, state: 'open', answer: null, answered_at: null });
}

const insert = prepared<ChallengeRow>((k, p) =>
  k
    .insertInto('challenges')
    .values(
      columns(p, [
        'tenant',
        'id',
        'flow_id',
        'user_id',
        'factor_id',
        'kind',
        'purpose',
        'state',
        'attempts',
        'pending',
        'created_at',
        'expires_at',
        'resend_at',
        'answer',
        'answered_at',
      ]),
    ),
);

/** Takes one of the challenge's attempts: the row count is the verdict. Gives the count, or undefined when none is left. */
export async function takeChallengeAttempt(tx: Tx, id: string, most: number, now: number): Promise<number | undefined> {
  return (await first(take(tx, { tenant: tx.tenant, id, most, now })))?.attempts;
}

const take = prepared<{ tenant: string; id: string; most: number; now: number }, { attempts: number }>((k, p) =>
  k
    .updateTable('challenges')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('state', '=', 'open')
    .where('attempts', '<', p.most)
    .where('expires_at', '>', p.now)
    .returning('attempts'),
);

/** Closes a challenge: false where it is no longer open. */
export const closeChallenge = async (tx: Tx, id: string, state: 'answered' | 'denied' | 'dead'): Promise<boolean> =>
  (await changed(close(tx, { tenant: tx.tenant, id, state }))) === 1;

const close = prepared<{ tenant: string; id: string; state: 'answered' | 'denied' | 'dead' }>((k, p) =>
  k
    .updateTable('challenges')
    .set({ state: p.state, pending: '', answer: null })
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('state', '=', 'open')
    .where('answered_at', 'is', null),
);

/**
 * Closes a challenge that was answered rightly: false where it is no longer open. The message that carried its code has
 * arrived, and is marked.
 */
export async function answerChallenge(tx: Tx, id: string, now: number): Promise<boolean> {
  const answered = await first(answer(tx, { tenant: tx.tenant, id }));
  // Only a code that is sent can be asked for again.
  if (answered && answered.resend_at !== null) await markConverted(tx, id, now);
  return answered !== undefined;
}

const answer = prepared<{ tenant: string; id: string }, Pick<ChallengeRow, 'resend_at'>>((k, p) =>
  k
    .updateTable('challenges')
    .set({ state: 'answered', pending: '', answer: null })
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('state', '=', 'open')
    .returning('resend_at'),
);

/** All open challenges become dead; which of them, the caller adds. */
const kill = (tx: Tx) =>
  tx.k
    .updateTable('challenges')
    .set({ state: 'dead', pending: '', answer: null })
    .where('tenant', '=', tx.tenant)
    .where('state', '=', 'open');

/** Kills the flow's open challenges of one factor, or of no factor and one kind, before a new one is put. */
export async function killChallenges(
  tx: Tx,
  of: { readonly flowId: string; readonly factorId: string | null; readonly kind: string },
): Promise<void> {
  await kill(tx)
    .where('flow_id', '=', of.flowId)
    .where('kind', '=', of.kind)
    .where('factor_id', of.factorId === null ? 'is' : '=', of.factorId)
    .execute();
}

/** Kills all of a user's open challenges of one purpose and kind, in every flow: a newer one replaces them. */
export async function killChallengesFor(tx: Tx, userId: string, purpose: string, kind: string): Promise<void> {
  await kill(tx).where('user_id', '=', userId).where('purpose', '=', purpose).where('kind', '=', kind).execute();
}

/** Kills a user's open challenges of one kind, in every flow: only one may be pending. */
export async function killChallengesOfKind(tx: Tx, userId: string, kind: string): Promise<void> {
  await kill(tx).where('user_id', '=', userId).where('kind', '=', kind).where('factor_id', 'is not', null).execute();
}

/** Kills a user's open challenges that were put to one factor. */
export async function killChallengesOfFactor(tx: Tx, userId: string, factorId: string): Promise<void> {
  await kill(tx).where('user_id', '=', userId).where('factor_id', '=', factorId).execute();
}
