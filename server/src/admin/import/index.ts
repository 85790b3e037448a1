/** The formats of token files. */
import { readCsv } from './csv.ts';
import type { Parse } from './imported.ts';
import { readMigration } from './migration.ts';
import { readPskc } from './pskc.ts';

/** What reads each format: PSKC (RFC 6030), vendors' lists, and exports of Google Authenticator. */
export const tokenFiles = {
  pskc: readPskc,
  csv: readCsv,
  'otpauth-migration': readMigration,
} as const satisfies Readonly<Record<string, Parse>>;

/** The name of a format. */
export type TokenFileFormat = keyof typeof tokenFiles;
