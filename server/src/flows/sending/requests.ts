/** How often a device may be asked to approve: a person who is asked without end approves in the end (PUSH-04). */

import { type Commit, commit } from '../../accounts/commit.ts';
import type { AnyFactorKind } from '../../factors/factor.ts';
import { factorKinds } from '../../factors/index.ts';
import { type Lane, paceOf, rations, requestsSinceApproval } from '../../policy/limits.ts';
import { forgetTotals, laneAttempts, takeTotalAttempt, totalAttempts } from '../../storage/attempts.ts';
import type { Tx } from '../../storage/open.ts';
import type { FactorRow } from '../../storage/tables.ts';
import type { Scene } from '../flow.ts';
import { laneIn } from '../scene.ts';
import { withinRations } from './quotas.ts';

const lanes: readonly Lane[] = ['known', 'other', 'recovery'];

/**
 * What a user's requests since the last approval are counted as. Who has the password and a strange browser uses up what
 * strangers may ask, and not what the owner may at a browser of theirs, or on the way back.
 */
const requestsOf = (kind: string, lane: Lane): string => `${kind}:requests:${lane}`;

const counts = factorKinds
  .filter(({ elsewhere }) => elsewhere)
  .flatMap(({ kind }) => lanes.map((lane) => requestsOf(kind, lane)));

/** After an approval, another proof or a new pairing the count begins anew. */
export const forgetRequests = (tx: Tx, userId: string): Promise<void> => forgetTotals(tx, userId, counts);

/** Tells the audit that a device was not asked. */
export const tellTooOften = (c: Commit, { user_id: userId }: FactorRow): Promise<void> =>
  c.record({ type: 'sending.refused', userId, details: { channel: 'push', reason: 'quota' } });

/**
 * Takes one of the requests that may still be made; true where none is left, over the last minutes or since the last one
 * that was approved (NIST SP 800-63B-4 §3.1.3.2), or where no answer would be judged.
 */
export async function askedTooOften(scene: Scene, kind: AnyFactorKind, factor: FactorRow): Promise<boolean> {
  if (!kind.elsewhere) return false;
  if (await blocked(scene, kind, factor)) return true;
  const lane = await laneIn(scene);
  const key = `requests:${lane}:${factor.user_id}`;
  if ((await withinRations(scene.by, [{ key, ...rations.requestsOfUser }])) !== undefined) return true;
  const counted = { subject: factor.user_id, kind: requestsOf(kind.kind, lane), lane };
  const taken = await commit(scene.by, ({ tx, now }) =>
    takeTotalAttempt(tx, counted, { pauses: [], disableAt: requestsSinceApproval }, now),
  );
  return taken === undefined;
}

/** Longer than this no request lives. */
const longest = 120_000;

/** Whether too many wrong numbers keep every answer from being judged for longer than a request lives. */
async function blocked({ by, facts, now }: Scene, { kind }: AnyFactorKind, factor: FactorRow): Promise<boolean> {
  const db = by.deps.database.in(by.tenant.id);
  const counted = { subject: factor.user_id, kind, lane: facts.purpose === 'recovery' ? 'recovery' : 'other' };
  const paused = await laneAttempts(db, counted);
  if (!paused) return false;
  const total = await totalAttempts(db, counted);
  return paused.open_at - now >= longest || (total?.count ?? 0) >= paceOf(by.tenant.profile).disableAt;
}
