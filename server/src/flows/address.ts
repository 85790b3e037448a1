import { notify } from '../accounts/notices.ts';
import { endOthers } from '../accounts/sessions.ts';
import { Problem } from '../errors.ts';
import { maskAddress } from '../factors/mask.ts';
import { flowLifetimes } from '../policy/limits.ts';
import { randomId } from '../security/random.ts';
import { deleteFactor, factorsOf } from '../storage/factors.ts';
import { findUser, findUserByEmail, raiseEpoch, updateUser } from '../storage/users.ts';
import { addFactor, mailKind } from './enrolling.ts';
import type { Flow } from './flow.ts';
import { freshFactsOf } from './signed-in.ts';
import { confirmAddress } from './steps/confirm-address.ts';
import { otherAddress } from './steps/name-address.ts';

/** A change of address: a fresh proof, a code at the new one, a notice to the old one (OOB-04). */
export const address: Flow = {
  name: 'address',
  purpose: 'address',
  lifetime: flowLifetimes.longer,
  session: 'fresh',
  begin: async (beginning) => freshFactsOf(beginning, 'address'),
  steps: [otherAddress, confirmAddress],
  finish: async (c, scene) => {
    const user = await findUser(c.tx, scene.facts.userId ?? '');
    const to = scene.facts.address;
    if (!user || !to || (await findUserByEmail(c.tx, to.canonical))) throw new Problem('flow-over');
    await updateUser(c.tx, user.id, { email: to.typed, email_canonical: to.canonical });
    const changed = { ...user, email: to.typed, email_canonical: to.canonical };
    // A factor of the old mailbox becomes one of the new mailbox, which was just proved.
    for (const factor of (await factorsOf(c.tx, user.id)).filter((row) => row.kind === mailKind.kind)) {
      await deleteFactor(c.tx, factor.id);
      const adding = {
        id: randomId(c.deps.random),
        kind: mailKind,
        data: { address: to.typed },
        level: mailKind.level,
      };
      await addFactor(c, changed, { ...adding, by: 'owner', kept: factor.kept === 1 }, false);
    }
    await c.record({ type: 'address.changed', userId: user.id, details: {} });
    const what = maskAddress(to.typed);
    for (const told of [user.email, to.typed]) await notify(c, user, 'notice.address-changed', { to: told, what });
    await endOthers(c, user.id, scene.session?.id ?? null, 'change');
    await raiseEpoch(c.tx, user.id);
    return {};
  },
};
