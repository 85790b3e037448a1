import { canonical, unknownSubject } from '../../accounts/address.ts';
import { type Circumstance, commit } from '../../accounts/commit.ts';
import { type Person, readPerson } from '../../accounts/person.ts';
import { decide } from '../../policy/policy.ts';
import { normalise } from '../../security/passwords.ts';
import { randomId } from '../../security/random.ts';
import type { UserRow } from '../../storage/tables.ts';
import { findUser, findUserByEmail, lockUser, updateUser } from '../../storage/users.ts';
import { askAnybody } from '../ask.ts';
import { addFactor, aloneKind, mailKind } from '../enrolling.ts';
import { no } from '../facts.ts';
import { type Judgement, Moved, type Scene, type Step } from '../flow.ts';
import { credentialsPrompt } from '../prompt.ts';
import { laneIn } from '../scene.ts';
import { byKey } from './alone.ts';
import { passwordProof } from './current-password.ts';

/** Identifier and password. Unknown, wrong, held and disabled look the same and cost the same (RATE-08). */
export const credentials: Step = {
  name: 'credentials',
  isNeeded: (facts) => !facts.proofs.some((proof) => proof.use === 'password' || proof.alone === true),
  enter: async (scene) => ({ asking: await askAnybody(scene, aloneKind) }),
  show: (scene) => {
    const open = scene.challenges.find(({ kind }) => kind === aloneKind.kind);
    return credentialsPrompt(open && 'options' in open.prompt ? open.prompt.options : undefined);
  },
  takes: ['credentials', 'credential'],
  guess: async (scene, answer) => {
    if (!('identifier' in answer)) return undefined;
    const user = await named(scene, answer.identifier);
    const subject = user?.id ?? unknownSubject(scene.by, answer.identifier);
    return { subject, kind: 'password', lane: await laneIn(scene, subject), slow: true };
  },
  judge: async (scene, answer) => {
    if ('credential' in answer) return byKey(scene, answer);
    if (!('identifier' in answer) || !('password' in answer)) throw new Error('credentials are needed');
    const user = await named(scene, answer.identifier);
    const password = normalise(answer.password);
    const { hasher } = scene.by.deps;
    const right = await (user ? hasher.matches(user.password_hash, password) : hasher.matchesNobody(password));
    if (!user || !right || user.state !== 'active') return wrong(user, right);
    const person = await withPolicyMailbox(scene.by, user);
    const renewed = hasher.outdated(user.password_hash) ? await hasher.make(password) : undefined;
    return known(scene, person, answer.identifier, renewed);
  },
  learn: (facts, verdict) =>
    verdict.is === 'known' ? { ...facts, ...verdict.facts, proofs: [...facts.proofs, verdict.proof] } : facts,
};

function known(scene: Scene, person: Person, identifier: string, renewed: string | undefined): Judgement {
  const { user, standing } = person;
  const need = decide(standing);
  return {
    person,
    verdict: {
      is: 'known',
      proof: passwordProof(scene.now),
      facts: {
        userId: user.id,
        epoch: user.epoch,
        identifier,
        mustProve: need.everyday.length > 0,
        askable: [...need.everyday, ...need.recovery],
        ...(need.mustEnrol ? bindAnew(user) : {}),
        ...(user.password_exposed_at === null ? {} : { newPassword: 'wanted' as const }),
      },
    },
    write: async (c) => {
      // Parameters or the pepper have changed since the hash was made (PW-11).
      if (renewed) await updateUser(c.tx, user.id, { password_hash: renewed });
      await c.record({ type: 'password.accepted', userId: user.id, details: {} });
      return undefined;
    },
  };
}

/** Nothing can be asked: the mailbox is proved before a factor is bound, so that a stolen password binds none (REC-02). */
const bindAnew = (user: UserRow) => ({
  address: { typed: user.email, canonical: user.email_canonical },
  reachable: true,
  offer: { skippable: false, why: 'offer.role' },
});

function wrong(user: UserRow | undefined, right: boolean): Judgement {
  const reason = !user ? 'unknown-user' : right ? 'not-active' : 'wrong';
  return {
    verdict: no('wrong'),
    refuse: (c) => c.record({ type: 'password.refused', userId: user?.id ?? null, actor: null, details: { reason } }),
  };
}

/** The user that an identifier names, if any. What is no address runs the same statement. */
function named(scene: Scene, identifier: string): Promise<UserRow | undefined> {
  const known = lookUps.get(scene);
  if (known) return known;
  const user = findUserByEmail(scene.by.deps.database.in(scene.by.tenant.id), canonical(identifier));
  lookUps.set(scene, user);
  return user;
}

/** One look-up for each scene: to count and to judge are one look at the same answer. */
const lookUps = new WeakMap<Scene, Promise<UserRow | undefined>>();

/**
 * Where a role must have a second factor and its holder has none, the verified address becomes one, so that nobody who
 * must have a second lock is without one for a day (C1).
 */
async function withPolicyMailbox(by: Circumstance, user: UserRow): Promise<Person> {
  const db = by.deps.database.in(by.tenant.id);
  const person = await readPerson(db, by.tenant, user);
  if (!decide(person.standing).mailboxByPolicy) return person;
  await commit(by, async (c) => {
    const locked = await lockUser(c.tx, user.id);
    // The password was judged against what stood before: a change since is judged anew.
    if (locked?.epoch !== user.epoch) throw new Moved('the user has changed');
    const data = { address: locked.email };
    const id = randomId(by.deps.random);
    await addFactor(c, locked, { id, kind: mailKind, data, level: mailKind.level, by: 'policy', kept: false }, true);
  });
  const fresh = await findUser(db, user.id);
  if (fresh?.epoch !== user.epoch + 1) throw new Moved('the user has changed');
  return readPerson(db, by.tenant, fresh);
}
