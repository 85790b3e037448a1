import { Problem } from '../errors.ts';
import { flowLifetimes } from '../policy/limits.ts';
import { decide } from '../policy/policy.ts';
import { recoveryKinds } from './enrolling.ts';
import { renewSession } from './finish.ts';
import type { Flow } from './flow.ts';
import { freshFactsOf } from './signed-in.ts';
import { enrol } from './steps/enrol.ts';
import { keep } from './steps/keep.ts';
import { offer } from './steps/offer.ts';

/** Adds a factor, or makes new backup codes or a new paper key; needs a fresh proof (ENR-01, LUS-06). */
export const enrolment: Flow = {
  name: 'enrolment',
  purpose: 'enrolment',
  lifetime: flowLifetimes.longer,
  session: 'fresh',
  begin: async (beginning, { kind }) => {
    const facts = freshFactsOf(beginning, 'enrolment');
    if (kind !== undefined && recoveryKinds.includes(kind)) {
      const standing = beginning.person?.standing;
      // Recovery kinds belong to an everyday factor and end with it.
      if (!standing || decide(standing).everyday.length === 0) throw new Problem('conflict');
      return { ...facts, keep: [kind] };
    }
    return { ...facts, offer: { skippable: false, why: 'offer.add' } };
  },
  firstInput: ({ kind }) => (kind === undefined || recoveryKinds.includes(kind) ? undefined : { accept: kind }),
  steps: [offer, enrol, keep],
  finish: async (c, scene) => (scene.facts.proofs.length > 0 ? renewSession(c, scene, 'password') : {}),
};
