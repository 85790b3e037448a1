/** Known browsers: a random cookie set at a complete sign-in. It opens nothing; it chooses the lane of the limits. */
import type { BrowserLane } from '../policy/limits.ts';
import { randomToken } from '../security/random.ts';
import { hashToken } from '../security/tokens.ts';
import { countKnownBrowsers, isGivenToken, isKnownBrowser, rememberBrowser } from '../storage/known-browsers.ts';
import type { Db } from '../storage/open.ts';
import type { UserRow } from '../storage/tables.ts';
import type { Commit, Source } from './commit.ts';
import { notify } from './notices.ts';

/** The lane of a subject from this browser. An unknown subject runs the same statement. */
export async function laneOf(db: Db, subject: string, source: Source): Promise<BrowserLane> {
  const known = await isKnownBrowser(db, subject, hashToken(source.browserToken ?? ''));
  return known && source.browserToken ? 'known' : 'other';
}

/**
 * Remembers this browser for the user after a complete sign-in and tells the owner of a new one; the browser of the
 * registration is the first and no news. Gives the token that the cookie must hold.
 */
export async function greetBrowser(
  commit: Commit,
  user: UserRow,
  transport: 'cookie' | 'token',
): Promise<string | undefined> {
  const { tx, source, now } = commit;
  const token = transport === 'cookie' ? await cookieToken(commit) : undefined;
  // A program keeps no cookie: it is known by its name and network, for news alone and never for a lane.
  const program = `program:${hashToken(`${source.browser}:${source.network}`)}`;
  const tokenHash = token === undefined ? program : hashToken(token);
  const known = await isKnownBrowser(tx, user.id, tokenHash);
  const first = !known && (await countKnownBrowsers(tx, user.id)) === 0;
  await rememberBrowser(tx, { user_id: user.id, token_hash: tokenHash, browser: source.browser }, now);
  if (!known && !first) {
    await commit.record({ type: 'browser.new', userId: user.id, details: {} });
    await notify(commit, user, 'notice.new-browser');
  }
  return token;
}

/** The token that this browser has, or a new one. */
async function cookieToken({ tx, deps, source }: Commit): Promise<string> {
  const shown = source.browserToken;
  // A token that nobody was given is not adopted: who plants one must not choose it.
  const given = shown !== undefined && (await isGivenToken(tx, hashToken(shown)));
  return given ? shown : randomToken(deps.random);
}
