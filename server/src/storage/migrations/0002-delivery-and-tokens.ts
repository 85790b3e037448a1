/** Tries and receipts of messages, and hardware tokens. */
import type { Kysely } from 'kysely';

/** Milliseconds since 1970 need more than 32 bits. */
const time = 'bigint';

export async function up(db: Kysely<unknown>): Promise<void> {
  await messages(db);
  await tokens(db);
}

async function messages(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('messages').addColumn('challenge_id', 'text').execute();
  await db.schema.alterTable('messages').addColumn('converted_at', time).execute();
  await db.schema
    .alterTable('messages')
    .addColumn('prefix', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  await db.schema
    .alterTable('messages')
    .addColumn('hint', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  // What is due in one channel is read in its order, without a look at the rest.
  await db.schema.dropIndex('messages_due').execute();
  const due = ['state', 'channel', 'next_at', 'created_at'];
  await db.schema.createIndex('messages_due').on('messages').columns(due).execute();
  await db.schema.createIndex('messages_challenge').on('messages').columns(['tenant', 'challenge_id']).execute();
  await db.schema.createIndex('messages_latest').on('messages').columns(['tenant', 'created_at']).execute();
  await db.schema
    .createTable('message_tries')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('provider', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reference', 'text')
    .addColumn('error', 'text', (c) => c.notNull())
    .addColumn('cost', 'text')
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('at', time, (c) => c.notNull())
    .addColumn('receipt_at', time)
    .addPrimaryKeyConstraint('message_tries_pk', ['tenant', 'message_id', 'number'])
    .execute();
  await db.schema
    .createIndex('message_tries_reference')
    .on('message_tries')
    .columns(['provider', 'reference'])
    .execute();
  await db.schema.createIndex('message_tries_at').on('message_tries').columns(['at']).execute();
}

async function tokens(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tokens')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('serial', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('maker', 'text', (c) => c.notNull())
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text')
    .addColumn('factor_id', 'text')
    .addColumn('data', 'text', (c) => c.notNull())
    .addColumn('starts_at', time)
    .addColumn('expires_at', time)
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('tokens_pk', ['tenant', 'serial'])
    .execute();
  await db.schema.createIndex('tokens_user').on('tokens').columns(['tenant', 'user_id']).execute();
  await db.schema.createIndex('tokens_state').on('tokens').columns(['tenant', 'state']).execute();
}
