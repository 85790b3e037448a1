import { Problem } from '../errors.ts';
import { flowLifetimes } from '../policy/limits.ts';
import { openSession } from './finish.ts';
import type { Flow } from './flow.ts';
import { confirmAddress } from './steps/confirm-address.ts';
import { enrol } from './steps/enrol.ts';
import { keep } from './steps/keep.ts';
import { newAddress } from './steps/name-address.ts';
import { newPassword } from './steps/new-password.ts';
import { offer } from './steps/offer.ts';

/** A new account: nothing comes into being before its address is confirmed. */
export const registration: Flow = {
  name: 'registration',
  purpose: 'registration',
  lifetime: flowLifetimes.longer,
  begin: async ({ by }) => {
    if (by.tenant.registration !== 'open') throw new Problem('registration-closed');
    return { purpose: 'registration', proofs: [] };
  },
  steps: [newAddress, confirmAddress, newPassword, offer, enrol, keep],
  finish: openSession,
};
