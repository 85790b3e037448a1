import { demandFresh } from '../accounts/factors.ts';
import { Problem } from '../errors.ts';
import type { Purpose } from '../factors/factor.ts';
import { atLeast, type Level, levels } from '../levels.ts';
import { decide, isFresh } from '../policy/policy.ts';
import type { Facts } from './facts.ts';
import type { Beginning } from './flow.ts';

/** First facts of a flow that belongs to a live session. */
export function factsOf(beginning: Beginning, purpose: Purpose): Facts & { userId: string } {
  const { person } = beginning;
  if (!person) throw new Problem('not-signed-in');
  return { purpose, proofs: [], userId: person.user.id, epoch: person.user.epoch };
}

/** The same, where the session must have proved itself lately. */
export function freshFactsOf(beginning: Beginning, purpose: Purpose): Facts & { userId: string } {
  const facts = factsOf(beginning, purpose);
  if (!beginning.session || !beginning.person) throw new Problem('not-signed-in');
  demandFresh(beginning.session, beginning.person, beginning.now);
  return facts;
}

/** What is asked of somebody signed in: a second factor that reaches the level where there is one, else the password. */
export function asking(
  beginning: Beginning,
  wanted: Level = 'password',
): Pick<Facts, 'mustProve' | 'askable' | 'askPassword'> {
  if (!beginning.person) throw new Problem('not-signed-in');
  const { standing } = beginning.person;
  const need = decide(standing);
  if (need.everyday.length === 0) return { askPassword: true };
  const enough = new Set(standing.held.filter((held) => atLeast(held.level, wanted)).map((held) => held.id));
  return { mustProve: true, askable: [...need.everyday, ...need.recovery].filter((id) => enough.has(id)) };
}

/** Whether the session's latest proof is strong and young enough for a change. */
export function alreadyFresh(beginning: Beginning): boolean {
  const { session, person, now } = beginning;
  if (!session || !person) return false;
  const { highest } = decide(person.standing);
  const maxAgeMs = person.standing.profile.stepUp;
  return isFresh(session, { level: highest, maxAgeMs }, now);
}

/** A level that a client names; it can only raise what an action needs. */
export function namedLevel(text: string | undefined): Level {
  if (text === undefined) return 'password';
  const level = levels.find((known) => known === text);
  if (!level) throw new Problem('bad-request', { fields: [{ field: 'level', why: `one of ${levels.join(', ')}` }] });
  return level;
}
