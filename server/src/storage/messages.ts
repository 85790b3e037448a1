/** Outgoing messages: written with the change that causes them, claimed by lease, sent by whoever's claim counted. */
import { sql } from 'kysely';
import type { AllTenants, Db, Tx } from './open.ts';
import { changed, columns, prepared } from './prepared.ts';
import type { MessageRow } from './tables.ts';

/** No time: rows that nothing waits for any more are never looked at again. */
const never = Number.MAX_SAFE_INTEGER;

const claimedColumns = [
  ...(['tenant', 'id', 'channel', 'user_id', 'text', 'locale', 'body', 'tries'] as const),
  ...(['next_at', 'not_after', 'lease_until', 'created_at', 'prefix'] as const),
] as const;

/** A message that this process may send until `lease_until`. */
export type ClaimedMessage = Pick<MessageRow, (typeof claimedColumns)[number]>;

/** Which claim an outcome belongs to: a claim that has been overtaken changes nothing. */
export type Claim = Pick<MessageRow, 'id' | 'tries'>;

/** How a message ends: taken by `provider`, or given up for `error`. */
export interface MessageEnd {
  readonly state: 'sent' | 'failed' | 'expired';
  readonly now: number;
  readonly provider?: string;
  readonly error?: string;
}

/** Writes a message in the caller's transaction. */
export async function insertMessage(tx: Tx, row: Omit<MessageRow, 'tenant'>): Promise<void> {
  await insert(tx, { ...row, tenant: tx.tenant });
}

const insert = prepared<MessageRow>((k, p) =>
  k
    .insertInto('messages')
    .values(
      columns(p, [
        ...claimedColumns,
        ...(['state', 'sent_at', 'provider', 'error', 'challenge_id', 'converted_at', 'hint'] as const),
      ]),
    ),
);

/**
 * Claims up to `limit` messages of a channel that are queued and due, for `leaseMs`, the oldest first. One statement:
 * two who claim at once share nothing.
 */
export async function claimMessages(
  all: AllTenants,
  of: {
    readonly channel: MessageRow['channel'];
    readonly now: number;
    readonly leaseMs: number;
    readonly limit: number;
  },
): Promise<ClaimedMessage[]> {
  const claimed = await (all.dialect === 'postgres' ? claimOnPostgres(all, of) : claimOnSqlite(all, of));
  return claimed.sort((a, b) => a.next_at - b.next_at || a.created_at - b.created_at || a.place - b.place);
}

/** Which messages are claimed, by whom. */
type Claiming = Parameters<typeof claimMessages>[1];

const due = ({ k }: AllTenants, { channel, now, limit }: Claiming) =>
  k
    .selectFrom('messages')
    .select(['tenant', 'id'])
    .where('state', '=', 'queued')
    .where('channel', '=', channel)
    .where('next_at', '<=', now)
    .where((is) => is.or([is('not_after', 'is', null), is('not_after', '>', now)]))
    .orderBy('next_at')
    .orderBy('created_at')
    .limit(limit);

/** A row that another process is claiming is passed over. What was written in one millisecond goes as it was written. */
function claimOnPostgres(all: AllTenants, of: Claiming) {
  const place = sql<number>`(ctid::text::point)[0] * 1000 + (ctid::text::point)[1]`;
  return all.k
    .with('due', () => due(all, of).select(place.as('place')).forUpdate().skipLocked())
    .updateTable('messages')
    .from('due')
    .set((is) => ({
      state: 'sending',
      tries: is('messages.tries', '+', 1),
      lease_until: of.now + of.leaseMs,
    }))
    .whereRef('messages.tenant', '=', 'due.tenant')
    .whereRef('messages.id', '=', 'due.id')
    .returning([...claimedColumns.map((column) => `messages.${column}` as const), 'due.place'])
    .execute();
}

/** SQLite has one writer at a time. */
function claimOnSqlite(all: AllTenants, of: Claiming) {
  return all.k
    .updateTable('messages')
    .set((is) => ({ state: 'sending', tries: is('tries', '+', 1), lease_until: of.now + of.leaseMs }))
    .where((is) => is(is.refTuple('tenant', 'id'), 'in', due(all, of).$asTuple('tenant', 'id')))
    .returning([...claimedColumns, sql<number>`rowid`.as('place')])
    .execute();
}

/** Queues what was claimed by a process that went away: its lease has run out. */
export async function requeueMessages(all: AllTenants, now: number): Promise<void> {
  await all.k
    .updateTable('messages')
    .set({ state: 'queued', lease_until: 0 })
    .where('state', '=', 'sending')
    .where('lease_until', '<=', now)
    .execute();
}

/** What a claim may still change: the caller says to what. */
const held = (tx: Tx | Db, p: { tenant: string; id: string; tries: number }) =>
  tx.k
    .updateTable('messages')
    .where('tenant', '=', p.tenant)
    .where('id', '=', p.id)
    .where('state', '=', 'sending')
    .where('tries', '=', p.tries);

/** What is the same at every end. */
const over = { body: '', next_at: never, lease_until: 0 } as const;

/** Ends a message. Its body goes. False where the claim was overtaken. */
export async function finishMessage(tx: Tx, { id, tries }: Claim, end: MessageEnd): Promise<boolean> {
  const { state, now, provider = '', error = '' } = end;
  const sentAt = state === 'sent' ? now : null;
  return (await changed(finish(tx, { tenant: tx.tenant, id, tries, state, sentAt, provider, error }))) === 1;
}

