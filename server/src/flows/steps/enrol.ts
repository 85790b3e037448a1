import type { AnyFactorKind } from '../../factors/factor.ts';
import { kindOf } from '../../factors/index.ts';
import { randomId } from '../../security/random.ts';
import { askEnrolment } from '../ask.ts';
import { bindingOf } from '../enrolling.ts';
import { no } from '../facts.ts';
import type { Judgement, OpenChallenge, Scene, Step } from '../flow.ts';
import { givenFor } from '../given.ts';
import { laneIn } from '../scene.ts';
import { enrolled, learnEnrolled } from './enrolled.ts';
import { mayResend } from './resend.ts';

/** Proof of possession: only with it does a factor come into being; an abandoned enrolment leaves nothing (ENR-02). */
export const enrol: Step = {
  name: 'enrol',
  isNeeded: (facts) => facts.enrolling !== undefined,
  enter: (scene) => askEnrolment(scene, kindIn(scene)),
  show: (scene) => {
    const kind = kindIn(scene).kind;
    const open = challengeOf(scene);
    if (open?.prompt.ask === 'scan-and-code') return { ...open.prompt, kind };
    if (open?.prompt.ask === 'code') return { ...open.prompt, kind, ...mayResend(scene, open), others: [] };
    return { ask: 'offer', kinds: [], skippable: false, why: 'offer.choice' };
  },
  takes: ['code', 'accept'],
  guess: async (scene, answer) => {
    const kind = kindIn(scene);
    if (!('code' in answer) || !kind.guessable) return undefined;
    const challengeId = challengeOf(scene)?.id ?? '';
    const counted = bindingOf(kind.kind);
    return { subject: scene.facts.userId ?? '', kind: counted, lane: await laneIn(scene), challengeId, slow: false };
  },
  judge: async (scene, answer) => {
    // Back to the choice: nothing was added.
    if ('accept' in answer) return { verdict: { is: 'offered', facts: { enrolling: undefined } } };
    if (!('code' in answer)) throw new Error('a code is needed');
    const open = challengeOf(scene);
    const kind = kindIn(scene);
    if (!open || open.expiresAt <= scene.now) return { verdict: no('expired') };
    const given = givenFor(scene, kind, open.id);
    const verdict = await kind.finishEnrolment(given, kind.enrolling.parse(open.pending), answer.code);
    if (verdict.is !== 'ok') return refused(scene, kind, verdict.is);
    const adding = { id: randomId(scene.by.deps.random), kind, data: verdict.data, by: 'owner', kept: false } as const;
    return enrolled(scene, adding, true, open);
  },
  learn: (facts, verdict) => {
    if (verdict.is === 'enrolled') return learnEnrolled(facts, verdict);
    return verdict.is === 'offered' ? { ...facts, enrolling: undefined } : facts;
  },
};

const kindIn = (scene: Scene): AnyFactorKind => kindOf(scene.facts.enrolling ?? '');

const challengeOf = (scene: Scene): OpenChallenge | undefined =>
  scene.challenges.find((open) => open.factorId === null && open.kind === scene.facts.enrolling);

function refused(scene: Scene, kind: AnyFactorKind, reason: 'wrong' | 'replayed' | 'expired'): Judgement {
  const details = { kind: kind.kind, factor: '', purpose: scene.facts.purpose, reason };
  const userId = scene.facts.userId ?? null;
  return { verdict: no(reason), refuse: (c) => c.record({ type: 'proof.refused', userId, details }) };
}
