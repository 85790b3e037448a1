/** Who may be asked: the factors that policy lets a flow ask, in order, and which of them is asked now. */
import { Problem } from '../../errors.ts';
import { kindOf } from '../../factors/index.ts';
import type { FactorRow } from '../../storage/tables.ts';
import type { OpenChallenge, Scene } from '../flow.ts';
import { worksHere } from '../given.ts';
import type { Way } from '../prompt.ts';
import { waysTo } from './ways.ts';

/** The factors that policy lets this flow ask, in order: what was enrolled and allowed, never what a client names. */
export function enrolled(scene: Scene): FactorRow[] {
  const proved = new Set(scene.facts.proofs.map((proof) => proof.channel));
  return (scene.facts.askable ?? []).flatMap((id) => {
    const factor = scene.person?.factors.find((row) => row.id === id && row.state === 'active');
    return factor && !proved.has(factor.channel) && !scene.facts.ruledOut?.includes(id) ? [factor] : [];
  });
}

/** Those of them that can be asked here. */
export const askable = (scene: Scene): FactorRow[] =>
  enrolled(scene).filter((factor) => worksHere(scene.by.deps, kindOf(factor.kind)));

/** The factor that is asked: the chosen one, else the first. */
export const currentFactor = (scene: Scene): FactorRow => currentOf(askable(scene), scene);

/** The one of these that is asked. */
export function currentOf(ways: readonly FactorRow[], scene: Scene): FactorRow {
  const factor = ways.find((row) => row.id === scene.facts.choice) ?? ways[0];
  // A factor is demanded and none can be asked: no.
  if (!factor) throw new Problem('flow-over');
  return factor;
}

const isAskedWith = (factor: FactorRow, other: FactorRow): boolean =>
  other.id === factor.id || (other.kind === factor.kind && kindOf(factor.kind).answeredBy !== undefined);

/** The factors that may answer where this one is asked: itself, or all of a kind whose question goes to all. */
export const askedWith = (scene: Scene, factor: FactorRow): FactorRow[] =>
  askable(scene).filter((other) => isAskedWith(factor, other));

/** The open question to a factor, or to all of its kind; not the one that went to whoever was there. */
export const challengeOf = (scene: Scene, factor: FactorRow): OpenChallenge | undefined => {
  const all = kindOf(factor.kind).answeredBy !== undefined;
  return scene.challenges.find((open) => {
    if (open.userId !== factor.user_id) return false;
    return all ? open.factorId === null && open.kind === factor.kind : open.factorId === factor.id;
  });
};

/** What another device has answered, as long as it may be collected: an approval that nobody comes for is over soon. */
export const collectable = (scene: Scene, open: OpenChallenge | undefined): OpenChallenge['answer'] =>
  open && open.expiresAt > scene.now ? open.answer : undefined;

/** The ways that are left beside the one that is asked, a text message first. */
export const otherWays = (scene: Scene, factor: FactorRow): Way[] =>
  wayOfEach(fallbackFirst(askable(scene).filter((other) => !isAskedWith(factor, other))));

/** Ways for the chooser: one for all factors of a kind whose question goes to all. */
export function wayOfEach(factors: readonly FactorRow[]): Way[] {
  const first = factors.filter((one, at) => factors.findIndex((other) => isAskedWith(one, other)) === at);
  return waysTo(first).map((way) => {
    const several = factors.filter(({ kind }) => kind === way.kind).length > 1;
    const { answeredBy, name } = kindOf(way.kind);
    return answeredBy && several ? { ...way, label: name, hint: '' } : way;
  });
}

/** A text message comes first among the other ways: what else is at hand where a device is not (WCAG 2.2 SC 3.3.8). */
function fallbackFirst(factors: readonly FactorRow[]): FactorRow[] {
  const texted = (factor: FactorRow): boolean => kindOf(factor.kind).sends === 'sms';
  return factors.toSorted((one, other) => Number(texted(other)) - Number(texted(one)));
}
