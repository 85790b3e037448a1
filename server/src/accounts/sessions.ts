/** The one place that mints, checks and ends a session. */
import type { Deps } from '../deps.ts';
import { atLeast, type Level, stronger } from '../levels.ts';
import { seenEvery } from '../policy/limits.ts';
import { Satisfied } from '../policy/policy.ts';
import { randomId, randomToken } from '../security/random.ts';
import { hashToken } from '../security/tokens.ts';
import {
  endSession,
  endSessionsOf,
  type FoundSession,
  findSession,
  insertSession,
  touchSession,
} from '../storage/sessions.ts';
import type { SessionRow } from '../storage/tables.ts';
import type { Commit, Source } from './commit.ts';

/** A live session, as a request finds it. */
export type Session = FoundSession;

/** A session that was just made; the token is nowhere else. */
export interface Minted {
  readonly id: string;
  readonly token: string;
  readonly level: Level;
  readonly expiresAt: number;
}

/**
 * Mints a session. It takes the word of policy, which only `policy.satisfy` gives and only inside the commit. A session
 * that this one replaces (step-up, a change) dies and gives its absolute end, which nothing extends.
 */
export async function mint(
  commit: Commit,
  satisfied: Satisfied,
  how: { readonly transport: 'cookie' | 'token'; readonly flow: string; readonly replaces?: SessionRow },
): Promise<Minted> {
  if (!Satisfied.is(satisfied)) throw new Error('a session needs the word of policy');
  const { tx, now, tenant, source, deps } = commit;
  const lengths = satisfied.console ? tenant.profile.consoleSession : tenant.profile.session;
  const before = how.replaces;
  const token = randomToken(deps.random);
  const level = before ? stronger(before.level, satisfied.level) : satisfied.level;
  const amr = new Set([...(before ? (JSON.parse(before.amr) as string[]) : []), ...satisfied.amr]);
  const row = {
    id: randomId(deps.random),
    user_id: satisfied.userId,
    token_hash: hashToken(token),
    transport: how.transport,
    level,
    amr: JSON.stringify([...amr]),
    authenticated_at: before?.authenticated_at ?? now,
    ...freshness(commit, satisfied.level, before),
    created_at: before?.created_at ?? now,
    last_seen_at: now,
    idle_ms: lengths.idle,
    expires_at: before?.expires_at ?? now + lengths.absolute,
    ended_at: null,
    address: source.address,
    browser: source.browser,
    place: source.place,
  };
  if (before) await endSession(tx, before.user_id, before.id, now);
  await insertSession(tx, row);
  const userId = satisfied.userId;
  if (before) {
    await commit.record({ type: 'session.replaced', userId, details: { session: row.id, before: before.id, level } });
  } else {
    await commit.record({ type: 'session.started', userId, details: { session: row.id, level, flow: how.flow } });
  }
  return { id: row.id, token, level, expiresAt: row.expires_at };
}

/** The latest proof; what a weaker one shows takes nothing from a stronger one that is still fresh. */
function freshness(
  { now, tenant }: Commit,
  level: Level,
  before: SessionRow | undefined,
): Pick<SessionRow, 'fresh_at' | 'fresh_level'> {
  const stays = before && now - before.fresh_at <= tenant.profile.stepUp && !atLeast(level, before.fresh_level);
  return stays ? { fresh_at: before.fresh_at, fresh_level: before.fresh_level } : { fresh_at: now, fresh_level: level };
}

/**
 * The session of a token, or undefined: ended, too old, idle too long, or of a user who may not be here. The server's
 * clock decides; nothing that the client holds lengthens it.
 */
export async function check(
  deps: Pick<Deps, 'database' | 'now'>,
  tenantId: string,
  token: string,
  source: Pick<Source, 'address'>,
): Promise<Session | undefined> {
  const now = deps.now();
  const found = await findSession(deps.database.in(tenantId), hashToken(token));
  if (found?.state !== 'active') return undefined;
  if (now >= found.expires_at || now - found.last_seen_at >= found.idle_ms) return undefined;
  await seen(deps, tenantId, found, source);
  return found;
}

/** Notes that a live session was used, at most once a minute. */
export async function seen(
  deps: Pick<Deps, 'database' | 'now'>,
  tenantId: string,
  session: Pick<SessionRow, 'id' | 'last_seen_at'>,
  source: Pick<Source, 'address'>,
): Promise<void> {
  const now = deps.now();
  if (now - session.last_seen_at < seenEvery) return;
  await deps.database.transaction(tenantId, (tx) => touchSession(tx, session.id, now, source.address));
}

/** Ends one session of a user; false where there is none. */
export async function end(
  commit: Commit,
  userId: string,
  sessionId: string,
  by: 'sign-out' | 'owner' | 'change',
): Promise<boolean> {
  const ended = await endSession(commit.tx, userId, sessionId, commit.now);
  if (ended) await commit.record({ type: 'session.ended', userId, details: { session: sessionId, by } });
  return ended;
}

/** Ends all of a user's sessions but one, and gives how many. */
export async function endOthers(
  commit: Commit,
  userId: string,
  but: string | null,
  by: 'owner' | 'change',
): Promise<number> {
  const count = await endSessionsOf(commit.tx, userId, but, commit.now);
  if (count > 0) await commit.record({ type: 'sessions.ended', userId, details: { count, by } });
  return count;
}
