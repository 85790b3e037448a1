import { Problem } from '../../errors.ts';
import type { AnyFactorKind, Question } from '../../factors/factor.ts';
import { kindOf } from '../../factors/index.ts';
import { rations } from '../../policy/limits.ts';
import { randomId } from '../../security/random.ts';
import { factorWith } from '../../storage/factors.ts';
import { askEnrolment, asked } from '../ask.ts';
import { bindingOf } from '../enrolling.ts';
import { no } from '../facts.ts';
import type { Asked, Judgement, OpenChallenge, Scene, Step } from '../flow.ts';
import { givenFor } from '../given.ts';
import type { Answer, Refused } from '../prompt.ts';
import { laneIn } from '../scene.ts';
import { takeRations } from '../sending/quotas.ts';
import { heldBack, tellHeldBack } from '../sending/risk.ts';
import { collectable } from './askable.ts';
import { enrolled, learnEnrolled } from './enrolled.ts';
import { fits, rationSignatures, textOf } from './proof.ts';
import { mayResend, resend } from './resend.ts';

/**
 * Proof of possession: only with it does a factor come into being; an abandoned enrolment leaves nothing (ENR-02). Where
 * a kind has to know something first (a phone number, a serial number), it is filled in and leads to the code.
 */
export const enrol: Step = {
  name: 'enrol',
  isNeeded: (facts) => facts.enrolling !== undefined,
  enter: async (scene) => ({ asking: await askEnrolment(scene, kindIn(scene)) }),
  show: (scene) => {
    const kind = kindIn(scene).kind;
    const open = challengeOf(scene);
    if (open?.prompt.ask === 'scan-and-code') return { ...open.prompt, kind };
    if (open?.prompt.ask === 'code') return { ...open.prompt, kind, ...mayResend(scene, open), others: [] };
    if (open?.prompt.ask === 'fill') return open.prompt;
    if (open && 'options' in open.prompt) return { ...open.prompt, kind, others: [] };
    if (open?.prompt.ask === 'wait') {
      const answered = collectable(scene, open) ? { answered: true as const } : {};
      return { ...open.prompt, kind, ...mayResend(scene, open), ...answered, others: [] };
    }
    return { ask: 'offer', kinds: [], skippable: false, why: 'offer.choice' };
  },
  collect: (scene) => {
    const answer = collectable(scene, challengeOf(scene));
    return answer && { collected: answer };
  },
  takes: ['code', 'credential', 'fill', 'resend', 'accept'],
  guess: async (scene, answer) => {
    const kind = kindIn(scene);
    if (!('code' in answer) || !kind.guessable) return undefined;
    const open = challengeOf(scene);
    if (!open) return undefined;
    const challengeId = open.id;
    const counted = bindingOf(kind.kind);
    return { subject: scene.facts.userId ?? '', kind: counted, lane: await laneIn(scene), challengeId, slow: false };
  },
  judge: async (scene, answer) => {
    // Back to the choice: nothing was added.
    if ('accept' in answer) return { verdict: { is: 'offered', facts: { enrolling: undefined } } };
    const open = challengeOf(scene);
    if ('resend' in answer) return sentAgain(scene, open);
    if (!open || open.expiresAt <= scene.now) return { verdict: no('expired') };
    const text = typed(open, answer);
    await rationed(scene, open);
    if ('credential' in answer) await rationSignatures(scene);
    return judged(scene, open, text);
  },
  learn: (facts, verdict) => {
    if (verdict.is === 'enrolled') return learnEnrolled(facts, verdict);
    return verdict.is === 'offered' ? { ...facts, enrolling: verdict.facts.enrolling } : facts;
  },
};

/** What was typed, where it answers the open question: a code cannot stand for a number. */
function typed(open: OpenChallenge, answer: Answer): string {
  const text = 'value' in answer ? answer.value : textOf(answer);
  if (text !== undefined && fits(open, answer)) return text;
  throw new Problem('bad-request', {
    fields: [{ field: Object.keys(answer)[0] ?? '', why: `not what is asked now: ${open.prompt.ask}` }],
  });
}

