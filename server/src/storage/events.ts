import type { Db, Tx } from './open.ts';
import type { EventRow } from './tables.ts';

/** What is written of an event; the sealer's columns stay empty until it passes. */
export type NewEvent = Omit<EventRow, 'tenant' | 'number' | 'personal_digest' | 'previous_hash' | 'hash' | 'signature'>;

/** Writes an event, and its personal fields in the row that erasure may delete. */
export async function insertEvent(
  tx: Tx,
  event: NewEvent,
  person: { readonly salt: string; readonly data: string; readonly digest: string } | undefined,
): Promise<void> {
  await tx.k
    .insertInto('events')
    .values({
      ...event,
      tenant: tx.tenant,
      number: null,
      personal_digest: person?.digest ?? null,
      previous_hash: null,
      hash: null,
      signature: null,
    })
    .execute();
  if (!person) return;
  await tx.k
    .insertInto('event_persons')
    .values({ tenant: tx.tenant, event_id: event.id, salt: person.salt, data: person.data })
    .execute();
}

/** The latest events that concern a user, newest first. */
export const eventsOf = (db: Db, userId: string, most: number): Promise<EventRow[]> =>
  db.k
    .selectFrom('events')
    .selectAll()
    .where('tenant', '=', db.tenant)
    .where('user_id', '=', userId)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute();
