/** Pairing a device: it answers the enrolment's question; the page that asked takes it, and only then it is a factor. */
import { type Circumstance, commit } from '../../accounts/commit.ts';
import { Problem } from '../../errors.ts';
import type { AnyFactorKind } from '../../factors/factor.ts';
import { kindOf } from '../../factors/index.ts';
import { rations } from '../../policy/limits.ts';
import { answerElsewhere, findChallenge } from '../../storage/challenges.ts';
import { findFlow } from '../../storage/flows.ts';
import type { ChallengeRow } from '../../storage/tables.ts';
import type { Scene } from '../flow.ts';
import { givenFor } from '../given.ts';
import { answerBound, openFlow } from '../scene.ts';
import { takeRations } from '../sending/quotas.ts';

/** What a device says of itself; `name` is what the server sees of it. */
export interface Pairing {
  readonly pairing: string;
  readonly secret: string;
  readonly publicKey: string;
  readonly name: string;
  readonly signature: string;
  /** JSON of its push subscription. */
  readonly subscription: string | null;
}

/** What it is told. */
export interface Paired {
  readonly device: string;
  readonly service: string;
  readonly account: string;
}

/** Answers a pairing, once. Unknown, used and too old look the same: `link-over`. */
export async function pair(by: Circumstance, said: Pairing): Promise<Paired> {
  const found = await openPairing(by, said.pairing);
  if (!found || found.row.answered_at !== null) throw await over(by, 'unknown');
  const { row, scene, kind } = found;
  const answer = JSON.stringify(said);
  const verdict = await kind.finishEnrolment(givenFor(scene, kind, row.id), pendingOf(kind, scene, row), answer);
  if (verdict.is !== 'ok') throw await over(by, verdict.is === 'wrong' ? (verdict.why ?? 'wrong') : verdict.is);
  const taken = await commit(by, async (c) => {
    const sealed = by.deps.keyring.seal(answer, answerBound(by.tenant.id, row.id));
    const kept = await answerElsewhere(c.tx, row.id, { answer: sealed, now: c.now, collectBy: row.expires_at });
    if (kept) await c.record({ type: 'device.paired', userId: row.user_id, details: { kind: kind.kind } });
    return kept;
  });
  if (!taken) throw await over(by, 'used');
  by.deps.watch.stirFlow(by.tenant.id, row.flow_id);
  const account = scene.person?.user.email ?? scene.facts.address?.typed ?? '';
  return { device: row.id, service: by.tenant.name, account };
}

async function over(by: Circumstance, reason: string): Promise<Problem> {
  // A right one is nobody's guess, and waits for nobody's.
  await takeRations(by, [{ key: `pairing-from:${by.source.network}`, ...rations.pairingsFromSource }]);
  await commit(by, (c) => c.record({ type: 'device.refused', userId: null, details: { reason: `pairing-${reason}` } }));
  return new Problem('link-over');
}

/** The open question of an enrolment that a device answers, with the scene it belongs to. */
async function openPairing(by: Circumstance, id: string) {
  const db = by.deps.database.in(by.tenant.id);
  const row = await findChallenge(db, id);
  if (row?.state !== 'open' || row.factor_id !== null || row.expires_at <= by.deps.now()) return undefined;
  const flow = await findFlow(db, row.flow_id);
  if (!flow || flow.done_at !== null || flow.expires_at <= by.deps.now()) return undefined;
  const { scene } = await openFlow({ ...by, correlation: flow.id }, flow);
  // Another kind was chosen meanwhile, or the enrolment was left.
  if (scene.facts.enrolling !== row.kind) return undefined;
  const kind = kindOf(row.kind);
  return kind.elsewhere ? { row, scene, kind } : undefined;
}

const pendingOf = (kind: AnyFactorKind, scene: Scene, row: ChallengeRow): unknown =>
  kind.enrolling.parse(scene.challenges.find(({ id }) => id === row.id)?.pending);

/** The data of a device that was paired and that its page has not taken yet; undefined where there is none. */
export async function pairedData(by: Circumstance, kind: AnyFactorKind, id: string): Promise<unknown> {
  const found = await openPairing(by, id).catch(() => undefined);
  const answer = found?.scene.challenges.find((open) => open.id === id)?.answer;
  if (!found || !answer || found.kind.kind !== kind.kind) return undefined;
  const given = { ...givenFor(found.scene, kind, id), now: answer.at };
  const verdict = await kind.finishEnrolment(given, pendingOf(kind, found.scene, found.row), answer.answer);
  return verdict.is === 'ok' ? verdict.data : undefined;
}
