import type { Circumstance } from '../../accounts/commit.ts';
import type { Person } from '../../accounts/person.ts';
import { Problem } from '../../errors.ts';
import type { AnyFactorKind } from '../../factors/factor.ts';
import { factorKinds } from '../../factors/index.ts';
import { atLeast } from '../../levels.ts';
import { decide, type Held, isPhone } from '../../policy/policy.ts';
import { randomId } from '../../security/random.ts';
import { hasTokenFor } from '../../storage/tokens.ts';
import { askEnrolment } from '../ask.ts';
import { mailKind } from '../enrolling.ts';
import type { Facts, Offer } from '../facts.ts';
import type { Judgement, Scene, Step } from '../flow.ts';
import { settingsOf, worksHere } from '../given.ts';
import type { Offerable } from '../prompt.ts';
import { enrolled, learnEnrolled } from './enrolled.ts';

/** The offer of a second factor: what can be turned on, the advisable first, and whether "later" is an answer. */
export const offer: Step = {
  name: 'offer',
  isNeeded: (facts) => openOffer(facts) !== undefined && facts.enrolling === undefined,
  enter: async (scene) => ({ facts: { tokenThere: await tokenFor(scene.by, scene.person) } }),
  show: (scene) => {
    const open = openOffer(scene.facts);
    return {
      ask: 'offer',
      kinds: kindsFor(scene.by, scene.person, scene.facts.tokenThere === true).map((kind) =>
        asOffer(scene.by, kind, scene.person),
      ),
      skippable: open?.skippable ?? false,
      why: open?.why ?? 'offer.choice',
    };
  },
  takes: ['accept'],
  judge: async (scene, answer) => {
    if (!('accept' in answer)) throw new Error('an answer to the offer is needed');
    return answer.accept === false ? declined(scene) : accepted(scene, answer.accept);
  },
  learn: (facts, verdict) => {
    if (verdict.is === 'offered')
      return { ...facts, ...verdict.facts, ...(verdict.facts.enrolling ? {} : { offer: 'done' }) };
    return verdict.is === 'enrolled' ? learnEnrolled(facts, verdict) : facts;
  },
};

const openOffer = (facts: Facts): Offer | undefined => (typeof facts.offer === 'object' ? facts.offer : undefined);

/** A kind as the page shows it to this person. */
export function asOffer(
  { deps, tenant }: Pick<Circumstance, 'deps' | 'tenant'>,
  kind: AnyFactorKind,
  person: Person | undefined,
): Offerable {
  const advice = adviceOn(kind, person?.standing.held ?? []);
  const typedDigits = tenant.profile.pushDigits;
  const level = kind.offered?.({ settings: settingsOf(deps, kind), typedDigits }) ?? kind.level;
  return { kind: kind.kind, level, why: `kind.${kind.kind}.why`, ...(advice ? { advice } : {}) };
}

/** An app is what to begin with; beside it a phone is what to add, for when the app is not at hand (ENR-04). */
function adviceOn(kind: AnyFactorKind, held: readonly Held[]): Offerable['advice'] {
  const strong = held.some((one) => one.use === 'everyday' && atLeast(one.level, 'aal2') && !isPhone(one));
  if (kind.goodStart) return held.some((one) => one.kind === kind.kind) ? undefined : 'good-start';
  return kind.sends === 'sms' && strong && !held.some(isPhone) ? 'suggested' : undefined;
}

/** Whether the store room holds a token that this person could take. */
export const tokenFor = ({ deps, tenant }: Circumstance, person: Person | undefined): Promise<boolean> =>
  hasTokenFor(deps.database.in(tenant.id), person?.user.id, deps.now());

/** Everyday kinds that can be had here and that this profile and account allow: no mailbox where it cannot count, none twice. */
export function kindsFor(
  { deps, tenant }: Pick<Circumstance, 'deps' | 'tenant'>,
  person: Person | undefined,
  tokenThere: boolean,
): AnyFactorKind[] {
  const held = person?.standing.held ?? [];
  return factorKinds.filter((kind) => {
    if (kind.use !== 'everyday') return false;
    if (!worksHere(deps, kind)) return false;
    if (kind.fromStoreRoom && !tokenThere) return false;
    if (kind !== mailKind) return true;
    return tenant.profile.mailboxFactor && !held.some((factor) => factor.kind === kind.kind);
  });
}

/** What is accepted is looked up anew: the last token may be somebody's by now. */
async function accepted(scene: Scene, name: string): Promise<Judgement> {
  const offered = kindsFor(scene.by, scene.person, await tokenFor(scene.by, scene.person));
  const kind = offered.find((candidate) => candidate.kind === name);
  if (!kind) throw new Problem('bad-request', { fields: [{ field: 'accept', why: 'this is not on offer' }] });
  const question = await askEnrolment(scene, kind);
  if (question) return { verdict: { is: 'offered', facts: { enrolling: kind.kind } } };
  // Nothing to prove: a confirmed address becomes a factor by its owner's word.
  const strong = scene.person?.standing.held.some((held) => atLeast(held.level, 'aal2')) ?? false;
  return enrolled(
    scene,
    { id: randomId(scene.by.deps.random), kind, data: mailData(scene), by: 'owner', kept: strong },
    true,
  );
}

function declined(scene: Scene): Judgement {
  if (!openOffer(scene.facts)?.skippable) {
    throw new Problem('bad-request', { fields: [{ field: 'accept', why: 'a second factor is needed for this role' }] });
  }
  const userId = scene.facts.userId ?? null;
  if (scene.person && decide(scene.person.standing).mailboxByPolicy) return byPolicy(scene);
  return {
    verdict: { is: 'offered', facts: {} },
    write: async (c) => {
      await c.record({ type: 'offer.declined', userId, details: {} });
      return undefined;
    },
  };
}

/** "Later" from somebody whose role must have a second factor: the confirmed address becomes one (C1). */
function byPolicy(scene: Scene): Judgement {
  const id = randomId(scene.by.deps.random);
  return enrolled(scene, { id, kind: mailKind, data: mailData(scene), by: 'policy', kept: false }, false);
}

const mailData = (scene: Scene) => ({ address: scene.person?.user.email ?? scene.facts.address?.typed ?? '' });
