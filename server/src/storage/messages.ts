/** Outgoing messages: written with the change that causes them, claimed by lease, sent by whoever's claim counted. */
import type { AllTenants, Tx } from './open.ts';
import type { MessageRow } from './tables.ts';

/** No time: rows that nothing waits for any more are never looked at again. */
const never = Number.MAX_SAFE_INTEGER;

/** A message that this process may send until `lease_until`. */
export type ClaimedMessage = Pick<
  MessageRow,
  'tenant' | 'id' | 'channel' | 'user_id' | 'text' | 'locale' | 'body' | 'tries' | 'not_after' | 'lease_until'
>;

/** Which claim an outcome belongs to: a claim that has been overtaken changes nothing. */
export type Claim = Pick<MessageRow, 'tenant' | 'id' | 'tries'>;

/** Writes a message in the caller's transaction. */
export async function insertMessage(tx: Tx, row: Omit<MessageRow, 'tenant'>): Promise<void> {
  await tx.k
    .insertInto('messages')
    .values({ ...row, tenant: tx.tenant })
    .execute();
}

/**
 * Claims up to `limit` messages that are due for `leaseMs`: those queued, and those whose claim ran out because its
 * process went away. Each claim is one conditional update whose row count is the verdict, so nobody sends twice.
 */
export async function claimMessages(
  all: AllTenants,
  { now, leaseMs, limit }: { readonly now: number; readonly leaseMs: number; readonly limit: number },
): Promise<ClaimedMessage[]> {
  const due = await all.k
    .selectFrom('messages')
    .select(['tenant', 'id', 'channel', 'user_id', 'text', 'locale', 'body', 'tries', 'not_after'])
    .where('state', 'in', ['queued', 'sending'])
    .where('next_at', '<=', now)
    .where('lease_until', '<=', now)
    .where((is) => is.or([is('not_after', 'is', null), is('not_after', '>', now)]))
    .orderBy('next_at')
    .limit(limit)
    .execute();
  const claimed: ClaimedMessage[] = [];
  for (const row of due) {
    const { numUpdatedRows } = await all.k
      .updateTable('messages')
      .set({ state: 'sending', tries: row.tries + 1, lease_until: now + leaseMs })
      .where('tenant', '=', row.tenant)
      .where('id', '=', row.id)
      .where('state', 'in', ['queued', 'sending'])
      .where('tries', '=', row.tries)
      .where('lease_until', '<=', now)
      .executeTakeFirst();
    if (numUpdatedRows === 1n) claimed.push({ ...row, tries: row.tries + 1, lease_until: now + leaseMs });
  }
  return claimed;
}

/** Ends a message: sent by `provider`, or given up for `error`. Its body goes. False where the claim was overtaken. */
export async function finishMessage(
  all: AllTenants,
  claim: Claim,
  end: {
    readonly state: 'sent' | 'failed' | 'expired';
    readonly now: number;
    readonly provider?: string;
    readonly error?: string;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await all.k
    .updateTable('messages')
    .set({
      state: end.state,
      body: '',
      sent_at: end.state === 'sent' ? end.now : null,
      provider: end.provider ?? '',
      error: end.error ?? '',
      next_at: never,
      lease_until: 0,
    })
    .where('tenant', '=', claim.tenant)
    .where('id', '=', claim.id)
    .where('state', '=', 'sending')
    .where('tries', '=', claim.tries)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Puts a message back until `nextAt`, after a try that failed for `error`. False where the claim was overtaken. */
export async function retryMessage(
  all: AllTenants,
  claim: Claim,
  { nextAt, error }: { readonly nextAt: number; readonly error: string },
): Promise<boolean> {
  const { numUpdatedRows } = await all.k
    .updateTable('messages')
    .set({ state: 'queued', next_at: nextAt, lease_until: 0, error })
    .where('tenant', '=', claim.tenant)
    .where('id', '=', claim.id)
    .where('state', '=', 'sending')
    .where('tries', '=', claim.tries)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
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
    .where('next_at', '<=', now)
    .execute();
  return Number(numUpdatedRows);
}