const finish = prepared<{
  tenant: string;
  id: string;
  tries: number;
  state: MessageEnd['state'];
  sentAt: number | null;
  provider: string;
  error: string;
}>((k, p) =>
  held({ k } as Db, p).set({
    ...over,
    state: p.state,
    sent_at: p.sentAt,
    provider: p.provider,
    error: p.error,
  }),
);

/** Ends messages that `provider` took, as {@link finishMessage} does, in one statement for each number of tries. */
export async function finishSent(
  tx: Tx,
  claims: readonly Claim[],
  { provider, now }: { readonly provider: string; readonly now: number },
): Promise<void> {
  for (const [tries, of] of Map.groupBy(claims, (claim) => claim.tries)) {
    await tx.k
      .updateTable('messages')
      .set({ ...over, state: 'sent', sent_at: now, provider, error: '' })
      .where('tenant', '=', tx.tenant)
      .where(
        'id',
        'in',
        of.map(({ id }) => id),
      )
      .where('state', '=', 'sending')
      .where('tries', '=', tries)
      .execute();
  }
}

/** Puts a message back until `nextAt`, after a try that failed for `error`. False where the claim was overtaken. */
export async function retryMessage(
  tx: Tx,
  { id, tries }: Claim,
  { nextAt, error }: { readonly nextAt: number; readonly error: string },
): Promise<boolean> {
  const put = held(tx, { tenant: tx.tenant, id, tries }).set({
    state: 'queued',
    next_at: nextAt,
    lease_until: 0,
    error,
  });
  return (await put.executeTakeFirst()).numUpdatedRows === 1n;
}

/** Gives a claim back as if it had never been. False where it was overtaken. */
export async function releaseMessage(tx: Tx, { id, tries }: Claim): Promise<boolean> {
  const back = held(tx, { tenant: tx.tenant, id, tries }).set({ state: 'queued', lease_until: 0, tries: tries - 1 });
  return (await back.executeTakeFirst()).numUpdatedRows === 1n;
}

/** Empties messages that are worth nothing any more, those to nobody included. Gives how many expired unsent. */
export async function expireMessages(all: AllTenants, now: number): Promise<number> {
  const { numUpdatedRows } = await all.k
    .updateTable('messages')
    .set({ state: 'expired', body: '', next_at: never, lease_until: 0 })
    .where('state', 'in', ['queued', 'sending'])
    .where('not_after', '<=', now)
    .where('lease_until', '<=', now)
    .executeTakeFirst();
  await all.k
    .updateTable('messages')
    .set({ body: '', next_at: never })
    .where('state', '=', 'nobody')
    .where('channel', 'in', ['email', 'sms', 'push'])
    .where('next_at', '<=', now)
    .execute();
  return Number(numUpdatedRows);
}

/** Notes that the code of this question was answered rightly: the message with it arrived. */
export async function markConverted(tx: Tx, challengeId: string, now: number): Promise<void> {
  await convert(tx, { tenant: tx.tenant, challengeId, now });
}

const convert = prepared<{ tenant: string; challengeId: string; now: number }>((k, p) =>
  k
    .updateTable('messages')
    .set({ converted_at: p.now })
    .where('tenant', '=', p.tenant)
    .where('challenge_id', '=', p.challengeId)
    .where('converted_at', 'is', null),
);

/**
 * What a receipt says about a message that `provider` took. What was delivered stays so, whatever comes later. False
 * where nothing changed.
 */
export async function tellMessage(
  tx: Tx,
  of: {
    readonly id: string;
    readonly provider: string;
    readonly state: 'delivered' | 'failed';
    readonly error: string;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx.k
    .updateTable('messages')
    .set({ state: of.state, error: of.error })
    .where('tenant', '=', tx.tenant)
    .where('id', '=', of.id)
    .where('provider', '=', of.provider)
    .where('state', 'in', of.state === 'delivered' ? ['sent', 'failed'] : ['sent'])
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

const shownColumns = [
  ...(['id', 'channel', 'user_id', 'text', 'state', 'hint', 'prefix', 'provider', 'error'] as const),
  ...(['created_at', 'sent_at', 'not_after', 'converted_at'] as const),
] as const;

/** A message as the console shows it: never its body. */
export type ShownMessage = Pick<MessageRow, (typeof shownColumns)[number]>;

/** Which messages are listed, newest first; `before` is the last one of the page before. */
export interface MessageFilter {
  readonly state?: MessageRow['state'] | undefined;
  readonly channel?: MessageRow['channel'] | undefined;
  readonly userId?: string | undefined;
  readonly before?: Pick<MessageRow, 'id' | 'created_at'> | undefined;
  readonly limit: number;
}

/** A page of messages. */
export function listMessages(db: Db, filter: MessageFilter): Promise<ShownMessage[]> {
  const { state, channel, userId, before, limit } = filter;
  let query = db.k.selectFrom('messages').select(shownColumns).where('tenant', '=', db.tenant);
  if (state !== undefined) query = query.where('state', '=', state);
  if (channel !== undefined) query = query.where('channel', '=', channel);
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (before !== undefined) {
    query = query.where((is) =>
      is.or([
        is('created_at', '<', before.created_at),
        is.and([is('created_at', '=', before.created_at), is('id', '<', before.id)]),
      ]),
    );
  }
  return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

/** The message with this id. */
export const findMessage = (db: Db, id: string): Promise<ShownMessage | undefined> =>
  db.k
    .selectFrom('messages')
    .select(shownColumns)
    .where('tenant', '=', db.tenant)
    .where('id', '=', id)
    .executeTakeFirst();
