/** Devices that answer for their owner: known by the key that they sign with, and by nothing else. */
import { type Circumstance, commit } from '../../accounts/commit.ts';
import { type Person, readPerson } from '../../accounts/person.ts';
import { factorBound } from '../../accounts/tokens.ts';
import { Problem } from '../../errors.ts';
import type { AnyFactorKind, Elsewhere } from '../../factors/factor.ts';
import { factorKinds } from '../../factors/index.ts';
import { hashToken } from '../../security/tokens.ts';
import { factorWith, swapFactorData } from '../../storage/factors.ts';
import type { FactorRow } from '../../storage/tables.ts';
import { takePlace } from '../../storage/throttles.ts';
import { findUser, lockUser } from '../../storage/users.ts';
import { pairedData } from './pairing.ts';

/** How far a device's clock may be from ours, in milliseconds. */
const clockWithin = 5 * 60_000;

/** Kept far longer than a clock may be off. */
const signedOnce = { most: 1, windowMs: 60 * 60_000 } as const;

/** A kind whose questions are answered on another device. */
export type ElsewhereKind = AnyFactorKind & { readonly elsewhere: Elsewhere };

/** Those there are. */
export const elsewhereKinds: readonly ElsewhereKind[] = factorKinds.filter(
  (kind): kind is ElsewhereKind => kind.elsewhere !== undefined,
);

/** A device that has signed its request. `factor` is undefined while the page that paired it has not yet taken it. */
export interface Device {
  readonly id: string;
  readonly kind: ElsewhereKind;
  readonly data: unknown;
  readonly factor: FactorRow | undefined;
  readonly person: Person | undefined;
}

/** What a request is signed with. */
export interface SignedRequest {
  readonly device: string;
  /** Milliseconds since 1970, as the device has it. */
  readonly time: string;
  readonly signature: string;
  readonly method: string;
  /** With query. */
  readonly path: string;
  /** SHA-256 of the body, base64url. */
  readonly bodyHash: string;
}

/** The device that signed a request; `wrong-time` or `not-signed-in` otherwise. */
export async function deviceOf(by: Circumstance, request: SignedRequest): Promise<Device> {
  if (Math.abs(Number(request.time) - by.deps.now()) > clockWithin) throw new Problem('wrong-time');
  const device = await find(by, request.device);
  const { method, path, time, bodyHash } = request;
  const text = ['secondlock-device', method, path, time, bodyHash].join('\n');
  if (!device?.kind.elsewhere.signed(device.data, text, request.signature)) {
    if (device) await refuse(by, device, 'signature');
    throw new Problem('not-signed-in');
  }
  if (method !== 'GET' && !(await isFirst(by, request, text))) {
    await refuse(by, device, 'replayed');
    throw new Problem('forbidden');
  }
  return device;
}

const refuse = (by: Circumstance, { factor }: Device, reason: string): Promise<void> =>
  commit(by, (c) =>
    c.record({ type: 'device.refused', userId: factor?.user_id ?? null, actor: null, details: { reason } }),
  );

/**
 * Whether this is the first time that it is sent: what changes something is taken once. It is known by what was signed,
 * since one ECDSA signature can be made into another; and it is counted at its own time, so that no window ends between.
 */
function isFirst(by: Circumstance, { device, time }: SignedRequest, text: string): Promise<boolean> {
  const quota = { key: `signed:${device}:${hashToken(text)}`, ...signedOnce };
  return commit(by, ({ tx }) => takePlace(tx, quota, Number(time)));
}

/** The same device as it stands now; undefined where it is no longer connected or has another key. */
export async function sameDevice(by: Circumstance, { id, kind, data }: Device): Promise<Device | undefined> {
  const now = await find(by, id);
  return now && kind.elsewhere.sameKey(now.data, data) ? now : undefined;
}

async function find(by: Circumstance, id: string): Promise<Device | undefined> {
  const db = by.deps.database.in(by.tenant.id);
  for (const kind of elsewhereKinds) {
    const factor = await factorWith(db, kind.kind, id);
    const user = factor && (await findUser(db, factor.user_id));
    if (factor && user?.state === 'active') {
      const person = { ...(await readPerson(db, by.tenant, user)), user };
      return { id, kind, data: dataOf(by, kind, factor), factor, person };
    }
    const data = factor ? undefined : await pairedData(by, kind, id);
    if (data !== undefined) return { id, kind, data, factor: undefined, person: undefined };
  }
  return undefined;
}

const dataOf = (by: Circumstance, kind: AnyFactorKind, factor: FactorRow): unknown =>
  kind.data.parse(JSON.parse(by.deps.keyring.open(factor.data, factorBound(by.tenant.id, factor.user_id, factor.id))));

/** Where a device is woken from now on; null for nowhere. */
export async function wakeAt(by: Circumstance, device: Device, address: string | null): Promise<void> {
  const { kind, factor } = device;
  // Paired, and its owner's page has not taken it: the address goes with the next one that it tells.
  if (!factor) throw new Problem('conflict');
  await commit(by, async (c) => {
    await lockUser(c.tx, factor.user_id);
    const now = await factorWith(c.tx, kind.kind, device.id);
    if (!now) throw new Problem('not-signed-in');
    const changed = kind.elsewhere.wokenAt(dataOf(by, kind, now), address);
    const data = by.deps.keyring.seal(JSON.stringify(changed), factorBound(by.tenant.id, now.user_id, now.id));
    const kept = await swapFactorData(c.tx, now, { data, state: 'active', last_used_at: now.last_used_at });
    if (!kept) throw new Problem('conflict');
  });
}
