/** Keys of the service itself, which others know it by. */
import type { Kysely } from 'kysely';

/** Milliseconds since 1970 need more than 32 bits. */
const time = 'bigint';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('service_keys')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('public_key', 'text', (c) => c.notNull())
    .addColumn('private_key', 'text', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .addPrimaryKeyConstraint('service_keys_pk', ['tenant', 'name'])
    .execute();
}
