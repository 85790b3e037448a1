import type { Commit } from '../../accounts/commit.ts';
import { notify } from '../../accounts/notices.ts';
import { endOthers } from '../../accounts/sessions.ts';
import { Problem } from '../../errors.ts';
import { rations } from '../../policy/limits.ts';
import { rulesOf } from '../../policy/policy.ts';
import type { Profile } from '../../policy/profiles.ts';
import { normalise } from '../../security/passwords.ts';
import { forgetAttempts } from '../../storage/attempts.ts';
import { useInvitation } from '../../storage/invitations.ts';
import { lockTenant } from '../../storage/tenants.ts';
import { countRole, giveRole, insertUser, raiseEpoch, updateUser } from '../../storage/users.ts';
import { type Facts, no } from '../facts.ts';
import type { Judgement, Scene, Step } from '../flow.ts';
import { takeRations } from '../sending/quotas.ts';
import { passwordProof } from './current-password.ts';

/** A new password: judged by length, strength, the most common ones and the user's own words; no composition rules. */
export const newPassword: Step = {
  name: 'new-password',
  isNeeded: (facts) => facts.newPassword === 'wanted',
  show: (scene) => ({ ask: 'new-password', ...rules(scene) }),
  takes: ['password'],
  judge: async (scene, answer) => {
    if (!('password' in answer)) throw new Error('a password is needed');
    const { deps, source } = scene.by;
    await takeRations(scene.by, [
      { key: `judge:${scene.flow.id}`, ...rations.judgedInFlow },
      { key: `judge-from:${source.network}`, ...rations.judgedFromSource },
    ]);
    const password = normalise(answer.password);
    const judged = await deps.passwords.judge(password, rules(scene));
    if (!judged.ok) return notGoodEnough(scene, judged.why, judged.advice);
    const place = deps.hasher.admit(source.network);
    try {
      if (scene.person && (await deps.hasher.matches(scene.person.user.password_hash, password))) {
        return notGoodEnough(scene, 'same', []);
      }
      return accepted(scene, await deps.hasher.make(password));
    } finally {
      place.release();
    }
  },
  learn: (facts, verdict) =>
    verdict.is === 'password'
      ? { ...facts, ...verdict.facts, newPassword: 'set', proofs: [...facts.proofs, verdict.proof] }
      : facts,
};

function rules(scene: Scene): { minLength: number; minScore: number; own: string[] } {
  const { tenant } = scene.by;
  const { password } = tenant.profile;
  const user = scene.person?.user;
  const address = user?.email ?? scene.facts.address?.typed ?? '';
  const alone = mayBeAlone(scene, tenant.profile);
  return {
    minLength: alone ? password.alone : password.withSecond,
    minScore: password.score,
    own: [tenant.name, address, address.split('@')[0] ?? '', user?.name ?? ''].filter((word) => word !== ''),
  };
}

/**
 * Whether the password can be the only factor of this account (C6): it can wherever no role demands a second one, since
 * a factor that is there today may be taken off tomorrow.
 */
function mayBeAlone({ by, facts, person }: Scene, profile: Profile): boolean {
  const roles = rulesOf(by.tenant.roles, person?.roles ?? [facts.newcomer?.role ?? '']);
  return profile.mailboxFactor || !roles.some((rule) => rule.secondFactor === 'required');
}

type Why = 'too-short' | 'too-long' | 'common' | 'weak' | 'own-words' | 'same';

function notGoodEnough(scene: Scene, reason: Why, advice: readonly string[]): Judgement {
  const userId = scene.facts.userId ?? null;
  return {
    verdict: no(reason, advice.length > 0 ? { advice: [...advice] } : {}),
    refuse: (c) => c.record({ type: 'password.not-good-enough', userId, details: { reason } }),
  };
}

function accepted(scene: Scene, hash: string): Judgement {
  const { facts } = scene;
  const proof = passwordProof(scene.now);
  if (facts.purpose !== 'registration') {
    return { verdict: { is: 'password', proof, facts: {} }, write: (c) => replace(c, scene, hash) };
  }
  const { tenant } = scene.by;
  const [rule] = rulesOf(tenant.roles, [facts.newcomer?.role ?? '']);
  const required = rule?.secondFactor === 'required';
  const skippable = !required || tenant.profile.mailboxFactor;
  const must = skippable ? 'offer.role-later' : 'offer.role';
  const offer = { skippable, why: required ? must : 'offer.choice' };
  return { verdict: { is: 'password', proof, facts: { offer } }, write: (c) => create(c, scene, hash) };
}

/** The account comes into being here, with its address confirmed and its password set. */
async function create(c: Commit, scene: Scene, hash: string): Promise<Partial<Facts>> {
  const { newcomer, address } = scene.facts;
  if (!newcomer || !address) throw new Error('a newcomer and an address are needed');
  if (newcomer.by === 'set-up') {
    await lockTenant(c.tx);
    if ((await countRole(c.tx, newcomer.role)) > 0) throw new Problem('link-over');
  }
  if (newcomer.invitation && !(await useInvitation(c.tx, newcomer.invitation, c.now))) throw new Problem('link-over');
  const added = await insertUser(c.tx, {
    id: newcomer.id,
    handle: newcomer.handle,
    name: '',
    email: address.typed,
    email_canonical: address.canonical,
    locale: c.source.locale,
    password_hash: hash,
    password_changed_at: c.now,
    epoch: 1,
    state: 'active',
    created_at: c.now,
    last_sign_in_at: null,
  });
  // Somebody registered the same address in between.
  if (!added) throw new Problem('flow-over');
  await giveRole(c.tx, newcomer.id, newcomer.role, c.now);
  await c.record({ type: 'registration.completed', userId: newcomer.id, details: { by: newcomer.by } });
  return { userId: newcomer.id, epoch: 1 };
}

/** Every other session ends with the old password (SES-09). */
async function replace(c: Commit, scene: Scene, hash: string): Promise<Partial<Facts>> {
  const user = scene.person?.user;
  if (!user) throw new Error('a user is needed');
  const recovery = scene.facts.purpose === 'recovery';
  await updateUser(c.tx, user.id, { password_hash: hash, password_changed_at: c.now, password_exposed_at: null });
  await forgetAttempts(c.tx, user.id, 'password');
  await endOthers(c, user.id, recovery ? null : (scene.session?.id ?? null), 'change');
  const by = recovery ? ('recovery' as const) : ('change' as const);
  await c.record({ type: 'password.set', userId: user.id, details: { by } });
  await notify(c, user, recovery ? 'notice.password-reset' : 'notice.password-changed');
  return { epoch: await raiseEpoch(c.tx, user.id) };
}
