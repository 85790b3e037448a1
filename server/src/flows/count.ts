/** Counts an attempt before it is judged. What is counted here is never taken back by a failure that follows. */
import { type Circumstance, type Commit, commit } from '../accounts/commit.ts';
import { notify } from '../accounts/notices.ts';
import { Problem } from '../errors.ts';
import { paceOf } from '../policy/limits.ts';
import { laneAttempts, takeLaneAttempt, takeTotalAttempt } from '../storage/attempts.ts';
import { takeChallengeAttempt } from '../storage/challenges.ts';
import { findUser } from '../storage/users.ts';
import { nameOf } from './enrolling.ts';
import type { Guess } from './flow.ts';

/** What counting says. */
export type Count =
  /** To be judged; how many more answers this question takes, and whether this was the last before the kind is disabled. */
  | { readonly is: 'counted'; readonly left: number | undefined; readonly last: boolean }
  /** The lane is paused or the kind is disabled: not judged. */
  | { readonly is: 'limited'; readonly reason: 'paused' | 'disabled'; readonly retryAfter: number }
  /** The question takes no more answers. */
  | { readonly is: 'spent' };

class Refusal extends Error {
  readonly reason: 'paused' | 'disabled' | 'spent';

  constructor(reason: Refusal['reason']) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Takes an attempt: the lane's, the total's and the challenge's counts go up together in one commit, or none does.
 * Each is one conditional statement whose row count is the verdict, so a hundred at once are counted one by one.
 */
export async function count(by: Circumstance, guess: Guess): Promise<Count> {
  const { guesses } = by.tenant.profile;
  const pace = paceOf(by.tenant.profile);
  try {
    return await commit(
      by,
      async ({ tx, now }) => {
        if (!(await takeLaneAttempt(tx, guess, pace, now))) throw new Refusal('paused');
        const total = await takeTotalAttempt(tx, guess, pace, now);
        if (total === undefined) throw new Refusal('disabled');
        const last = total === pace.disableAt;
        if (guess.challengeId === undefined) return { is: 'counted', left: undefined, last };
        const most = guess.most ?? guesses.perChallenge;
        const taken = await takeChallengeAttempt(tx, guess.challengeId, most, now);
        if (taken === undefined) throw new Refusal('spent');
        return { is: 'counted', left: most - taken, last };
        // The verdict commits before anybody learns it, and takes this to the disk with it.
      },
      'with-next',
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(by, guess, error.reason);
  }
}

async function refused(by: Circumstance, guess: Guess, reason: Refusal['reason']): Promise<Count> {
  await commit(by, (c: Commit) =>
    c.record({
      type: 'attempts.refused',
      userId: guess.subject.startsWith('?') ? null : guess.subject,
      details: { kind: guess.kind, lane: guess.lane, reason },
    }),
  );
  if (reason === 'spent') return { is: 'spent' };
  const row = await laneAttempts(by.deps.database.in(by.tenant.id), guess);
  const until = reason === 'paused' ? (row?.open_at ?? 0) - by.deps.now() : by.tenant.profile.guesses.block;
  return { is: 'limited', reason, retryAfter: Math.max(1, Math.ceil(until / 1000)) };
}

/** The problem that answers a refusal by the limits: not judged, and when to try again (RATE-10). */
export const tooMany = (retryAfter: number): Problem => new Problem('too-many-requests', { retryAfter });

/** Tells the owner that a kind is disabled after too many failures, and records it. */
export async function tellDisabled(c: Commit, guess: Guess): Promise<void> {
  const user = await findUser(c.tx, guess.subject);
  await c.record({ type: 'factor.disabled', userId: user?.id ?? null, details: { kind: guess.kind } });
  if (user) await notify(c, user, 'notice.factor-disabled', { what: nameOf(guess.kind) });
}
