import { standingOf } from '../accounts/person.ts';
import { Problem } from '../errors.ts';
import { kindOf } from '../factors/index.ts';
import { atLeast } from '../levels.ts';
import { flowLifetimes } from '../policy/limits.ts';
import { changeNeeds, decide, isFresh } from '../policy/policy.ts';
import type { Beginning, Flow } from './flow.ts';
import { factsOf } from './signed-in.ts';
import { currentPassword } from './steps/current-password.ts';
import { keep } from './steps/keep.ts';
import { resynchronise } from './steps/resynchronise.ts';
import { secondFactor } from './steps/second-factor.ts';

/**
 * Finds the place of a token again that is out of step, by two codes that follow each other and a proof that is not the
 * token's: a fresh one by another factor, or where there is none the password (RFC 4226 §7.4, RFC 6238 §6). It opens
 * nothing and makes no session fresher.
 */
export const resynchronisation: Flow = {
  name: 'resynchronisation',
  purpose: 'step-up',
  lifetime: flowLifetimes.stepUp,
  session: 'live',
  begin: async (beginning, { factor: id }) => {
    const facts = factsOf(beginning, 'step-up');
    const factor = beginning.person?.factors.find((row) => row.id === id && row.state === 'active');
    if (!factor || !kindOf(factor.kind).resynchronise) {
      throw new Problem('bad-request', { fields: [{ field: 'factor', why: 'no token of this account' }] });
    }
    return { ...facts, ...provedBeside(beginning, factor.id), resynchronising: { factor: factor.id } };
  },
  steps: [currentPassword, secondFactor, keep, resynchronise],
  finish: async () => ({}),
};

/** What is asked first: as if the token were not there, since a token out of step proves nothing. */
function provedBeside({ by, now, session, person }: Beginning, tokenId: string) {
  if (!session || !person) throw new Problem('not-signed-in');
  const others = person.factors.filter((row) => row.id !== tokenId);
  const standing = standingOf(by.tenant, person.roles, others);
  const need = decide(standing);
  const recovery = standing.held.filter((held) => held.use === 'recovery').map((held) => held.id);
  const ways = [...need.everyday, ...recovery];
  if (ways.length === 0) return { askPassword: true };
  if (need.everyday.length > 0 && isFresh(session, changeNeeds(standing), now)) return {};
  const strong = new Set(standing.held.filter((held) => atLeast(held.level, need.highest)).map((held) => held.id));
  return { mustProve: true, askable: ways.filter((id) => strong.has(id)) };
}
