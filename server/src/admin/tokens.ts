/** Hardware tokens as the console handles them: list, reserve, take back, report lost, revoke. Never a seed. */
import type { Circumstance, Commit } from '../accounts/commit.ts';
import { reportLost } from '../accounts/factors.ts';
import { type NoticeKey, notify } from '../accounts/notices.ts';
import { endOthers, type Session } from '../accounts/sessions.ts';
import { Problem } from '../errors.ts';
import { factorsOf } from '../storage/factors.ts';
import type { TokenRow } from '../storage/tables.ts';
import { findToken, listTokens, swapToken, type TokenSearch } from '../storage/tokens.ts';
import { findUser, lockUser } from '../storage/users.ts';
import { asConsole, demandConsole } from './console.ts';

/** A token of the list. */
export interface ListedToken {
  readonly serial: string;
  readonly kind: TokenRow['kind'];
  readonly maker: string;
  readonly model: string;
  readonly state: TokenRow['state'];
  readonly userId: string | null;
  /** Milliseconds since 1970. */
  readonly startsAt: number | null;
  readonly expiresAt: number | null;
  readonly importedAt: number;
}

/** Tokens in the order of their serial numbers, a page at a time, and where the next page begins. */
export async function listAll(
  by: Circumstance,
  session: Session,
  search: TokenSearch,
): Promise<{ readonly tokens: readonly ListedToken[]; readonly next: string | null }> {
  const db = await demandConsole(by, session, 'any-time');
  const rows = await listTokens(db, { ...search, limit: search.limit + 1 });
  const page = rows.slice(0, search.limit);
  return { tokens: page.map(listed), next: rows.length > page.length ? (page.at(-1)?.serial ?? null) : null };
}

const listed = (row: TokenRow): ListedToken => ({
  serial: row.serial,
  kind: row.kind,
  maker: row.maker,
  model: row.model,
  state: row.state,
  userId: row.user_id,
  startsAt: row.starts_at,
  expiresAt: row.expires_at,
  importedAt: row.created_at,
});

/** The token, or `not-found`. */
async function tokenNamed(c: Pick<Commit, 'tx'>, serial: string): Promise<TokenRow> {
  const row = await findToken(c.tx, serial);
  if (!row) throw new Problem('not-found');
  return row;
}

type Change = Parameters<typeof swapToken>[2];

async function swap(c: Commit, row: TokenRow, change: Change): Promise<void> {
  if (!(await swapToken(c.tx, row, change))) throw new Problem('conflict');
}

/** Keeps a free token for a user, who alone can make a factor of it. Throws `conflict` where somebody has it. */
export async function reserve(by: Circumstance, session: Session, serial: string, userId: string): Promise<void> {
  await asConsole(by, session, async (c, { user }) => {
    const row = await tokenNamed(c, serial);
    if ((await findUser(c.tx, userId))?.state !== 'active') {
      throw new Problem('bad-request', { fields: [{ field: 'userId', why: 'no such user' }] });
    }
    if (row.state === 'reserved' && row.user_id === userId) return;
    if (row.state !== 'free') throw new Problem('conflict');
    await swap(c, row, { state: 'reserved', user_id: userId });
    await c.record({ type: 'token.reserved', userId, actor: user.id, details: { serial } });
  });
}

/**
 * Frees a token that was reserved, or lost and found again. One that somebody signs in with is removed by them, or
 * reported lost: nobody's second lock falls off without a word. Throws `conflict` there.
 */
export async function release(by: Circumstance, session: Session, serial: string): Promise<void> {
  await asConsole(by, session, async (c, { user }) => {
    const row = await tokenNamed(c, serial);
    if (row.state === 'free') return;
    if ((row.state !== 'reserved' && row.state !== 'lost') || row.data === '') throw new Problem('conflict');
    await swap(c, row, { state: 'free', user_id: null, factor_id: null });
    await c.record({ type: 'token.freed', userId: row.user_id, actor: user.id, details: { serial } });
  });
}

/** Reports a token lost: the factor that it is stops at once. It may be found again. */
export async function loseToken(by: Circumstance, session: Session, serial: string): Promise<void> {
  await asConsole(by, session, async (c, { user }) => {
    const row = await stopped(c, serial, 'notice.factor-lost');
    if (row.state === 'lost') return;
    if (row.state === 'revoked') throw new Problem('conflict');
    await swap(c, row, { state: 'lost' });
    await c.record({ type: 'token.lost', userId: row.user_id, actor: user.id, details: { serial } });
  });
}

/** Revokes a token for good: the factor that it is stops at once, and its seed is destroyed. */
export async function revoke(by: Circumstance, session: Session, serial: string): Promise<void> {
  await asConsole(by, session, async (c, { user }) => {
    const row = await stopped(c, serial, 'notice.factor-revoked');
    if (row.state === 'revoked') return;
    await swap(c, row, { state: 'revoked', data: '', factor_id: null });
    await c.record({ type: 'token.revoked', userId: row.user_id, actor: user.id, details: { serial } });
  });
}

/**
 * The token, with the factor that it was stopped: as lost, so that the account keeps needing a second lock. Sessions
 * end, since whoever has the token may be signed in with it, and the owner is told (SES-09, NOTI-01).
 */
async function stopped(c: Commit, serial: string, notice: NoticeKey): Promise<TokenRow> {
  const row = await tokenNamed(c, serial);
  const owner = row.state === 'assigned' ? await lockUser(c.tx, row.user_id ?? '') : undefined;
  if (!owner) return row;
  const factor = (await factorsOf(c.tx, owner.id)).find((one) => one.id === row.factor_id && one.state === 'active');
  if (factor) {
    await reportLost(c, owner, factor);
    await endOthers(c, owner.id, null, 'change');
    await notify(c, owner, notice, { what: factor.label });
  }
  return tokenNamed(c, serial);
}
