/** The second factor: asked here for sign-in, recovery, step-up and changes alike, so it exists once. */
import type { Commit } from '../../accounts/commit.ts';
import { Problem } from '../../errors.ts';
import { kindOf } from '../../factors/index.ts';
import type { FactorRow } from '../../storage/tables.ts';
import { askFactor } from '../ask.ts';
import { no, provedSecond } from '../facts.ts';
import type { Entered, Judgement, OpenChallenge, RuledOut, Scene, Step } from '../flow.ts';
import { worksHere } from '../given.ts';
import type { Answer, Collected, Prompt } from '../prompt.ts';
import { laneIn } from '../scene.ts';
import { askedTooOften, tellTooOften } from '../sending/requests.ts';
import { heldBack, tellHeldBack } from '../sending/risk.ts';
import {
  askable,
  askedWith,
  challengeOf,
  collectable,
  currentFactor,
  currentOf,
  enrolled,
  otherWays,
  wayOfEach,
} from './askable.ts';
import { acceptedProof, fits, refusedProof, refusedSignature, textOf, verdictOn } from './proof.ts';
import { mayResend, resend } from './resend.ts';

/** Asks the preferred factor, else the strongest; the others are one answer away. */
export const secondFactor: Step = {
  name: 'second-factor',
  isNeeded: (facts) => facts.mustProve === true && !provedSecond(facts),
  enter: askFirstSafe,
  show,
  collect: (scene): Collected | undefined => {
    const open = askable(scene).length > 0 ? challengeOf(scene, currentFactor(scene)) : undefined;
    const answer = collectable(scene, open);
    return answer && { collected: answer };
  },
  takes: ['code', 'credential', 'choose', 'resend'],
  guess: async (scene, answer) => {
    // What was answered elsewhere was counted there.
    if (!('code' in answer)) return undefined;
    const factor = currentFactor(scene);
    const kind = kindOf(factor.kind);
    const open = challengeOf(scene, factor);
    // Nothing is asked: it is refused without being judged, and costs nobody an attempt.
    if (!kind.guessable || !open || !fits(open, answer)) return undefined;
    return {
      subject: factor.user_id,
      kind: kind.kind,
      lane: await laneIn(scene),
      challengeId: open.id,
      slow: kind.use === 'recovery',
    };
  },
  judge: async (scene, answer) => {
    if ('choose' in answer) return choose(scene, answer.choose);
    if ('resend' in answer) return { verdict: resend(scene, challengeOf(scene, currentFactor(scene))) };
    if (textOf(answer) === undefined) throw new Error('an answer is needed');
    return judgeProof(scene, answer);
  },
  learn: (facts, verdict) => {
    if (verdict.is === 'asked' && verdict.choice !== undefined) return { ...facts, choice: verdict.choice };
    if (verdict.is === 'proved') return { ...facts, ...verdict.facts, proofs: [...facts.proofs, verdict.proof] };
    return facts;
  },
};

function show(scene: Scene): Prompt {
  // Nothing that is enrolled can be asked: the page says what is left to do.
  if (askable(scene).length === 0) return { ask: 'choose', about: 'proof', options: [] };
  const factor = currentFactor(scene);
  const open = challengeOf(scene, factor);
  const shared = { kind: factor.kind, others: otherWays(scene, factor) };
  switch (open?.prompt.ask) {
    case 'code':
      return { ...open.prompt, ...shared, factorId: factor.id, ...mayResend(scene, open) };
    case 'wait':
      return { ...open.prompt, ...shared, factorId: factor.id, ...mayResend(scene, open), ...answered(scene, open) };
    default:
      if (open && 'options' in open.prompt) return { ...open.prompt, ...shared };
      return { ask: 'choose', about: 'proof', options: wayOfEach(askable(scene)) };
  }
}

const answered = (scene: Scene, open: OpenChallenge): { answered?: true } =>
  collectable(scene, open) ? { answered: true } : {};

/**
 * Asks the current factor, or the next one where it cannot be asked: the operator has removed what it needs, the risk
 * check says that whoever holds the number may be somebody else by now (OOB-08), or its device was asked too often
 * (PUSH-04). It stays demanded all the same: what cannot be asked lets nobody in.
 */
async function askFirstSafe(scene: Scene, again: boolean): Promise<Entered> {
  const ruledOut: RuledOut[] = [];
  for (;;) {
    const out = [...(scene.facts.ruledOut ?? []), ...ruledOut.map(({ factorId }) => factorId)];
    const here = { ...scene, facts: { ...scene.facts, ruledOut: out } };
    const ways = enrolled(here);
    if (ways.length === 0 && ruledOut.length > 0) return { ruledOut };
    const factor = currentOf(ways, scene);
    const kind = kindOf(factor.kind);
    if (!worksHere(scene.by.deps, kind)) {
      ruledOut.push({ factorId: factor.id, tell: (c) => tellUnavailable(c, factor) });
      continue;
    }
    const live = challengeOf(scene, factor);
    if (live && !again && live.expiresAt > scene.now) return { ruledOut };
    if (await askedTooOften(scene, kind, factor)) {
      ruledOut.push({ factorId: factor.id, tell: (c) => tellTooOften(c, factor) });
      continue;
    }
    const asking = await askFactor(here, kind, factor, askedWith(here, factor));
    const held = await heldBack(scene, asking.send);
    if (held === undefined) return { asking, ruledOut };
    const channel = asking.send?.channel ?? '';
    ruledOut.push({ factorId: factor.id, tell: (c) => tellHeldBack(c, factor.user_id, channel, held) });
  }
}

const tellUnavailable = (c: Commit, { id, kind, user_id }: FactorRow): Promise<void> =>
  c.record({ type: 'factor.unavailable', userId: user_id, details: { kind, factor: id } });

function choose(scene: Scene, factorId: string): Judgement {
  if (!askable(scene).some((factor) => factor.id === factorId)) {
    throw new Problem('bad-request', { fields: [{ field: 'choose', why: 'no such way for this account' }] });
  }
  return { verdict: { is: 'asked', choice: factorId } };
}

async function judgeProof(scene: Scene, answer: Answer): Promise<Judgement> {
  const current = currentFactor(scene);
  const open = challengeOf(scene, current);
  if (!open || open.expiresAt <= scene.now) return { verdict: no('expired') };
  if (!fits(open, answer)) {
    const field = Object.keys(answer)[0] ?? '';
    throw new Problem('bad-request', { fields: [{ field, why: `not what is asked now: ${open.prompt.ask}` }] });
  }
  const kind = kindOf(current.kind);
  const refused = kind.answeredBy ? refusedSignature : refusedProof;
  const factor = kind.answeredBy ? answering(scene, kind.answeredBy(textOf(answer) ?? '')) : current;
  if (!factor) return refused(scene, { kind: kind.kind, factor: current }, { is: 'wrong', why: 'foreign-key' });
  const verdict = await verdictOn(scene, factor, open, answer);
  if (verdict.is !== 'ok') return refused(scene, { kind: kind.kind, factor }, verdict);
  const { proof, facts, write } = acceptedProof(scene, factor, open, verdict);
  return { verdict: { is: 'proved', proof, facts }, write };
}

/** Of the factors that were asked together, the one that answers. */
const answering = (scene: Scene, lookup: string | undefined) =>
  lookup === undefined ? undefined : askedWith(scene, currentFactor(scene)).find((row) => row.lookup === lookup);
