/** Puts a token back in step from the help desk, by two codes that its holder reads out. */
import type { Circumstance } from '../accounts/commit.ts';
import { commit } from '../accounts/commit.ts';
import type { Session } from '../accounts/sessions.ts';
import { factorBound, tokenBound } from '../accounts/tokens.ts';
import { Problem } from '../errors.ts';
import { kindOf } from '../factors/index.ts';
import { count, tellDisabled, tooMany } from '../flows/count.ts';
import { clearAttempts } from '../storage/attempts.ts';
import { factorsOf, swapFactorData } from '../storage/factors.ts';
import type { Db } from '../storage/open.ts';
import type { FactorRow, TokenRow } from '../storage/tables.ts';
import { findToken, swapToken } from '../storage/tokens.ts';
import { lockUser } from '../storage/users.ts';
import { asConsole, demandConsole } from './console.ts';

/** What came of two codes. */
export type Place = { readonly is: 'in-step' } | { readonly is: 'wrong' | 'expired' | 'replayed' };

/**
 * Looks for two codes that follow each other, of a token that somebody has or nobody. A wrong pair counts as a wrong
 * code of its owner's, so that no desk is a way around the limits (OATH-10).
 */
export async function findPlace(
  by: Circumstance,
  session: Session,
  serial: string,
  codes: readonly [string, string],
): Promise<Place> {
  const db = await demandConsole(by, session, 'fresh');
  const row = await findToken(db, serial);
  if (!row) throw new Problem('not-found');
  if (row.state === 'lost' || row.state === 'revoked') throw new Problem('conflict');
  const factor = await factorOf(db, row);
  const kind = kindOf(row.kind);
  const guess = { subject: factor?.user_id ?? `?token:${serial}`, kind: row.kind, lane: 'other', slow: false } as const;
  const counted = await count(by, guess);
  if (counted.is === 'limited') throw tooMany(counted.retryAfter);
  const verdict = await kind.resynchronise?.({ now: by.deps.now() }, kind.data.parse(opened(by, row, factor)), codes);
  if (verdict?.is === 'ok') {
    await asConsole(by, session, async (c, { user }) => {
      if (factor) await lockUser(c.tx, factor.user_id);
      const data = c.deps.keyring.seal(JSON.stringify(verdict.data), boundOf(by, row, factor));
      const change = { data, state: 'active', last_used_at: factor?.last_used_at ?? c.now } as const;
      const kept = factor ? await swapFactorData(c.tx, factor, change) : await swapToken(c.tx, row, { data });
      if (!kept) throw new Problem('conflict');
      await clearAttempts(c.tx, guess);
      const details = { serial, by: 'console' } as const;
      await c.record({ type: 'token.resynchronised', userId: row.user_id, actor: user.id, details });
    });
    return { is: 'in-step' };
  }
  const why = verdict?.is ?? 'wrong';
  await commit(by, async (c) => {
    const details = { kind: row.kind, factor: factor?.id ?? '', purpose: 'resynchronisation', reason: why };
    await c.record({ type: 'proof.refused', userId: row.user_id, actor: session.user_id, details });
    if (counted.is === 'counted' && counted.last) await tellDisabled(c, guess);
  });
  return { is: why };
}

/** The factor that an assigned token is. */
async function factorOf(db: Db, row: TokenRow): Promise<FactorRow | undefined> {
  if (row.state !== 'assigned') return undefined;
  const factor = (await factorsOf(db, row.user_id ?? '')).find((one) => one.id === row.factor_id);
  if (factor?.state !== 'active') throw new Problem('conflict');
  return factor;
}

const boundOf = ({ tenant }: Circumstance, row: TokenRow, factor: FactorRow | undefined): string =>
  factor ? factorBound(tenant.id, factor.user_id, factor.id) : tokenBound(tenant.id, row.serial);

const opened = (by: Circumstance, row: TokenRow, factor: FactorRow | undefined): unknown =>
  JSON.parse(by.deps.keyring.open((factor ?? row).data, boundOf(by, row, factor)));
