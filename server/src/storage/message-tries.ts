/** Tries to hand messages to providers, what receipts said about them, and how many of their codes came back. */
import type { AllTenants, Db, Tx } from './open.ts';
import type { MessageRow, MessageTryRow } from './tables.ts';

/** A try that is written down: its number is the next of its message. */
export type NewTry = Omit<MessageTryRow, 'tenant' | 'number' | 'receipt_at'>;

/** Writes tries down, those of one message in the order that they are given. Two statements, however many there are. */
export async function insertTries(tx: Tx, tries: readonly NewTry[]): Promise<void> {
  if (tries.length === 0) return;
  const counted = await tx.k
    .selectFrom('message_tries')
    .select(({ fn }) => ['message_id', fn.max('number').as('last')])
    .where('tenant', '=', tx.tenant)
    .where('message_id', 'in', [...new Set(tries.map((row) => row.message_id))])
    .groupBy('message_id')
    .execute();
  const last = new Map(counted.map((row) => [row.message_id, Number(row.last)]));
  const rows = tries.map((row) => {
    const number = (last.get(row.message_id) ?? 0) + 1;
    last.set(row.message_id, number);
    return { ...row, tenant: tx.tenant, number, receipt_at: null };
  });
  await tx.k.insertInto('message_tries').values(rows).execute();
}

/** The tries of these messages, in order. */
export async function triesOf(db: Db, messageIds: readonly string[]): Promise<MessageTryRow[]> {
  if (messageIds.length === 0) return [];
  return db.k
    .selectFrom('message_tries')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('message_id', 'in', messageIds)
    .orderBy('message_id')
    .orderBy('number')
    .execute();
}

/** Which try a receipt speaks of. */
export type ToldTry = Pick<MessageTryRow, 'tenant' | 'message_id' | 'number' | 'provider' | 'reference'>;

/** The tries that one account took under these references, over all tenants: a receipt knows no tenant. */
export async function findTries(
  all: AllTenants,
  account: { readonly channel: MessageRow['channel']; readonly name: string },
  references: readonly string[],
): Promise<ToldTry[]> {
  return all.k
    .selectFrom('message_tries as t')
    .innerJoin('messages as m', (on) => on.onRef('m.tenant', '=', 't.tenant').onRef('m.id', '=', 't.message_id'))
    .select(['t.tenant', 't.message_id', 't.number', 't.provider', 't.reference'])
    .where('t.provider', '=', account.name)
    .where('t.reference', 'in', references)
    .where('m.channel', '=', account.channel)
    .execute();
}

/** Writes down what a receipt says. What was delivered stays so. False where nothing changed. */
export async function tellTry(
  tx: Tx,
  of: Pick<MessageTryRow, 'message_id' | 'number'>,
  told: {
    readonly state: MessageTryRow['state'];
    readonly error: string;
    readonly cost: string | null;
    readonly currency: string;
    readonly now: number;
  },
): Promise<boolean> {
  const later: readonly MessageTryRow['state'][] =
    told.state === 'sent' ? ['sent'] : told.state === 'failed' ? ['sent'] : ['sent', 'failed'];
  const { numUpdatedRows } = await tx.k
    .updateTable('message_tries')
    .set({
      state: told.state,
      error: told.error,
      receipt_at: told.now,
      ...(told.cost === null ? {} : { cost: told.cost, currency: told.currency }),
    })
    .where('tenant', '=', tx.tenant)
    .where('message_id', '=', of.message_id)
    .where('number', '=', of.number)
    .where('state', 'in', later)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** How many codes an account handed over to numbers of one calling code, and how many of them were answered rightly. */
export interface Conversion {
  readonly provider: string;
  readonly prefix: string;
  readonly handed: number;
  readonly right: number;
}

/** Conversions of the messages with codes that were made from `since` until `until`. */
export async function conversions(
  all: AllTenants,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<Conversion[]> {
  const rows = await all.k
    .selectFrom('messages')
    .select(({ fn }) => ['provider', 'prefix', fn.countAll().as('handed'), fn.count('converted_at').as('right')])
    .where('challenge_id', 'is not', null)
    .where('provider', '<>', '')
    .where('created_at', '>=', since)
    .where('created_at', '<', until)
    .groupBy(['provider', 'prefix'])
    .execute();
  return rows.map((row) => ({ ...row, handed: Number(row.handed), right: Number(row.right) }));
}
