/** Asks whether a message can go where it should, and what is known against its number; outside any transaction. */
import type { Commit } from '../../accounts/commit.ts';
import type { Message } from '../../delivery/deliver.ts';
import type { RiskReason } from '../../delivery/sms/risk.ts';
import { rations } from '../../policy/limits.ts';
import type { Scene } from '../flow.ts';
import { browserLane } from '../scene.ts';
import { isOwnNumber, withinRations } from './quotas.ts';

/** Why a message must not leave: no account could take it, or its number is at risk. */
export type HeldBack = 'no-account' | RiskReason;

/**
 * Why this message must not leave; undefined where nothing is against it or no check is configured. Checks are paid for,
 * so they are rationed before they are made; whoever has used theirs up is a doubt, and a doubt is a no.
 */
export async function heldBack(scene: Scene, send: Message | undefined): Promise<HeldBack | undefined> {
  const { deps, source } = scene.by;
  if (send && send.to !== null && !deps.reaches(send.channel, send.to)) return 'no-account';
  if (send?.channel !== 'sms' || send.to === null || !deps.smsRisk) return undefined;
  const userId = scene.person?.user.id;
  // What is asked for new numbers uses up nobody's share who signs in with a number of their own.
  const lane = isOwnNumber(scene, send.to) ? await browserLane(scene) : 'new-number';
  const within = await withinRations(scene.by, [
    { key: `risk:${lane}:${userId ?? ''}`, ...rations.riskOfUser },
    { key: `risk-source:${lane}:${source.network}`, ...rations.riskFromSource },
  ]);
  if (within !== undefined) return 'unavailable';
  const verdict = await deps.smsRisk.check({ number: send.to, userId });
  return verdict.ok ? undefined : verdict.why;
}

/** Tells the audit that a message was held back. */
export const tellHeldBack = (c: Commit, userId: string | null, channel: string, why: HeldBack): Promise<void> =>
  c.record(
    why === 'no-account'
      ? { type: 'sending.refused', userId, details: { channel, reason: why } }
      : { type: 'sending.risky', userId, details: { channel, why } },
  );