/** Serial numbers are no secrets, and a token that nobody has is nobody's to guess at: both are rationed (OATH-10). */
async function rationed({ by, facts }: Scene, { prompt }: OpenChallenge): Promise<void> {
  if (prompt.ask === 'fill' && prompt.what === 'serial') {
    await takeRations(by, [
      { key: `serial:${facts.userId ?? ''}`, ...rations.serialsOfUser },
      { key: `serial-source:${by.source.network}`, ...rations.serialsFromSource },
    ]);
  }
  if (prompt.ask === 'code' && prompt.serial !== undefined) {
    await takeRations(by, [{ key: `token:${prompt.serial}`, ...rations.guessesAtToken }]);
  }
}

async function judged(scene: Scene, open: OpenChallenge, answer: string): Promise<Judgement> {
  const kind = kindIn(scene);
  // What is filled in leads to a question of its own, and a code is bound to the question that asks for it.
  const id = open.prompt.ask === 'fill' ? randomId(scene.by.deps.random) : open.id;
  const verdict = await kind.finishEnrolment(givenFor(scene, kind, id), kind.enrolling.parse(open.pending), answer);
  if (verdict.is === 'more') return more(scene, { id, kind: verdict.kind ?? kind.kind }, verdict.question);
  if (verdict.is === 'refused') return refused(scene, kind, verdict.why, verdict.reason);
  if (verdict.is === 'wrong') return refused(scene, kind, verdict.is, verdict.why);
  if (verdict.is !== 'ok') return refused(scene, kind, verdict.is);
  if (await isTaken(scene, kind, verdict.data)) return refused(scene, kind, 'wrong', 'somebody-elses');
  const added = { id: randomId(scene.by.deps.random), kind, data: verdict.data, by: 'owner', kept: false } as const;
  return enrolled(scene, { ...added, shown: verdict }, true, open);
}

/** Whether it is a factor already: a key's id is one key's and one person's (WebAuthn L3 §7.1 step 26). */
async function isTaken({ by }: Scene, kind: AnyFactorKind, data: unknown): Promise<boolean> {
  const lookup = kind.lookup?.(data);
  if (lookup === undefined) return false;
  return (await factorWith(by.deps.database.in(by.tenant.id), kind.kind, lookup)) !== undefined;
}

/** What was filled in leads to the next question, which may be another kind's. */
async function more(
  scene: Scene,
  { id, kind }: { readonly id: string; readonly kind: string },
  question: Question,
): Promise<Judgement> {
  const asking = asked(scene, { id, kind, factorId: null }, question);
  return safe(scene, asking, { verdict: { is: 'offered', facts: { enrolling: kind } }, asking });
}

/** Another code; the risk check is asked before each. */
async function sentAgain(scene: Scene, open: OpenChallenge | undefined): Promise<Judgement> {
  const verdict = resend(scene, open);
  if (verdict.is === 'no') return { verdict };
  const asking = await askAgain(scene, open);
  return asking ? safe(scene, asking, { verdict, asking }) : { verdict };
}

/** The judgement as it is, unless the number that a code would go to is at risk (OOB-08), or no account reaches it. */
async function safe(scene: Scene, { send }: Asked, judgement: Judgement): Promise<Judgement> {
  const why = await heldBack(scene, send);
  if (why === undefined) return judgement;
  const userId = scene.facts.userId ?? null;
  return {
    verdict: no('number-not-allowed'),
    refuse: (c) => tellHeldBack(c, userId, send?.channel ?? '', why),
  };
}

async function askAgain(scene: Scene, open: OpenChallenge | undefined): Promise<Asked | undefined> {
  const kind = kindIn(scene);
  if (!open || !kind.askAgain) return askEnrolment(scene, kind);
  const id = randomId(scene.by.deps.random);
  const question = await kind.askAgain(givenFor(scene, kind, id), kind.enrolling.parse(open.pending));
  return asked(scene, { id, kind: kind.kind, factorId: null }, question);
}

const kindIn = (scene: Scene): AnyFactorKind => kindOf(scene.facts.enrolling ?? '');

const challengeOf = (scene: Scene): OpenChallenge | undefined =>
  scene.challenges.find((open) => open.factorId === null && open.kind === scene.facts.enrolling);

function refused(scene: Scene, kind: AnyFactorKind, code: Refused['code'], reason: string = code): Judgement {
  const details = { kind: kind.kind, factor: '', purpose: scene.facts.purpose, reason };
  const userId = scene.facts.userId ?? null;
  return { verdict: no(code), refuse: (c) => c.record({ type: 'proof.refused', userId, details }) };
}
