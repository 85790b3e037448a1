import { Problem } from '../errors.ts';
import { atLeast } from '../levels.ts';
import { flowLifetimes } from '../policy/limits.ts';
import { decide } from '../policy/policy.ts';
import { renewSession } from './finish.ts';
import type { Flow } from './flow.ts';
import { asking, factsOf, namedLevel } from './signed-in.ts';
import { currentPassword } from './steps/current-password.ts';
import { keep } from './steps/keep.ts';
import { secondFactor } from './steps/second-factor.ts';

/** A fresh proof before a dangerous action; the password alone is none where there is a second factor (ENR-01). */
export const stepUp: Flow = {
  name: 'step-up',
  purpose: 'step-up',
  lifetime: flowLifetimes.stepUp,
  session: 'live',
  begin: async (beginning, { level }) => {
    const wanted = namedLevel(level);
    const facts = factsOf(beginning, 'step-up');
    const highest = beginning.person ? decide(beginning.person.standing).highest : 'password';
    // No factor of theirs reaches it: said at once, not after a code was typed.
    if (!atLeast(highest, wanted)) throw new Problem('forbidden', { level: wanted });
    return { ...facts, ...asking(beginning, wanted), wanted };
  },
  steps: [currentPassword, secondFactor, keep],
  finish: (c, scene) => renewSession(c, scene, scene.facts.wanted ?? 'password'),
};
