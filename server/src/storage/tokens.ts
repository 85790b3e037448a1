/** Hardware tokens that were imported, whether somebody has them or not. */
import type { Db } from './open.ts';
import type { TokenRow } from './tables.ts';

/** The token with this serial number. */
export const findToken = (db: Db, serial: string): Promise<TokenRow | undefined> =>
  db.k.selectFrom('tokens').selectAll().where('tenant', '=', db.tenant).where('serial', '=', serial).executeTakeFirst();
