/** Hardware tokens between the store room and the factors that they become. */
import { Problem } from '../errors.ts';
import { SealBroken } from '../security/sealing.ts';
import { updateFactor } from '../storage/factors.ts';
import type { FactorRow, TokenRow } from '../storage/tables.ts';
import { assignToken, swapToken, tokenOfFactor } from '../storage/tokens.ts';
import type { Commit } from './commit.ts';

/** What a factor's sealed data is tied to: its row and its owner (CRY-02). */
export const factorBound = (tenant: string, userId: string, factorId: string): string =>
  `factor:${tenant}:${userId}:${factorId}`;

/** What a token's sealed data is tied to while nobody has it. */
export const tokenBound = (tenant: string, serial: string): string => `token:${tenant}:${serial}`;

/**
 * A serial number as it is stored and looked up: without gaps, in capitals, because people copy it from a small print.
 * Undefined where it can be none.
 */
export function serialOf(text: string): string | undefined {
  const serial = text.replace(/\s+/g, '').toUpperCase();
  return /^[A-Z0-9._:-]{1,64}$/.test(serial) ? serial : undefined;
}

/** Takes a token out of the store room for a factor; false where somebody else has it. Its data is the factor's then. */
export async function takeToken(
  c: Commit,
  serial: string,
  to: { readonly userId: string; readonly factorId: string },
): Promise<boolean> {
  if (!(await assignToken(c.tx, serial, to))) return false;
  const { userId, factorId } = to;
  await c.record({ type: 'token.assigned', userId, details: { serial, factor: factorId } });
  return true;
}

/**
 * What becomes of the token when its factor ends: its data goes back with all that was used of it, so no code of before
 * is ever good again. Does nothing for a factor that is no token.
 */
export async function leaveToken(
  c: Commit,
  factor: Pick<FactorRow, 'id' | 'user_id' | 'data'>,
  state: 'free' | 'lost',
): Promise<void> {
  const token = await tokenOfFactor(c.tx, factor.user_id, factor.id);
  if (token?.state !== 'assigned') return;
  const data = moved(c, factor, token);
  const whose = state === 'free' ? null : factor.user_id;
  // What does not open any more is worth nothing to anybody, and must not keep its owner from removing it.
  const change = data === undefined ? { state: 'revoked' as const, data: '' } : { state, data };
  const done = await swapToken(c.tx, token, { ...change, user_id: whose, factor_id: null });
  if (!done) throw new Problem('conflict');
  // A factor that is reported lost stays in the list; the token may be found and be somebody's again.
  await updateFactor(c.tx, factor.id, { lookup: null, data: '' });
  const type = { free: 'token.freed', lost: 'token.lost', revoked: 'token.revoked' } as const;
  await c.record({ type: type[change.state], userId: factor.user_id, details: { serial: token.serial } });
}

function moved(
  { deps, tenant }: Commit,
  factor: Pick<FactorRow, 'id' | 'user_id' | 'data'>,
  { serial }: Pick<TokenRow, 'serial'>,
): string | undefined {
  try {
    const plain = deps.keyring.open(factor.data, factorBound(tenant.id, factor.user_id, factor.id));
    return deps.keyring.seal(plain, tokenBound(tenant.id, serial));
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return undefined;
  }
}
