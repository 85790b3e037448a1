/** Brings hardware tokens into the store room, and never over one that is there. */
import type { Circumstance, Commit } from '../accounts/commit.ts';
import { commit } from '../accounts/commit.ts';
import type { Session } from '../accounts/sessions.ts';
import { serialOf, tokenBound } from '../accounts/tokens.ts';
import { Problem } from '../errors.ts';
import { kindOf } from '../factors/index.ts';
import { takeRations } from '../flows/sending/quotas.ts';
import { rations } from '../policy/limits.ts';
import { SealBroken } from '../security/sealing.ts';
import { sameText } from '../security/tokens.ts';
import type { TokenRow } from '../storage/tables.ts';
import { findToken, insertToken } from '../storage/tokens.ts';
import { asConsole, demandConsole } from './console.ts';
import {
  type FileSecrets,
  type Import,
  type ImportedToken,
  ImportRefused,
  type RefusedToken,
} from './import/imported.ts';
import { type TokenFileFormat, tokenFiles } from './import/index.ts';

/** A file to import. */
export interface TokenFile extends FileSecrets {
  readonly format: TokenFileFormat;
  readonly content: Uint8Array | string;
  /** Says what would happen, and changes nothing. */
  readonly dryRun: boolean;
}

/** What an import did. */
export interface Imported {
  readonly imported: number;
  /** Tokens that are here already, free and with the same seed. */
  readonly unchanged: number;
  readonly refused: readonly RefusedToken[];
}

/** More in one file would keep everybody else from writing for too long. */
const mostTokens = 2000;

class Rehearsed extends Error {
  readonly imported: Imported;

  constructor(imported: Imported) {
    super('a rehearsal');
    this.imported = imported;
  }
}

/** Whether this session may import now, and takes a place of the ration: before the file is even read. */
export async function demandImport(by: Circumstance, session: Session): Promise<void> {
  await demandConsole(by, session, 'fresh');
  await takeRations(by, [{ key: `tokens:${session.user_id}`, ...rations.tokenImports }]);
}

/**
 * Imports a file, all of it in one commit. A token whose serial number is here stays as it is: refused as `serial-taken`
 * where its seed is another or somebody has it (OATH-17). Throws `bad-request` where nothing of the file may be used.
 */
export async function importTokens(by: Circumstance, session: Session, file: TokenFile): Promise<Imported> {
  const read = await readFile(by, session, file);
  try {
    return await asConsole(by, session, async (c) => {
      const done = await take(c, session, file.format, read);
      if (file.dryRun) throw new Rehearsed(done);
      return done;
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.imported;
    throw error;
  }
}

async function readFile(by: Circumstance, session: Session, file: TokenFile): Promise<Import> {
  try {
    const read = await tokenFiles[file.format](file.content, file);
    if (read.tokens.length + read.refused.length > mostTokens) throw new ImportRefused('too-large');
    return read;
  } catch (error) {
    if (!(error instanceof ImportRefused)) throw error;
    const details = { format: file.format, reason: error.why };
    await commit(by, (c) => c.record({ type: 'token.import-refused', actor: session.user_id, details }));
    throw new Problem('bad-request', { fields: [{ field: 'content', why: error.why }] });
  }
}

async function take(c: Commit, session: Session, format: string, read: Import): Promise<Imported> {
  const actor = session.user_id;
  const refused = [...read.refused];
  let imported = 0;
  let unchanged = 0;
  for (const token of read.tokens) {
    const verdict = await takeOne(c, token);
    if (verdict.is === 'refused') refused.push(verdict.token);
    if (verdict.is === 'unchanged') unchanged += 1;
    if (verdict.is !== 'imported') continue;
    imported += 1;
    const details = { serial: verdict.serial, kind: token.kind };
    await c.record({ type: 'token.imported', actor, details });
  }
  for (const { serial, why } of refused) {
    const details = { format, reason: why, ...(serial === undefined ? {} : { serial }) };
    await c.record({ type: 'token.import-refused', actor, details });
  }
  return { imported, unchanged, refused };
}

type Taken =
  | { readonly is: 'imported'; readonly serial: string }
  | { readonly is: 'unchanged' }
  | { readonly is: 'refused'; readonly token: RefusedToken };

async function takeOne(c: Commit, token: ImportedToken): Promise<Taken> {
  const serial = serialOf(token.serial);
  if (serial === undefined) return { is: 'refused', token: { serial: token.serial, why: 'serial-malformed' } };
  const data = JSON.stringify(kindOf(token.kind).data.parse(dataOf(serial, token)));
  const added = await insertToken(c.tx, {
    serial,
    kind: token.kind,
    maker: token.maker,
    model: token.model,
    state: 'free',
    user_id: null,
    factor_id: null,
    data: c.deps.keyring.seal(data, tokenBound(c.tenant.id, serial)),
    starts_at: token.startsAt ?? null,
    expires_at: token.expiresAt ?? null,
    created_at: c.now,
  });
  if (added) return { is: 'imported', serial };
  const there = await findToken(c.tx, serial);
  if (there && isSame(c, there, token)) return { is: 'unchanged' };
  return { is: 'refused', token: { serial: token.serial, why: 'serial-taken' } };
}

/** What the token's kind keeps of it. */
function dataOf(serial: string, token: ImportedToken): unknown {
  const { kind, secret, algorithm, digits, startsAt, expiresAt } = token;
  const shared = { serial, secret: Buffer.from(secret).toString('base64'), algorithm, digits, startsAt, expiresAt };
  if (kind === 'hotp') return { ...shared, counter: token.counter ?? 0 };
  return { ...shared, period: token.period ?? 30, lastStep: -1, drift: 0, offset: token.driftSteps };
}

/** Whether a token that is free is the same: its place (counter, clock) is what is here, which may have moved on. */
function isSame({ deps, tenant }: Commit, row: TokenRow, token: ImportedToken): boolean {
  if (row.kind !== token.kind || (row.state !== 'free' && row.state !== 'reserved')) return false;
  try {
    const kept = JSON.parse(deps.keyring.open(row.data, tokenBound(tenant.id, row.serial))) as Record<string, unknown>;
    const secret = Buffer.from(token.secret).toString('base64');
    const sameSeed = sameText(String(kept.secret), secret);
    return sameSeed && kept.algorithm === token.algorithm && kept.digits === token.digits;
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return false;
  }
}
