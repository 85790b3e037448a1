import type { Migration } from 'kysely/migration';
import * as start from './0001-start.ts';
import * as deliveryAndTokens from './0002-delivery-and-tokens.ts';
import * as answersFromElsewhere from './0003-answers-from-elsewhere.ts';
import * as serviceKeys from './0004-service-keys.ts';

/** Every migration in the order it runs; one set for both databases. */
export const migrations: Record<string, Migration> = {
  '0001-start': start,
  '0002-delivery-and-tokens': deliveryAndTokens,
  '0003-answers-from-elsewhere': answersFromElsewhere,
  '0004-service-keys': serviceKeys,
};
