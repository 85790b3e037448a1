/** The second factor: asked here for sign-in, recovery, step-up and changes alike, so it exists once. */
import { Problem } from '../../errors.ts';
import { kindOf } from '../../factors/index.ts';
import { askFactor } from '../ask.ts';
import { no, provedSecond } from '../facts.ts';
import type { Entered, Judgement, OpenChallenge, RuledOut, Scene, Step } from '../flow.ts';
import type { Answer, Collected, Prompt } from '../prompt.ts';
import { laneIn } from '../scene.ts';
import { askedTooOften } from '../sending/requests.ts';
import { riskOf } from '../sending/risk.ts';
import { askable, askedWith, challengeOf, currentFactor, otherWays, wayOfEach } from './askable.ts';
import { acceptedProof, fits, rationSignatures, refusedProof, textOf, verdictOn } from './proof.ts';
import { mayResend, resend } from './resend.ts';

/** Asks the preferred factor, else the strongest; the others are one answer away. */
export const secondFactor: Step = {
  name: 'second-factor',
  isNeeded: (facts) => facts.mustProve === true && !provedSecond(facts),
  enter: askFirstSafe,
  show,
  collect: (scene): Collected | undefined => {
    const answer = askable(scene).length > 0 ? challengeOf(scene, currentFactor(scene))?.answer : undefined;
    return answer && { collected: answer };
  },
  takes: ['code', 'credential', 'choose', 'resend'],
  guess: async (scene, answer) => {
    // What was answered elsewhere was counted there.
    if (!('code' in answer)) return undefined;
    const factor = currentFactor(scene);
    const kind = kindOf(factor.kind);
    const open = challengeOf(scene, factor);
    if (!kind.guessable || (open && !fits(open, answer))) return undefined;
    return {
      subject: factor.user_id,
      kind: kind.kind,
      lane: await laneIn(scene),
      challengeId: open?.id ?? '',
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
  // Ruled out, and nothing else is there: the page says what is left to do.
  if (askable(scene).length === 0 && scene.facts.ruledOut) return { ask: 'choose', about: 'proof', options: [] };
  const factor = currentFactor(scene);
  const open = challengeOf(scene, factor);
  const shared = { kind: factor.kind, others: otherWays(scene, factor) };
  switch (open?.prompt.ask) {
    case 'code':
      return { ...open.prompt, ...shared, factorId: factor.id, ...mayResend(scene, open) };
    case 'wait':
      return { ...open.prompt, ...shared, factorId: factor.id, ...mayResend(scene, open), ...answered(open) };
    case 'passkey-use':
      return { ...open.prompt, ...shared };
    default:
      return { ask: 'choose', about: 'proof', options: wayOfEach(askable(scene)) };
  }
}

const answered = (open: OpenChallenge): { answered?: true } => (open.answer ? { answered: true } : {});

/**
 * Asks the current factor, or the next one where it may not be asked: the risk check rules a number out, since who holds
 * it may be somebody else by now (OOB-08), or its device was asked too often (PUSH-04).
 */
async function askFirstSafe(scene: Scene, again: boolean): Promise<Entered> {
  const ruledOut: RuledOut[] = [];
  for (;;) {
    const out = [...(scene.facts.ruledOut ?? []), ...ruledOut.map(({ factorId }) => factorId)];
    const here = { ...scene, facts: { ...scene.facts, ruledOut: out } };
    if (askable(here).length === 0 && ruledOut.length > 0) return { ruledOut };
    const factor = currentFactor(here);
    const live = challengeOf(scene, factor);
    if (live && !again && live.expiresAt > scene.now) return { ruledOut };
    const kind = kindOf(factor.kind);
    const often = await askedTooOften(scene, kind, factor);
    const asking = often ? undefined : await askFactor(here, kind, factor, askedWith(here, factor));
    const why = asking ? await riskOf(scene, asking.send) : 'too-many';
    if (asking && why === undefined) return { asking, ruledOut };
    if (why !== undefined) ruledOut.push({ factorId: factor.id, why });
  }
}

function choose(scene: Scene, factorId: string): Judgement {
  if (!askable(scene).some((factor) => factor.id === factorId)) {
    throw new Problem('bad-request', { fields: [{ field: 'choose', why: 'no such way for this account' }] });
  }
  return { verdict: { is: 'asked', choice: factorId } };
}

async function judgeProof(scene: Scene, answer: Answer): Promise<Judgement> {
  const current = currentFactor(scene);
  const open = challengeOf(scene, current);
  if (!open) return { verdict: no('expired') };
  if (!fits(open, answer)) {
    const field = Object.keys(answer)[0] ?? '';
    throw new Problem('bad-request', { fields: [{ field, why: `not what is asked now: ${open.prompt.ask}` }] });
  }
  const kind = kindOf(current.kind);
  if (kind.answeredBy) await rationSignatures(scene);
  const factor = kind.answeredBy ? answering(scene, kind.answeredBy(textOf(answer) ?? '')) : current;
  if (!factor) return refusedProof(scene, { kind: kind.kind, factor: current }, { is: 'wrong', why: 'foreign-key' });
  const verdict = await verdictOn(scene, factor, open, answer);
  if (verdict.is !== 'ok') return refusedProof(scene, { kind: kind.kind, factor }, verdict);
  const { proof, facts, write } = acceptedProof(scene, factor, open, verdict);
  return { verdict: { is: 'proved', proof, facts }, write };
}

/** Of the factors that were asked together, the one that answers. */
const answering = (scene: Scene, lookup: string | undefined) =>
  lookup === undefined ? undefined : askedWith(scene, currentFactor(scene)).find((row) => row.lookup === lookup);
