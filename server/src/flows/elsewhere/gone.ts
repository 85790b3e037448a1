/** A device that can no longer be woken where it said: the address is forgotten, and the device stays what it is. */
import { factorBound } from '../../accounts/tokens.ts';
import type { Deps } from '../../deps.ts';
import { factorsOf, swapFactorData } from '../../storage/factors.ts';
import { lockUser } from '../../storage/users.ts';
import { elsewhereKinds } from './devices.ts';

/** Takes the address off whichever of the user's devices still has it (RFC 8030 §7.3). */
export async function forgetAddress(
  { database, keyring }: Pick<Deps, 'database' | 'keyring'>,
  { tenant, userId, to }: { readonly tenant: string; readonly userId: string | null; readonly to: string },
): Promise<void> {
  if (userId === null) return;
  await database.transaction(tenant, async (tx) => {
    await lockUser(tx, userId);
    for (const factor of await factorsOf(tx, userId)) {
      const kind = elsewhereKinds.find((each) => each.kind === factor.kind);
      if (!kind || factor.state !== 'active') continue;
      const bound = factorBound(tenant, userId, factor.id);
      const data = kind.data.parse(JSON.parse(keyring.open(factor.data, bound)));
      if (kind.elsewhere.wokenWhere(data) !== to) continue;
      const sealed = keyring.seal(JSON.stringify(kind.elsewhere.wokenAt(data, null)), bound);
      await swapFactorData(tx, factor, { data: sealed, state: 'active', last_used_at: factor.last_used_at });
    }
  });
}
