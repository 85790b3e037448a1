import { endOthers } from '../../accounts/sessions.ts';
import type { Shown } from '../../factors/factor.ts';
import { answerChallenge } from '../../storage/challenges.ts';
import { type Adding, addFactor, proofOf, recoveryToKeep } from '../enrolling.ts';
import type { Facts } from '../facts.ts';
import { type Judgement, Moved, type OpenChallenge, type Scene } from '../flow.ts';

/** The facts after a factor was added. */
export const learnEnrolled = (
  facts: Facts,
  verdict: { readonly proof: Facts['proofs'][number] | undefined; readonly keep: readonly string[] },
): Facts => ({
  ...facts,
  offer: 'done',
  enrolling: undefined,
  keep: verdict.keep,
  proofs: verdict.proof ? [...facts.proofs, verdict.proof] : facts.proofs,
});

/**
 * A factor that is to be added: other sessions end with it (SES-09), and recovery codes follow where there are none.
 * The proof of possession counts for the session that the flow opens; a mailbox counts where this flow confirmed it.
 */
export function enrolled(
  scene: Scene,
  adding: Omit<Adding, 'level'> & { readonly shown?: Shown },
  withCodes: boolean,
  open?: OpenChallenge,
): Judgement {
  const { kind, id, data, shown = {} } = adding;
  const level = shown.reaches ?? kind.level;
  const channel = kind.channel(data, id);
  const proved = open !== undefined || scene.facts.proofs.some((proof) => proof.channel === channel);
  const keep = withCodes ? recoveryToKeep(scene.person?.factors ?? []) : [];
  const proof = proved ? proofOf(kind.kind, { id, channel, level }, scene.now, shown) : undefined;
  return {
    verdict: { is: 'enrolled', proof, keep },
    write: async (c) => {
      const user = scene.person?.user;
      if (!user) throw new Error('a factor needs its user');
      if (open && !(await answerChallenge(c.tx, open.id, c.now))) throw new Moved('the challenge is closed');
      await endOthers(c, user.id, scene.session?.id ?? null, 'change');
      return { epoch: await addFactor(c, user, { ...adding, level }, true) };
    },
  };
}
