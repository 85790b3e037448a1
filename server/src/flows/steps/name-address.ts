import { type Address, parseAddress } from '../../accounts/address.ts';
import type { AuditEvent } from '../../audit/events.ts';
import { randomId, randomToken } from '../../security/random.ts';
import { factorsOf } from '../../storage/factors.ts';
import { findUserByEmail, rolesOf } from '../../storage/users.ts';
import { type Facts, no, type Verdict } from '../facts.ts';
import type { Scene, Step } from '../flow.ts';

/** For whom an address is named: a newcomer, somebody who forgot the password, or an account that changes its own. */
type For = 'newcomer' | 'forgetful' | 'change';

/** Asks for an address. What follows looks the same whether or not somebody has it (RATE-08, REC-06). */
const nameAddress = (who: For, ask: 'identifier' | 'fill'): Step => ({
  name: 'address',
  isNeeded: (facts) => facts.address === undefined,
  show: () => (ask === 'fill' ? { ask: 'fill', what: 'email' } : { ask: 'identifier' }),
  takes: [ask],
  judge: async (scene, answer) => {
    const text = 'identifier' in answer ? answer.identifier : 'value' in answer ? answer.value : '';
    const address = parseAddress(text);
    if (!address) return { verdict: no('not-an-address') };
    const verdict = await named(scene, who, address);
    return {
      verdict,
      write: async (c) => {
        const known = verdict.is === 'named' && verdict.facts.reachable === true;
        const userId = verdict.is === 'named' ? (verdict.facts.userId ?? scene.facts.userId) : undefined;
        await c.record({ userId, ...told[who](known) });
        return undefined;
      },
    };
  },
  learn: (facts, verdict) => (verdict.is === 'named' ? { ...facts, ...verdict.facts } : facts),
});

/** What the audit hears, by whether the address can get a code. */
const told = {
  newcomer: (free: boolean) => ({ type: free ? 'registration.started' : 'registration.address-taken', details: {} }),
  forgetful: (known: boolean) => ({ type: 'recovery.started', actor: null, details: { known } }),
  change: () => ({ type: 'address.change-started', details: {} }),
} as const satisfies Readonly<Record<For, (reachable: boolean) => AuditEvent>>;

async function named(scene: Scene, who: For, address: Address): Promise<Verdict> {
  const { deps, tenant } = scene.by;
  const db = deps.database.in(tenant.id);
  const user = await findUserByEmail(db, address.canonical);
  if (who === 'change') return { is: 'named', facts: { address, reachable: user === undefined } };
  if (who === 'newcomer') {
    return { is: 'named', facts: { address, reachable: !user, newcomer: newcomer(scene) } };
  }
  // An unknown address costs the same look-ups.
  await rolesOf(db, user?.id ?? '');
  await factorsOf(db, user?.id ?? '');
  if (user?.state !== 'active') return { is: 'named', facts: { address, reachable: false } };
  return { is: 'named', facts: { address, reachable: true, userId: user.id, epoch: user.epoch } };
}

/** A person without an account: an id, and the random handle that authenticators know them by (WAN-12). */
function newcomer(scene: Scene): NonNullable<Facts['newcomer']> {
  const { random } = scene.by.deps;
  const begun = scene.facts.newcomer;
  return {
    id: randomId(random),
    handle: randomToken(random, 64),
    role: begun?.role ?? 'member',
    by: begun?.by ?? 'registration',
  };
}

/** Registration: the address that becomes the identifier. */
export const newAddress = nameAddress('newcomer', 'identifier');
/** Set-up: the first owner's address. */
export const ownerAddress = nameAddress('newcomer', 'fill');
/** Recovery: the address of the account. */
export const accountAddress = nameAddress('forgetful', 'identifier');
/** Change of address: the new one. */
export const otherAddress = nameAddress('change', 'fill');
