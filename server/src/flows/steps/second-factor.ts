/** The second factor: asked here for sign-in, recovery, step-up and changes alike, so it exists once. */
import type { Commit } from '../../accounts/commit.ts';
import { notify } from '../../accounts/notices.ts';
import { factorBound } from '../../accounts/tokens.ts';
import { Problem } from '../../errors.ts';
import type { FactorVerdict } from '../../factors/factor.ts';
import { kindOf } from '../../factors/index.ts';
import { answerChallenge } from '../../storage/challenges.ts';
import { swapFactorData } from '../../storage/factors.ts';
import type { FactorRow } from '../../storage/tables.ts';
import { raiseEpoch } from '../../storage/users.ts';
import { askFactor } from '../ask.ts';
import { proofOf } from '../enrolling.ts';
import { no, provedSecond } from '../facts.ts';
import {
  type Entered,
  type Judgement,
  Moved,
  type OpenChallenge,
  type RuledOut,
  type Scene,
  type Step,
} from '../flow.ts';
import { factorData, givenFor, worksHere } from '../given.ts';
import { laneIn } from '../scene.ts';
import { heldBack, tellHeldBack } from '../sending/risk.ts';
import { mayResend, resend } from './resend.ts';
import { waysTo } from './ways.ts';

/** Asks the preferred factor, else the strongest; the others are one answer away. */
export const secondFactor: Step = {
  name: 'second-factor',
  isNeeded: (facts) => facts.mustProve === true && !provedSecond(facts),
  enter: askFirstSafe,
  show: (scene) => {
    // Nothing that is enrolled can be asked: the page says what is left to do.
    if (askable(scene).length === 0) return { ask: 'choose', about: 'proof', options: [] };
    const factor = currentFactor(scene);
    const open = challengeOf(scene, factor);
    if (open?.prompt.ask !== 'code') return { ask: 'choose', about: 'proof', options: waysTo(askable(scene)) };
    const others = fallbackFirst(askable(scene).filter((other) => other.id !== factor.id));
    return {
      ...open.prompt,
      kind: factor.kind,
      factorId: factor.id,
      ...mayResend(scene, open),
      others: waysTo(others),
    };
  },
  takes: ['code', 'choose', 'resend'],
  guess: async (scene, answer) => {
    if (!('code' in answer)) return undefined;
    const factor = currentFactor(scene);
    const kind = kindOf(factor.kind);
    const open = challengeOf(scene, factor);
    if (!kind.guessable) return undefined;
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
    if (!('code' in answer)) throw new Error('a code is needed');
    return judgeCode(scene, answer.code);
  },
  learn: (facts, verdict) => {
    if (verdict.is === 'asked' && verdict.choice !== undefined) return { ...facts, choice: verdict.choice };
    if (verdict.is === 'proved') return { ...facts, ...verdict.facts, proofs: [...facts.proofs, verdict.proof] };
    return facts;
  },
};

/**
 * Asks the current factor, or the next one where it cannot be asked: the operator has removed what it needs, or the risk
 * check says that whoever holds the number may be somebody else by now (OOB-08). It stays demanded all the same: what
 * cannot be asked lets nobody in.
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
    const asking = await askFactor(scene, kind, factor);
    const why = await heldBack(scene, asking.send);
    if (why === undefined) return { asking, ruledOut };
    const channel = asking.send?.channel ?? '';
    ruledOut.push({ factorId: factor.id, tell: (c) => tellHeldBack(c, factor.user_id, channel, why) });
  }
}

const tellUnavailable = (c: Commit, { id, kind, user_id }: FactorRow): Promise<void> =>
  c.record({ type: 'factor.unavailable', userId: user_id, details: { kind, factor: id } });

/** A text message comes first among the other ways: what else is at hand where a device is not (WCAG 2.2 SC 3.3.8). */
const fallbackFirst = (factors: readonly FactorRow[]): FactorRow[] => {
  const texted = (factor: FactorRow): boolean => kindOf(factor.kind).sends === 'sms';
  return factors.toSorted((one, other) => Number(texted(other)) - Number(texted(one)));
};

