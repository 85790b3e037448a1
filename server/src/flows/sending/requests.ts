/** How often a device may be asked to approve: a person who is asked without end approves in the end (PUSH-04). */

import { type Commit, commit } from '../../accounts/commit.ts';
import type { AnyFactorKind } from '../../factors/factor.ts';
import { rations, requestsSinceApproval } from '../../policy/limits.ts';
import { takeTotalAttempt } from '../../storage/attempts.ts';
import type { FactorRow } from '../../storage/tables.ts';
import type { Scene } from '../flow.ts';
import { withinRations } from './quotas.ts';

/** What a user's requests since the last approval are counted as; an approval ends the count. */
export const requestsOf = (kind: string): string => `${kind}:requests`;

/** Tells the audit that a device was not asked. */
export const tellTooOften = (c: Commit, { user_id: userId }: FactorRow): Promise<void> =>
  c.record({ type: 'sending.refused', userId, details: { channel: 'push', reason: 'quota' } });

/**
 * Takes one of the requests that may still be made; true where none is left. Over the last minutes, and since the last
 * one that was approved (NIST SP 800-63B-4 §3.1.3.2).
 */
export async function askedTooOften(scene: Scene, kind: AnyFactorKind, factor: FactorRow): Promise<boolean> {
  if (!kind.elsewhere) return false;
  const wait = await withinRations(scene.by, [{ key: `requests:${factor.user_id}`, ...rations.requestsOfUser }]);
  if (wait !== undefined) return true;
  const counted = { subject: factor.user_id, kind: requestsOf(kind.kind), lane: 'other' };
  const taken = await commit(scene.by, ({ tx, now }) =>
    takeTotalAttempt(tx, counted, { pauses: [], disableAt: requestsSinceApproval }, now),
  );
  return taken === undefined;
}
