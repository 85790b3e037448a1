import { z } from 'zod';
import { endOthers } from '../../accounts/sessions.ts';
import type { Reveal } from '../../factors/factor.ts';
import { kindOf } from '../../factors/index.ts';
import { rations } from '../../policy/limits.ts';
import { randomId } from '../../security/random.ts';
import { closeChallenge } from '../../storage/challenges.ts';
import { asked } from '../ask.ts';
import { addFactor, levelReached } from '../enrolling.ts';
import { no } from '../facts.ts';
import { type Asked, type Judgement, Moved, type OpenChallenge, type Scene, type Step } from '../flow.ts';
import { givenFor } from '../given.ts';
import { takeRations } from '../sending/quotas.ts';

/** The question that holds a whole page of codes and keys has a name of its own, since it is of several kinds. */
const page = 'keep';

const pending = z.record(z.string(), z.unknown());

/**
 * Backup codes and the paper key are shown once, in the answer that made them. They become valid, and older ones die,
 * when their owner says that they are kept (LUS-01, LUS-06).
 */
export const keep: Step = {
  name: 'keep',
  isNeeded: (facts) => (facts.keep ?? []).length > 0,
  enter: async (scene) => ({ asking: await make(scene) }),
  show: () => ({ ask: 'keep', shown: true }),
  takes: ['kept', 'renew'],
  judge: async (scene, answer) => {
    if ('renew' in answer) {
      await takeRations(scene.by, [{ key: `renew:${scene.flow.id}`, ...rations.renewedInFlow }]);
      return { verdict: { is: 'asked', again: true } };
    }
    const open = scene.challenges.find((challenge) => challenge.kind === page);
    return open ? kept(scene, open) : { verdict: no('expired') };
  },
  learn: (facts, verdict) => (verdict.is === 'kept' ? { ...facts, keep: [] } : facts),
};

async function make(scene: Scene): Promise<Asked> {
  const id = randomId(scene.by.deps.random);
  const place = scene.by.deps.hasher.admit(scene.by.source.network);
  try {
    const sets: Record<string, unknown> = {};
    let reveal: Reveal = {};
    for (const name of scene.facts.keep ?? []) {
      const kind = kindOf(name);
      const question = await kind.beginEnrolment(givenFor(scene, kind, id));
      if ('done' in question) throw new Error('a recovery kind is shown before it is kept');
      sets[name] = question.pending;
      reveal = { ...reveal, ...question.reveal };
    }
    return asked(scene, { id, kind: page, factorId: null }, { prompt: { ask: 'keep' }, pending: sets, reveal });
  } finally {
    place.release();
  }
}

async function kept(scene: Scene, open: OpenChallenge): Promise<Judgement> {
  if (open.expiresAt <= scene.now) return { verdict: no('expired') };
  const sets = Object.entries(pending.parse(open.pending));
  const added = await Promise.all(
    sets.map(async ([name, set]) => {
      const kind = kindOf(name);
      const verdict = await kind.finishEnrolment(givenFor(scene, kind, open.id), kind.enrolling.parse(set), 'kept');
      if (verdict.is !== 'ok') throw new Error('what was shown can be kept');
      return { id: randomId(scene.by.deps.random), kind, data: verdict.data };
    }),
  );
  return {
    verdict: { is: 'kept' },
    write: async (c) => {
      const user = scene.person?.user;
      if (!user) throw new Error('codes need their owner');
      if (!(await closeChallenge(c.tx, open.id, 'answered'))) throw new Moved('the challenge is closed');
      const level = levelReached(scene, scene.facts);
      // Somebody signed in has changed what opens the account (SES-09).
      if (scene.session) await endOthers(c, user.id, scene.session.id, 'change');
      // A set that belongs to a factor just added in this flow was told of with it.
      const tell = scene.facts.purpose !== 'registration';
      let epoch = scene.facts.epoch ?? 0;
      for (const one of added) epoch = await addFactor(c, user, { ...one, level, by: 'owner', kept: false }, tell);
      return { epoch };
    },
  };
}
