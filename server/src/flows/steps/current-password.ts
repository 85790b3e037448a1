import type { Proof } from '../../policy/policy.ts';
import { normalise } from '../../security/passwords.ts';
import { no } from '../facts.ts';
import type { Step } from '../flow.ts';
import { laneIn } from '../scene.ts';

/** The proof that a right password gives. */
export const passwordProof = (at: number): Proof => ({
  kind: 'password',
  factorId: null,
  use: 'password',
  channel: 'password',
  level: 'password',
  amr: ['pwd'],
  at,
});

/** The password of somebody who is signed in. */
export const currentPassword: Step = {
  name: 'password',
  isNeeded: (facts) => facts.askPassword === true && !facts.proofs.some((proof) => proof.use === 'password'),
  show: (scene) => ({ ask: 'password', identifier: scene.person?.user.email ?? '' }),
  takes: ['password'],
  guess: async (scene) => ({
    subject: scene.facts.userId ?? '',
    kind: 'password',
    lane: await laneIn(scene),
    slow: true,
  }),
  judge: async (scene, answer) => {
    const user = scene.person?.user;
    if (!user || !('password' in answer)) throw new Error('a user and a password are needed');
    if (await scene.by.deps.hasher.matches(user.password_hash, normalise(answer.password))) {
      return {
        verdict: { is: 'known', proof: passwordProof(scene.now), facts: {} },
        write: async (c) => {
          await c.record({ type: 'password.accepted', userId: user.id, details: {} });
          return undefined;
        },
      };
    }
    return {
      verdict: no('wrong'),
      refuse: (c) => c.record({ type: 'password.refused', userId: user.id, details: { reason: 'wrong' } }),
    };
  },
  learn: (facts, verdict) => (verdict.is === 'known' ? { ...facts, proofs: [...facts.proofs, verdict.proof] } : facts),
};
