/** A signed-in user's factors: list, name, prefer, keep, report lost, remove. Adding is the enrolment flow's. */
import { Problem } from '../errors.ts';
import { changeNeeds, decide, isFresh } from '../policy/policy.ts';
import { killChallengesOfFactor } from '../storage/challenges.ts';
import { deleteFactor, preferFactor, updateFactor } from '../storage/factors.ts';
import { liveSession } from '../storage/sessions.ts';
import type { FactorRow, UserRow } from '../storage/tables.ts';
import { lockUser, raiseEpoch } from '../storage/users.ts';
import { type Circumstance, type Commit, commit } from './commit.ts';
import { described, notify } from './notices.ts';
import { type Person, readPerson, standingOf } from './person.ts';
import { endOthers, type Session } from './sessions.ts';
import { leaveToken } from './tokens.ts';

/** Throws `step-up-required` unless the session proved itself lately at the user's highest level (ENR-01, STEP-01). */
export function demandFresh(
  session: Pick<Session, 'fresh_at' | 'fresh_level'>,
  person: Pick<Person, 'standing'>,
  now: number,
): void {
  const needs = changeNeeds(person.standing);
  if (isFresh(session, needs, now)) return;
  throw new Problem('step-up-required', { level: needs.level, maxAge: Math.floor(needs.maxAgeMs / 1000) });
}

/** Stops a factor at once: its open questions die, and the epoch ends every flow that counted on it. */
export async function reportLost(c: Commit, user: UserRow, factor: FactorRow): Promise<number> {
  // What is found again may be somebody's again: a key's id is unique among those in use.
  await updateFactor(c.tx, factor.id, { state: 'lost', preferred: 0, lookup: null });
  await killChallengesOfFactor(c.tx, user.id, factor.id);
  await leaveToken(c, factor, 'lost');
  await c.record({ type: 'factor.lost', userId: user.id, details: { kind: factor.kind, factor: factor.id } });
  return raiseEpoch(c.tx, user.id);
}

/**
 * The user of a session, locked, with everything read under the lock. The session is looked at once more there: one that
 * was ended while its request was under way changes nothing.
 */
export async function lockPerson(c: Commit, session: Pick<Session, 'id' | 'user_id'>): Promise<Person> {
  const user = await lockUser(c.tx, session.user_id);
  if (user?.state !== 'active' || !(await liveSession(c.tx, session.id, c.now))) throw new Problem('not-signed-in');
  return readPerson(c.tx, c.tenant, user);
}

function owned(person: Person, factorId: string): FactorRow {
  const factor = person.factors.find((row) => row.id === factorId);
  if (!factor) throw new Problem('not-found');
  return factor;
}

/** Runs a change of one factor in a commit, after a fresh proof. */
async function change(
  by: Circumstance,
  session: Session,
  factorId: string,
  work: (c: Commit, person: Person, factor: FactorRow) => Promise<void>,
): Promise<void> {
  await commit(by, async (c) => {
    const person = await lockPerson(c, session);
    const factor = owned(person, factorId);
    demandFresh(session, person, c.now);
    await work(c, person, factor);
  });
}

/** What may be changed of a factor without touching its proof. */
export interface FactorChange {
  readonly label?: string | undefined;
  readonly preferred?: boolean | undefined;
  readonly kept?: boolean | undefined;
}

/** Names a factor, prefers it, or keeps a mailbox beside a stronger one. */
export async function changeFactor(
  by: Circumstance,
  session: Session,
  factorId: string,
  what: FactorChange,
): Promise<void> {
  await change(by, session, factorId, async (c, { user }, factor) => {
    const details = { kind: factor.kind, factor: factor.id };
    if (what.label !== undefined) {
      await updateFactor(c.tx, factor.id, { label: what.label });
      await c.record({ type: 'factor.renamed', userId: user.id, details });
    }
    if (what.preferred !== undefined) {
      if (factor.use !== 'everyday' || factor.state !== 'active') throw new Problem('conflict');
      await preferFactor(c.tx, user.id, what.preferred ? factor.id : null);
      await c.record({ type: 'factor.preferred', userId: user.id, details });
      const text = what.preferred ? 'notice.preferred-changed' : 'notice.preferred-ended';
      await notify(c, user, text, { what: what.label ?? factor.label });
    }
    if (what.kept !== undefined) {
      await updateFactor(c.tx, factor.id, { kept: what.kept ? 1 : 0 });
      await c.record({ type: 'factor.kept', userId: user.id, details: { ...details, kept: what.kept } });
      await notify(c, user, what.kept ? 'notice.kept' : 'notice.kept-ended', { what: what.label ?? factor.label });
      await raiseEpoch(c.tx, user.id);
    }
  });
}

/**
 * Removes a factor. The last one stays where a role must have one (ENR-10); recovery kinds end with the last everyday
 * factor. Other sessions end (SES-09), and the owner is told.
 */
export async function removeFactor(by: Circumstance, session: Session, factorId: string): Promise<void> {
  await change(by, session, factorId, async (c, person, factor) => {
    const { user, factors, roles } = person;
    const left = factors.filter((row) => row.id !== factor.id);
    const after = decide(standingOf(c.tenant, roles, left));
    if (factor.use === 'everyday' && after.required && after.everyday.length === 0) throw new Problem('last-factor');
    const last = factor.use === 'everyday' && !left.some((row) => row.use === 'everyday');
    const gone = last ? [factor, ...left.filter((row) => row.use === 'recovery')] : [factor];
    for (const row of gone) {
      await leaveToken(c, row, 'free');
      await deleteFactor(c.tx, row.id);
      await c.record({ type: 'factor.removed', userId: user.id, details: { kind: row.kind, factor: row.id } });
    }
    await endOthers(c, user.id, session.id, 'change');
    await notify(c, user, 'notice.factor-removed', { what: gone.map(described).join(', ') });
    await raiseEpoch(c.tx, user.id);
  });
}

/**
 * Reports a factor lost: it stops at once. The proof comes from any other factor, so the demand is made as if the lost
 * one were gone already.
 */
export async function loseFactor(by: Circumstance, session: Session, factorId: string): Promise<void> {
  await commit(by, async (c) => {
    const { user, factors, roles } = await lockPerson(c, session);
    const factor = factors.find((row) => row.id === factorId && row.state === 'active');
    if (!factor) throw new Problem('not-found');
    const others = factors.filter((row) => row.id !== factorId);
    demandFresh(session, { standing: standingOf(c.tenant, roles, others) }, c.now);
    await reportLost(c, user, factor);
    await endOthers(c, user.id, session.id, 'change');
    await notify(c, user, 'notice.factor-lost', { what: described(factor) });
  });
}
