import { reportLost } from '../../accounts/factors.ts';
import { described, notify } from '../../accounts/notices.ts';
import { endOthers } from '../../accounts/sessions.ts';
import { Problem } from '../../errors.ts';
import type { FactorRow } from '../../storage/tables.ts';
import type { Judgement, Scene, Step } from '../flow.ts';
import { waysTo } from './ways.ts';

/** After the paper key: which factor is gone? It stops at once, so that whoever has it now has nothing. */
export const lost: Step = {
  name: 'lost',
  isNeeded: (facts) => facts.lost === 'ask',
  show: (scene) => ({
    ask: 'choose',
    about: 'lost',
    options: [...waysTo(everyday(scene)), { factorId: 'none', kind: 'none', label: '', hint: '' }],
  }),
  takes: ['choose'],
  judge: async (scene, answer) => {
    if (!('choose' in answer)) throw new Error('a choice is needed');
    if (answer.choose === 'none') return { verdict: { is: 'lost', facts: {} } };
    const factor = everyday(scene).find((row) => row.id === answer.choose);
    if (!factor) throw new Problem('bad-request', { fields: [{ field: 'choose', why: 'no such factor' }] });
    return gone(scene, factor);
  },
  learn: (facts, verdict) => (verdict.is === 'lost' ? { ...facts, ...verdict.facts, lost: 'answered' } : facts),
};

const everyday = (scene: Scene): FactorRow[] =>
  (scene.person?.factors ?? []).filter((row) => row.use === 'everyday' && row.state === 'active');

/** Where nothing everyday is left, a new factor is enrolled before anything else. */
function gone(scene: Scene, factor: FactorRow): Judgement {
  const last = everyday(scene).length === 1;
  return {
    verdict: { is: 'lost', facts: last ? { offer: { skippable: false, why: 'offer.lost' } } : {} },
    write: async (c) => {
      const user = scene.person?.user;
      if (!user) throw new Error('a factor needs its user');
      const epoch = await reportLost(c, user, factor);
      // Whoever has the lost factor may be signed in with it (SES-09).
      await endOthers(c, user.id, null, 'change');
      await notify(c, user, 'notice.factor-lost', { what: described(factor) });
      return { epoch };
    },
  };
}
