import type { Kysely } from 'kysely';

const time = 'bigint' as const;

/** The first tables. Written once; what changes later is a migration of its own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await people(db);
  await factors(db);
  await invitations(db);
  await flows(db);
  await counts(db);
  await sessions(db);
  await messages(db);
  await events(db);
}

async function people(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tenants')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('origins', 'text', (c) => c.notNull())
    .addColumn('rp_id', 'text', (c) => c.notNull())
    .addColumn('issuer', 'text', (c) => c.notNull())
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('profile', 'text', (c) => c.notNull())
    .addColumn('registration', 'text', (c) => c.notNull())
    .addColumn('roles', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('users')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('handle', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('email_canonical', 'text', (c) => c.notNull())
    .addColumn('locale', 'text', (c) => c.notNull())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .addColumn('password_changed_at', time, (c) => c.notNull())
    .addColumn('epoch', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('last_sign_in_at', time)
    .addPrimaryKeyConstraint('users_pk', ['tenant', 'id'])
    .addUniqueConstraint('users_email', ['tenant', 'email_canonical'])
    .addUniqueConstraint('users_handle', ['tenant', 'handle'])
    .execute();
  await db.schema
    .createTable('user_roles')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('given_at', time, (c) => c.notNull())
    .addPrimaryKeyConstraint('user_roles_pk', ['tenant', 'user_id', 'role'])
    .execute();
  await db.schema.createIndex('user_roles_role').on('user_roles').columns(['tenant', 'role']).execute();
}

async function factors(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('factors')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('use', 'text', (c) => c.notNull())
    .addColumn('label', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('lookup', 'text')
    .addColumn('hint', 'text', (c) => c.notNull())
    .addColumn('preferred', 'integer', (c) => c.notNull())
    .addColumn('kept', 'integer', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('created_from', 'text', (c) => c.notNull())
    .addColumn('last_used_at', time)
    .addPrimaryKeyConstraint('factors_pk', ['tenant', 'id'])
    .addUniqueConstraint('factors_lookup', ['tenant', 'kind', 'lookup'])
    .execute();
  await db.schema.createIndex('factors_user').on('factors').columns(['tenant', 'user_id']).execute();
}

async function invitations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('invitations')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('expires_at', time, (c) => c.notNull())
    .addColumn('used_at', time)
    .addPrimaryKeyConstraint('invitations_pk', ['tenant', 'id'])
    .addUniqueConstraint('invitations_token', ['tenant', 'token_hash'])
    .execute();
}

async function flows(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('flows')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('transport', 'text', (c) => c.notNull())
    .addColumn('holder_hash', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text')
    .addColumn('epoch', 'integer')
    .addColumn('session_id', 'text')
    .addColumn('step', 'text', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('browser', 'text', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('expires_at', time, (c) => c.notNull())
    .addColumn('done_at', time)
    .addPrimaryKeyConstraint('flows_pk', ['tenant', 'id'])
    .execute();
  await db.schema.createIndex('flows_end').on('flows').columns(['expires_at']).execute();
  await db.schema
    .createTable('challenges')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('flow_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text')
    .addColumn('factor_id', 'text')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('pending', 'text', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('expires_at', time, (c) => c.notNull())
    .addColumn('resend_at', time)
    .addPrimaryKeyConstraint('challenges_pk', ['tenant', 'id'])
    .execute();
  await db.schema.createIndex('challenges_flow').on('challenges').columns(['tenant', 'flow_id']).execute();
  await db.schema.createIndex('challenges_user').on('challenges').columns(['tenant', 'user_id', 'purpose']).execute();
  await db.schema.createIndex('challenges_end').on('challenges').columns(['expires_at']).execute();
}

async function counts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('attempts')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('lane', 'text', (c) => c.notNull())
    .addColumn('count', 'integer', (c) => c.notNull())
    .addColumn('open_at', time, (c) => c.notNull())
    .addColumn('last_at', time, (c) => c.notNull())
    .addPrimaryKeyConstraint('attempts_pk', ['tenant', 'subject', 'kind', 'lane'])
    .execute();
  await db.schema
    .createTable('throttles')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('window_start', time, (c) => c.notNull())
    .addColumn('count', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('throttles_pk', ['tenant', 'key'])
    .execute();
}

async function sessions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull())
    .addColumn('transport', 'text', (c) => c.notNull())
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('amr', 'text', (c) => c.notNull())
    .addColumn('authenticated_at', time, (c) => c.notNull())
    .addColumn('fresh_at', time, (c) => c.notNull())
    .addColumn('fresh_level', 'text', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('last_seen_at', time, (c) => c.notNull())
    .addColumn('idle_ms', time, (c) => c.notNull())
    .addColumn('expires_at', time, (c) => c.notNull())
    .addColumn('ended_at', time)
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('browser', 'text', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('sessions_pk', ['tenant', 'id'])
    .addUniqueConstraint('sessions_token', ['tenant', 'token_hash'])
    .execute();
  await db.schema.createIndex('sessions_user').on('sessions').columns(['tenant', 'user_id']).execute();
  await db.schema
    .createTable('known_browsers')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull())
    .addColumn('browser', 'text', (c) => c.notNull())
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('last_seen_at', time, (c) => c.notNull())
    .addPrimaryKeyConstraint('known_browsers_pk', ['tenant', 'user_id', 'token_hash'])
    .execute();
  await db.schema.createIndex('known_browsers_token').on('known_browsers').columns(['tenant', 'token_hash']).execute();
}

async function messages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('messages')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text')
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('locale', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('tries', 'integer', (c) => c.notNull())
    .addColumn('next_at', time, (c) => c.notNull())
    .addColumn('lease_until', time, (c) => c.notNull())
    .addColumn('not_after', time)
    .addColumn('created_at', time, (c) => c.notNull())
    .addColumn('sent_at', time)
    .addColumn('provider', 'text', (c) => c.notNull())
    .addColumn('error', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('messages_pk', ['tenant', 'id'])
    .execute();
  await db.schema.createIndex('messages_due').on('messages').columns(['state', 'next_at']).execute();
}

async function events(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('at', time, (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('actor', 'text')
    .addColumn('user_id', 'text')
    .addColumn('correlation', 'text', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('browser', 'text', (c) => c.notNull())
    .addColumn('details', 'text', (c) => c.notNull())
    .addColumn('number', time)
    .addColumn('personal_digest', 'text')
    .addColumn('previous_hash', 'text')
    .addColumn('hash', 'text')
    .addColumn('signature', 'text')
    .addPrimaryKeyConstraint('events_pk', ['tenant', 'id'])
    .addUniqueConstraint('events_number', ['tenant', 'number'])
    .execute();
  await db.schema.createIndex('events_user').on('events').columns(['tenant', 'user_id', 'at']).execute();
  await db.schema
    .createTable('event_persons')
    .addColumn('tenant', 'text', (c) => c.notNull())
    .addColumn('event_id', 'text', (c) => c.notNull())
    .addColumn('salt', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('event_persons_pk', ['tenant', 'event_id'])
    .execute();
}
