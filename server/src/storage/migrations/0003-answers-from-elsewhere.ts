/** What another device answers to a question, and passwords that somebody else is known to have. */
import type { Kysely } from 'kysely';

/** Milliseconds since 1970 need more than 32 bits. */
const time = 'bigint';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('challenges').addColumn('answer', 'text').execute();
  await db.schema.alterTable('challenges').addColumn('answered_at', time).execute();
  await db.schema.alterTable('users').addColumn('password_exposed_at', time).execute();
}