/** The factors that policy lets this flow ask, in order: what was enrolled and allowed, never what a client names. */
function enrolled(scene: Scene): FactorRow[] {
  const proved = new Set(scene.facts.proofs.map((proof) => proof.channel));
  return (scene.facts.askable ?? []).flatMap((id) => {
    const factor = scene.person?.factors.find((row) => row.id === id && row.state === 'active');
    return factor && !proved.has(factor.channel) && !scene.facts.ruledOut?.includes(id) ? [factor] : [];
  });
}

/** Those of them that can be asked here. */
const askable = (scene: Scene): FactorRow[] =>
  enrolled(scene).filter((factor) => worksHere(scene.by.deps, kindOf(factor.kind)));

const currentFactor = (scene: Scene): FactorRow => currentOf(askable(scene), scene);

function currentOf(ways: readonly FactorRow[], scene: Scene): FactorRow {
  const factor = ways.find((row) => row.id === scene.facts.choice) ?? ways[0];
  // A factor is demanded and none can be asked: no.
  if (!factor) throw new Problem('flow-over');
  return factor;
}

const challengeOf = (scene: Scene, factor: FactorRow): OpenChallenge | undefined =>
  scene.challenges.find((challenge) => challenge.factorId === factor.id);

function choose(scene: Scene, factorId: string): Judgement {
  if (!askable(scene).some((factor) => factor.id === factorId)) {
    throw new Problem('bad-request', { fields: [{ field: 'choose', why: 'no such way for this account' }] });
  }
  return { verdict: { is: 'asked', choice: factorId } };
}

async function judgeCode(scene: Scene, code: string): Promise<Judgement> {
  const factor = currentFactor(scene);
  const open = challengeOf(scene, factor);
  if (!open) return { verdict: no('expired') };
  const kind = kindOf(factor.kind);
  const given = givenFor(scene, kind, open.id);
  const verdict = await kind.checkAnswer(given, kind.asking.parse(open.pending), factorData(scene, kind, factor), code);
  if (verdict.is === 'ok') return proved(scene, factor, open, verdict);
  const details = { kind: kind.kind, factor: factor.id, purpose: scene.facts.purpose, reason: verdict.is };
  return {
    verdict: no(verdict.is),
    refuse: (c) => c.record({ type: 'proof.refused', userId: factor.user_id, details }),
  };
}

function proved(
  scene: Scene,
  factor: FactorRow,
  open: OpenChallenge,
  verdict: Extract<FactorVerdict, { is: 'ok' }>,
): Judgement {
  const kind = kindOf(factor.kind);
  const asksLost = kind.replacedAtUse === true && scene.facts.purpose === 'sign-in';
  return {
    verdict: {
      is: 'proved',
      proof: proofOf(kind.kind, factor, scene.now),
      facts: {
        ...(verdict.left === undefined ? {} : { codesLeft: verdict.left }),
        ...(kind.replacedAtUse ? { keep: [kind.kind] } : {}),
        ...(asksLost ? { lost: 'ask' as const } : {}),
      },
    },
    write: async (c) => {
      const bound = factorBound(c.tenant.id, factor.user_id, factor.id);
      const data = c.deps.keyring.seal(JSON.stringify(verdict.data), bound);
      const state = verdict.spent ? 'spent' : 'active';
      const kept = await swapFactorData(c.tx, factor, { data, state, last_used_at: c.now });
      if (!kept || !(await answerChallenge(c.tx, open.id, c.now))) throw new Moved('the factor has moved');
      const details = { kind: kind.kind, factor: factor.id, purpose: scene.facts.purpose };
      await c.record({ type: 'proof.accepted', userId: factor.user_id, details });
      if (!verdict.spent) return undefined;
      await c.record({ type: 'factor.spent', userId: factor.user_id, details: { kind: kind.kind, factor: factor.id } });
      if (scene.person && kind.replacedAtUse) await notify(c, scene.person.user, 'notice.paper-key-used');
      return { epoch: await raiseEpoch(c.tx, factor.user_id) };
    },
  };
}
