/** Answers to a question of a factor: judged by its kind, and kept in the commit. */

import type { Commit } from '../../accounts/commit.ts';
import { notify } from '../../accounts/notices.ts';
import { factorBound } from '../../accounts/tokens.ts';
import { type AnyFactorKind, answeredWith, type FactorVerdict } from '../../factors/factor.ts';
import { kindOf } from '../../factors/index.ts';
import { atLeast } from '../../levels.ts';
import { rations } from '../../policy/limits.ts';
import { answerChallenge } from '../../storage/challenges.ts';
import { swapFactorData } from '../../storage/factors.ts';
import type { FactorRow } from '../../storage/tables.ts';
import { raiseEpoch } from '../../storage/users.ts';
import { proofOf } from '../enrolling.ts';
import { type Facts, no } from '../facts.ts';
import { type Judgement, Moved, type OpenChallenge, type Scene } from '../flow.ts';
import { factorData, givenFor } from '../given.ts';
import type { Answer } from '../prompt.ts';
import { takeRations } from '../sending/quotas.ts';
import { forgetRequests } from '../sending/requests.ts';

/** An answer as its kind takes it: text as it was typed, anything else as JSON; undefined where it answers nothing. */
export function textOf(answer: Answer): string | undefined {
  if ('code' in answer) return answer.code;
  if ('credential' in answer) return JSON.stringify(answer.credential);
  return 'collected' in answer ? answer.collected.answer : undefined;
}

/** Whether the answer has the shape that the question takes. */
export const fits = (open: OpenChallenge, answer: Answer): boolean => answeredWith[open.prompt.ask] in answer;

/** Signatures take no attempt, since none can be guessed; but each costs the server something and the audit a line. */
export const rationSignatures = ({ by, flow }: Scene): Promise<void> =>
  takeRations(by, [
    { key: `signatures:${flow.id}`, ...rations.signaturesInFlow },
    { key: `signatures-from:${by.source.network}`, ...rations.signaturesFromSource },
  ]);

/** What a kind says of an answer; what was answered elsewhere is judged as of when it was. */
export function verdictOn(
  scene: Scene,
  factor: FactorRow,
  open: OpenChallenge,
  answer: Answer,
): Promise<FactorVerdict> {
  const kind = kindOf(factor.kind);
  const given = givenFor(scene, kind, open.id);
  const then = 'collected' in answer ? { ...given, now: answer.collected.at } : given;
  return kind.checkAnswer(then, kind.asking.parse(open.pending), factorData(scene, kind, factor), textOf(answer) ?? '');
}

/** A refusal of a factor's answer, told to the audit with its reason. */
export function refusedProof(
  scene: Scene,
  of: { readonly kind: string; readonly factor: Pick<FactorRow, 'id' | 'user_id'> | undefined },
  verdict: Exclude<FactorVerdict, { is: 'ok' }>,
): Judgement {
  const reason = verdict.is === 'wrong' ? (verdict.why ?? 'wrong') : verdict.is;
  const details = { kind: of.kind, factor: of.factor?.id ?? '', purpose: scene.facts.purpose, reason };
  return {
    verdict: no(verdict.is),
    refuse: (c) => c.record({ type: 'proof.refused', userId: of.factor?.user_id ?? null, details }),
  };
}

/** An accepted answer: its proof and what the flow learns with it, and what the commit writes. */
export function acceptedProof(
  scene: Scene,
  factor: FactorRow,
  open: OpenChallenge,
  verdict: Extract<FactorVerdict, { is: 'ok' }>,
) {
  return {
    proof: proofOf(factor.kind, factor, scene.now, verdict),
    facts: factsOf(scene, kindOf(factor.kind), verdict),
    write: (c: Commit) => keepProof(c, scene, { factor, open, verdict }),
  };
}

function factsOf(
  { facts }: Scene,
  kind: AnyFactorKind,
  verdict: Extract<FactorVerdict, { is: 'ok' }>,
): Pick<Facts, 'codesLeft' | 'keep' | 'lost'> {
  const asksLost = kind.replacedAtUse === true && facts.purpose === 'sign-in';
  return {
    ...(verdict.left === undefined ? {} : { codesLeft: verdict.left }),
    ...(kind.replacedAtUse ? { keep: [kind.kind] } : {}),
    ...(asksLost ? { lost: 'ask' as const } : {}),
  };
}

/** The factor's data and the question are swapped together: the same answer, given twice at once, counts once. */
async function keepProof(
  c: Commit,
  scene: Scene,
  of: { factor: FactorRow; open: OpenChallenge; verdict: Extract<FactorVerdict, { is: 'ok' }> },
): Promise<Partial<Facts> | undefined> {
  const { factor, open, verdict } = of;
  const kind = kindOf(factor.kind);
  const bound = factorBound(c.tenant.id, factor.user_id, factor.id);
  const data = c.deps.keyring.seal(JSON.stringify(verdict.data), bound);
  const state = verdict.spent ? 'spent' : 'active';
  const level = verdict.reaches ?? factor.level;
  const kept = await swapFactorData(c.tx, factor, { data, state, level, last_used_at: c.now });
  if (!kept || !(await answerChallenge(c.tx, open.id, c.now))) throw new Moved('the factor has moved');
  // Whoever proves another factor may be asked on the phone again (PUSH-04).
  if (scene.person?.factors.some((mine) => kindOf(mine.kind).elsewhere)) await forgetRequests(c.tx, factor.user_id);
  const details = { kind: kind.kind, factor: factor.id, purpose: scene.facts.purpose };
  await c.record({ type: 'proof.accepted', userId: factor.user_id, details });
  if (verdict.risk) {
    await c.record({ type: 'proof.risky', userId: factor.user_id, details: { ...details, risk: verdict.risk } });
  }
  // What it can show has changed, and with it what a change of factors needs: flows that began before know less.
  if (!verdict.spent)
    return atLeast(factor.level, level) ? undefined : { epoch: await raiseEpoch(c.tx, factor.user_id) };
  await c.record({ type: 'factor.spent', userId: factor.user_id, details: { kind: kind.kind, factor: factor.id } });
  if (scene.person && kind.replacedAtUse) await notify(c, scene.person.user, 'notice.paper-key-used');
  return { epoch: await raiseEpoch(c.tx, factor.user_id) };
}
