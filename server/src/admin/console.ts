/** Who may do what the console does: a console role, and for a change a fresh proof. */
import { type Circumstance, type Commit, commit } from '../accounts/commit.ts';
import { demandFresh, lockPerson } from '../accounts/factors.ts';
import { type Person, readPerson } from '../accounts/person.ts';
import type { Session } from '../accounts/sessions.ts';
import { Problem } from '../errors.ts';
import type { Db } from '../storage/open.ts';
import { findUser } from '../storage/users.ts';

/**
 * Looks once before anything dear is read or judged, and gives what to read with. `fresh`: whether a proof of lately is
 * needed too. Throws `forbidden` for other roles.
 */
export async function demandConsole(by: Circumstance, session: Session, fresh: 'fresh' | 'any-time'): Promise<Db> {
  const db = by.deps.database.in(by.tenant.id);
  const user = await findUser(db, session.user_id);
  if (!user) throw new Problem('not-signed-in');
  check(await readPerson(db, by.tenant, user), session, fresh, by.deps.now());
  return db;
}

/** Changes something for the console; who asks is looked at once more under the lock. */
export const asConsole = <T>(
  by: Circumstance,
  session: Session,
  work: (c: Commit, person: Person) => Promise<T>,
): Promise<T> =>
  commit(by, async (c) => {
    const person = await lockPerson(c, session);
    check(person, session, 'fresh', c.now);
    return work(c, person);
  });

function check(person: Pick<Person, 'standing'>, session: Session, fresh: 'fresh' | 'any-time', now: number): void {
  if (!person.standing.roles.some((role) => role.console)) throw new Problem('forbidden');
  if (fresh === 'fresh') demandFresh(session, person, now);
}
