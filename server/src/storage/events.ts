import type { Db, Tx } from './open.ts';
import { columns, prepared } from './prepared.ts';
import type { EventRow } from './tables.ts';

/** What is written of an event; the sealer's columns stay empty until it passes. */
export type NewEvent = Omit<EventRow, 'tenant' | 'number' | 'personal_digest' | 'previous_hash' | 'hash' | 'signature'>;

/** Writes an event, and its personal fields in the row that erasure may delete. */
export async function insertEvent(
  tx: Tx,
  event: NewEvent,
  person: { readonly salt: string; readonly data: string; readonly digest: string } | undefined,
): Promise<void> {
  await insert(tx, { ...event, tenant: tx.tenant, personal_digest: person?.digest ?? null });
  if (!person) return;
  await tx.k
    .insertInto('event_persons')
    .values({ tenant: tx.tenant, event_id: event.id, salt: person.salt, data: person.data })
    .execute();
}

const insert = prepared<NewEvent & Pick<EventRow, 'tenant' | 'personal_digest'>>((k, p) => {
  const written = columns(p, [
    'tenant',
    'id',
    'at',
    'type',
    'actor',
    'user_id',
    'correlation',
    'address',
    'browser',
    'details',
    'personal_digest',
  ]);
  return k.insertInto('events').values({ ...written, number: null, previous_hash: null, hash: null, signature: null });
});

/** The latest events of these types that concern a user, newest first. */
export const eventsOf = (db: Db, userId: string, types: readonly string[], most: number): Promise<EventRow[]> =>
  db.k
    .selectFrom('events')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('user_id', '=', userId)
    .where('type', 'in', types)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute();
