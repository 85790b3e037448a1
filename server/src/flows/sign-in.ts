import { flowLifetimes } from '../policy/limits.ts';
import { openSession } from './finish.ts';
import type { Flow } from './flow.ts';
import { confirmAddress } from './steps/confirm-address.ts';
import { credentials } from './steps/credentials.ts';
import { enrol } from './steps/enrol.ts';
import { keep } from './steps/keep.ts';
import { lost } from './steps/lost.ts';
import { newPassword } from './steps/new-password.ts';
import { offer } from './steps/offer.ts';
import { secondFactor } from './steps/second-factor.ts';

/** Password, second factor, and what must be settled before the door opens. */
export const signIn: Flow = {
  name: 'sign-in',
  purpose: 'sign-in',
  lifetime: flowLifetimes.signIn,
  begin: async () => ({ purpose: 'sign-in', proofs: [] }),
  steps: [credentials, secondFactor, confirmAddress, newPassword, keep, lost, offer, enrol],
  finish: openSession,
};
