import { Problem } from '../errors.ts';
import { flowLifetimes } from '../policy/limits.ts';
import { hashToken, sameText } from '../security/tokens.ts';
import { countRole } from '../storage/users.ts';
import { openSession } from './finish.ts';
import type { Flow } from './flow.ts';
import { confirmAddress } from './steps/confirm-address.ts';
import { enrol } from './steps/enrol.ts';
import { keep } from './steps/keep.ts';
import { ownerAddress } from './steps/name-address.ts';
import { newPassword } from './steps/new-password.ts';
import { offer } from './steps/offer.ts';

const owner = 'owner';

/** The first owner, by the link that the start prints: one hour, one owner (ADM-02). */
export const setUp: Flow = {
  name: 'set-up',
  purpose: 'registration',
  lifetime: flowLifetimes.longer,
  begin: async ({ by, now }, { link }) => {
    const { setUp: good, database } = by.deps;
    const right = good && link !== undefined && now < good.expiresAt && sameText(hashToken(link), good.tokenHash);
    if (!right || (await countRole(database.in(by.tenant.id), owner)) > 0) throw new Problem('link-over');
    return { purpose: 'registration', proofs: [], newcomer: { id: '', handle: '', role: owner, by: 'set-up' } };
  },
  steps: [ownerAddress, confirmAddress, newPassword, offer, enrol, keep],
  finish: openSession,
};
