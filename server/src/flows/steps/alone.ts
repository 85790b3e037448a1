import { readPerson } from '../../accounts/person.ts';
import { kindOf } from '../../factors/index.ts';
import { factorWith } from '../../storage/factors.ts';
import type { FactorRow } from '../../storage/tables.ts';
import { findUser } from '../../storage/users.ts';
import { no } from '../facts.ts';
import type { Judgement, OpenChallenge, Scene } from '../flow.ts';
import { givenFor } from '../given.ts';
import type { Answer } from '../prompt.ts';
import { acceptedProof, rationSignatures, refusedProof, textOf, verdictOn } from './proof.ts';

/**
 * Signing in without a password: the key says whose it is, and its holder has unlocked it, which makes two factors
 * (NIST SP 800-63B-4 §3.1.7). A key that nobody has costs the same look-ups and a signature check as well, and is refused
 * in the same words (WebAuthn L3 §14.6.2).
 */
export async function byKey(scene: Scene, answer: Answer): Promise<Judgement> {
  const open = scene.challenges.find(({ kind, factorId }) => factorId === null && kindOf(kind).alone);
  if (!open || open.expiresAt <= scene.now) return { verdict: no('expired') };
  await rationSignatures(scene);
  const { kind } = open;
  const factor = await ownerOf(scene, open, answer);
  const person = factor?.person;
  if (!factor || !person) {
    await nobodys(scene, open, answer);
    return refusedProof(scene, { kind, factor: undefined }, { is: 'wrong', why: 'unknown-key' });
  }
  const verdict = await verdictOn({ ...scene, person }, factor.row, open, answer);
  const row = factor.row;
  if (verdict.is !== 'ok') return refusedProof(scene, { kind, factor: row }, verdict);
  // A key that was not unlocked proves that it is there, not who holds it.
  if (!verdict.alone) return refusedProof(scene, { kind, factor: row }, { is: 'wrong', why: 'not-verified' });
  const { proof, write } = acceptedProof({ ...scene, person }, row, open, verdict);
  const { user } = person;
  const facts = {
    userId: user.id,
    epoch: user.epoch,
    identifier: user.email,
    mustProve: false,
    askable: [],
    // Somebody else knows the password, though it was not needed here.
    ...(user.password_exposed_at === null ? {} : { newPassword: 'wanted' as const }),
  };
  return { person, verdict: { is: 'known', proof, facts }, write };
}

/** Whose key answered: in use, and of somebody who may be here. */
async function ownerOf(scene: Scene, open: OpenChallenge, answer: Answer) {
  const { by } = scene;
  const db = by.deps.database.in(by.tenant.id);
  const lookup = kindOf(open.kind).answeredBy?.(textOf(answer) ?? '') ?? '';
  const row: FactorRow | undefined = await factorWith(db, open.kind, lookup);
  const user = await findUser(db, row?.user_id ?? '');
  const person = await readPerson(db, by.tenant, user ?? { id: '' });
  return row && user?.state === 'active' ? { row, person: { ...person, user } } : undefined;
}

/** Checks the signature against a key that nobody has. */
async function nobodys(scene: Scene, open: OpenChallenge, answer: Answer): Promise<void> {
  const kind = kindOf(open.kind);
  const given = givenFor(scene, kind, open.id);
  await kind.checkAnswer(given, kind.asking.parse(open.pending), kind.alone?.nobodys, textOf(answer) ?? '');
}
