import { parseAddress } from '../accounts/address.ts';
import { Problem } from '../errors.ts';
import { mailboxChannel } from '../factors/email.ts';
import { flowLifetimes } from '../policy/limits.ts';
import { randomId, randomToken } from '../security/random.ts';
import { hashToken } from '../security/tokens.ts';
import { findInvitation } from '../storage/invitations.ts';
import { findUserByEmail } from '../storage/users.ts';
import { mailKind } from './enrolling.ts';
import { openSession } from './finish.ts';
import type { Flow } from './flow.ts';
import { enrol } from './steps/enrol.ts';
import { keep } from './steps/keep.ts';
import { newPassword } from './steps/new-password.ts';
import { offer } from './steps/offer.ts';

/** A new account by a mailed link, which proves the address; it is used up when the account comes into being. */
export const invitation: Flow = {
  name: 'invitation',
  purpose: 'registration',
  lifetime: flowLifetimes.longer,
  begin: async ({ by, now }, { link }) => {
    if (by.tenant.registration === 'closed') throw new Problem('registration-closed');
    const db = by.deps.database.in(by.tenant.id);
    const found = link === undefined ? undefined : await findInvitation(db, hashToken(link), now);
    const address = parseAddress(found?.email ?? '');
    if (!found || !address || (await findUserByEmail(db, address.canonical))) throw new Problem('link-over');
    const { kind, level, amr } = mailKind;
    const { random } = by.deps;
    return {
      purpose: 'registration',
      address,
      addressProved: true,
      reachable: true,
      newPassword: 'wanted',
      newcomer: {
        id: randomId(random),
        handle: randomToken(random, 64),
        role: found.role,
        by: 'invitation',
        invitation: found.id,
      },
      proofs: [
        { kind, factorId: null, use: 'everyday', channel: mailboxChannel(address.canonical), level, amr, at: now },
      ],
    };
  },
  steps: [newPassword, offer, enrol, keep],
  finish: openSession,
};
