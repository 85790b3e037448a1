/** The signed-in user's own record, and what they see of their sessions and activity. */
import { eventsShown } from '../audit/events.ts';
import { Problem } from '../errors.ts';
import { changeNeeds, decide, isFresh, isPhone } from '../policy/policy.ts';
import { eventsOf } from '../storage/events.ts';
import { sessionsOf } from '../storage/sessions.ts';
import type { EventRow, SessionRow } from '../storage/tables.ts';
import { findUser, updateUser } from '../storage/users.ts';
import { type Circumstance, commit } from './commit.ts';
import { demandFresh, lockPerson } from './factors.ts';
import { notify } from './notices.ts';
import { type Person, readPerson } from './person.ts';
import { end, endOthers, type Session } from './sessions.ts';

const activityShown = 50;
const refusalsShown = 10;

/** The user of a session with all that policy looks at. */
export async function personOfSession(by: Circumstance, session: Session): Promise<Person> {
  const db = by.deps.database.in(by.tenant.id);
  const user = await findUser(db, session.user_id);
  if (!user) throw new Problem('not-signed-in');
  return readPerson(db, by.tenant, user);
}

/** What the account page says first; `phones` tells whether codes can be texted here. */
export function overview(person: Person, session: Session, { now, phones }: { now: number; phones: boolean }) {
  const { user, roles, standing, factors } = person;
  const need = decide(standing);
  const needs = changeNeeds(standing);
  const freshUntil = isFresh(session, needs, now) ? session.fresh_at + needs.maxAgeMs : undefined;
  return {
    id: user.id,
    name: user.name,
    email: user.email,
    locale: user.locale,
    createdAt: user.created_at,
    passwordChangedAt: user.password_changed_at,
    roles: [...roles],
    secondFactor: need.everyday.length > 0,
    mustHaveSecondFactor: need.required,
    advice: adviceFor(person, session, phones),
    recoverySets: factors.filter((row) => row.use === 'recovery' && row.state === 'active').length,
    session: { id: session.id, level: session.level, freshUntil },
  };
}

/** What would make the account safer, by key; the pages have the sentences. */
function adviceFor({ standing, factors }: Person, { amr }: Pick<Session, 'amr'>, phones: boolean): string[] {
  const need = decide(standing);
  const asked = standing.held.filter((held) => need.everyday.includes(held.id));
  const onlyPhones = asked.every(isPhone);
  const advice: string[] = [];
  if (asked.length === 0) advice.push('turn-on');
  else if (need.highest === 'two-step') advice.push('stronger');
  // An invitation after a sign-in by text message; nothing is forced.
  else if (onlyPhones && (JSON.parse(amr) as string[]).includes('sms')) advice.push('app-instead-of-sms');
  else if (asked.length === 1) advice.push(phones && !onlyPhones ? 'add-phone' : 'second-way');
  if (need.everyday.length > 0 && !factors.some((row) => row.use === 'recovery' && row.state === 'active')) {
    advice.push('recovery-codes');
  }
  if (factors.some((row) => row.state === 'lost')) advice.push('replace-lost');
  return advice;
}

/** Changes the display name. */
export async function rename(by: Circumstance, session: Session, name: string): Promise<void> {
  await commit(by, async (c) => {
    await lockPerson(c, session);
    await updateUser(c.tx, session.user_id, { name });
    await c.record({ type: 'profile.changed', userId: session.user_id, details: { fields: ['name'] } });
  });
}

/** The user's live sessions, latest first. */
export async function listSessions(by: Circumstance, session: Session): Promise<SessionRow[]> {
  const now = by.deps.now();
  const rows = await sessionsOf(by.deps.database.in(by.tenant.id), session.user_id);
  return rows.filter((row) => row.expires_at > now && row.last_seen_at + row.idle_ms > now);
}

/** Ends one of the user's sessions, or all others with `null`; after a fresh proof (SES-08). */
export async function endSessions(by: Circumstance, session: Session, which: string | null): Promise<void> {
  await commit(by, async (c) => {
    const person = await lockPerson(c, session);
    const { user } = person;
    demandFresh(session, person, c.now);
    if (which === null) {
      const count = await endOthers(c, user.id, session.id, 'owner');
      if (count > 0) await notify(c, user, 'notice.sessions-ended');
    } else if (!(await end(c, user.id, which, 'owner'))) throw new Problem('not-found');
  });
}

/** Ends the session that asks. */
export const signOut = (by: Circumstance, session: Session): Promise<boolean> =>
  commit(by, (c) => end(c, session.user_id, session.id, 'sign-out'));

/**
 * What happened to the account lately, as far as it concerns its owner. Failures of others are few in the list, however
 * many there were, so that they cannot hide what did happen.
 */
export async function activity(by: Circumstance, session: Session): Promise<EventRow[]> {
  const db = by.deps.database.in(by.tenant.id);
  const done = await eventsOf(db, session.user_id, eventsShown.done, activityShown);
  const refused = await eventsOf(db, session.user_id, eventsShown.refused, refusalsShown);
  return [...done, ...refused].sort((one, other) => other.at - one.at);
}
