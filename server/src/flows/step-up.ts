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
  takesAction: true,
  begin: async (beginning, { level, action }) => {
    const wanted = namedLevel(level);
    const facts = factsOf(beginning, 'step-up');
    const highest = beginning.person ? decide(beginning.person.standing).highest : 'password';
    // No factor of theirs reaches it: said at once, not after a code was typed.
    if (!atLeast(highest, wanted)) throw new Problem('forbidden', { level: wanted });
    return { ...facts, ...asking(beginning, wanted), wanted, ...(action === undefined ? {} : { action }) };
  },
  steps: [currentPassword, secondFactor, keep],
  finish: async (c, scene) => {
    const { userId, wanted, action } = scene.facts;
    const finished = await renewSession(c, scene, wanted ?? 'password');
    const details = action === undefined ? {} : { for: action };
    await c.record({ type: 'step-up.proved', userId: userId ?? null, details });
    return finished;
  },
};
