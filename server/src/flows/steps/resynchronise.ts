import { factorBound } from '../../accounts/tokens.ts';
import { Problem } from '../../errors.ts';
import { kindOf } from '../../factors/index.ts';
import { swapFactorData } from '../../storage/factors.ts';
import type { FactorRow } from '../../storage/tables.ts';
import { type Judgement, Moved, type Scene, type Step } from '../flow.ts';
import { factorData } from '../given.ts';
import { laneIn } from '../scene.ts';

/**
 * Two codes of a token that follow each other. The first is only kept; the pair is judged, and counts as one answer of
 * the token's kind, so that guesses here and at sign-in share one limit (OATH-10). A wrong pair ends the flow: whoever
 * mistyped the first begins again.
 */
export const resynchronise: Step = {
  name: 'resynchronise',
  isNeeded: (facts) => facts.resynchronising !== undefined,
  show: (scene) => {
    const factor = tokenIn(scene);
    const { digits } = factorData(scene, kindOf(factor.kind), factor) as { readonly digits: number };
    const first = scene.facts.resynchronising?.first === undefined;
    return {
      ask: 'code',
      kind: factor.kind,
      factorId: factor.id,
      format: 'digits',
      length: digits,
      part: first ? 'first' : 'second',
      others: [],
    };
  },
  takes: ['code'],
  guess: async (scene, answer) => {
    if (!('code' in answer) || scene.facts.resynchronising?.first === undefined) return undefined;
    const { user_id, kind } = tokenIn(scene);
    return { subject: user_id, kind, lane: await laneIn(scene), slow: false };
  },
  judge: async (scene, answer) => {
    if (!('code' in answer)) throw new Error('a code is needed');
    const first = scene.facts.resynchronising?.first;
    if (first === undefined) return { verdict: { is: 'first-code', code: answer.code } };
    return judged(scene, [first, answer.code]);
  },
  learn: (facts, verdict) => {
    if (verdict.is === 'first-code' && facts.resynchronising) {
      return { ...facts, resynchronising: { ...facts.resynchronising, first: verdict.code } };
    }
    return verdict.is === 'resynchronised' ? { ...facts, resynchronising: undefined } : facts;
  },
};

/** The token, while it is in use: one that was reported lost meanwhile ends the flow. */
function tokenIn(scene: Scene): FactorRow {
  const id = scene.facts.resynchronising?.factor;
  const factor = scene.person?.factors.find((row) => row.id === id && row.state === 'active');
  if (!factor) throw new Problem('flow-over');
  return factor;
}

async function judged(scene: Scene, codes: readonly [string, string]): Promise<Judgement> {
  const factor = tokenIn(scene);
  const kind = kindOf(factor.kind);
  const verdict = await kind.resynchronise?.({ now: scene.now }, factorData(scene, kind, factor), codes);
  if (!verdict) throw new Error('a kind that can be resynchronised is needed');
  const userId = factor.user_id;
  if (verdict.is !== 'ok') {
    const details = { kind: kind.kind, factor: factor.id, purpose: 'resynchronisation', reason: verdict.is };
    return {
      verdict: { is: 'no', refused: { code: verdict.is, attemptsLeft: 0 }, ends: true },
      refuse: (c) => c.record({ type: 'proof.refused', userId, details }),
    };
  }
  return {
    verdict: { is: 'resynchronised' },
    write: async (c) => {
      const data = c.deps.keyring.seal(JSON.stringify(verdict.data), factorBound(c.tenant.id, userId, factor.id));
      const kept = await swapFactorData(c.tx, factor, { data, state: 'active', last_used_at: c.now });
      if (!kept) throw new Moved('the factor has moved');
      const serial = kind.token?.(verdict.data) ?? '';
      await c.record({ type: 'token.resynchronised', userId, details: { serial, by: 'owner' } });
      return undefined;
    },
  };
}
