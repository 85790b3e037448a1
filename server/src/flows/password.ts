import { flowLifetimes } from '../policy/limits.ts';
import { renewSession } from './finish.ts';
import type { Flow } from './flow.ts';
import { alreadyFresh, asking, factsOf } from './signed-in.ts';
import { currentPassword } from './steps/current-password.ts';
import { keep } from './steps/keep.ts';
import { newPassword } from './steps/new-password.ts';
import { secondFactor } from './steps/second-factor.ts';

/** A change of password: the current one, and a second factor unless the session has just proved one (PW-10). */
export const password: Flow = {
  name: 'password',
  purpose: 'password',
  lifetime: flowLifetimes.longer,
  session: 'live',
  begin: async (beginning) => {
    const second = alreadyFresh(beginning) ? {} : asking(beginning);
    return { ...factsOf(beginning, 'password'), ...second, askPassword: true, newPassword: 'wanted' };
  },
  steps: [currentPassword, secondFactor, keep, newPassword],
  finish: async (c, scene) => (scene.facts.mustProve === true ? renewSession(c, scene, 'password') : {}),
};
