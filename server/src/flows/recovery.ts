import { factorKinds } from '../factors/index.ts';
import { flowLifetimes } from '../policy/limits.ts';
import { forgetAttempts } from '../storage/attempts.ts';
import { bindingOf } from './enrolling.ts';
import type { Flow } from './flow.ts';
import { forgetRequests } from './sending/requests.ts';
import { confirmAddress } from './steps/confirm-address.ts';
import { keep } from './steps/keep.ts';
import { accountAddress } from './steps/name-address.ts';
import { newPassword } from './steps/new-password.ts';
import { secondFactor } from './steps/second-factor.ts';

/**
 * A forgotten password: the mailbox, then a factor of another channel where the account has one, then a new password.
 * It opens no session and touches no factor; a normal sign-in follows (REC-01).
 */
export const recovery: Flow = {
  name: 'recovery',
  purpose: 'recovery',
  lifetime: flowLifetimes.longer,
  begin: async () => ({ purpose: 'recovery', proofs: [] }),
  steps: [accountAddress, confirmAddress, secondFactor, keep, newPassword],
  finish: async (c, scene) => {
    // What too many failures had disabled works again: whoever comes this far is the owner.
    const counted = factorKinds.flatMap(({ kind }) => [kind, bindingOf(kind)]);
    for (const kind of counted) await forgetAttempts(c.tx, scene.facts.userId ?? '', kind);
    await forgetRequests(c.tx, scene.facts.userId ?? '');
    await c.record({ type: 'recovery.completed', userId: scene.facts.userId ?? null, details: {} });
    return {};
  },
};
