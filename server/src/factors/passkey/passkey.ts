/** Passkeys and security keys: WebAuthn Level 3. One kind for all of them; what each one shows decides what it is worth. */
import { z } from 'zod';
import type { Level } from '../../levels.ts';
import { defineFactor, type EnrolmentVerdict, type FactorVerdict, type Given, type Question } from '../factor.ts';
import { attestationPolicy, attested, judgeAttestation } from './attestation.ts';
import {
  type Assertion,
  creationOptions,
  credentialIn,
  newChallenge,
  patience,
  plain,
  Refused,
  requestOptions,
  verifyAssertion,
  verifyCreation,
} from './ceremony.ts';
import { Providers } from './providers.ts';

const settings = z.strictObject({
  /** What authenticators are taken. */
  policy: attestationPolicy.prefault({}),
  /** What they are called. */
  names: z.custom<Providers>((given) => given instanceof Providers).default(Providers.shipped()),
  /** What becomes of a key whose signature counter did not grow: a copy of it may be about (§6.1.1). */
  clones: z.enum(['refuse', 'accept']).default('refuse'),
});

const data = z.object({
  /** Credential id, base64url. */
  id: z.string(),
  /** COSE, base64url. */
  publicKey: z.string(),
  counter: z.int().min(0),
  transports: z.array(z.string()),
  aaguid: z.string(),
  /** Its attestation led to a root that the operator trusts. */
  attested: z.boolean(),
  /** Whether it may be copied to other devices; never changes (§6.1.3). */
  backupEligible: z.boolean(),
  backedUp: z.boolean(),
  /** Whether its word that its holder was verified is believed: it once was beside another proof (§7.2 step 24). */
  verifies: z.boolean(),
});

const enrolling = z.object({ challenge: z.string(), until: z.number() });

const asking = z.object({
  challenge: z.string(),
  until: z.number(),
  verify: z.enum(['required', 'preferred']),
  /** The keys that were named; none where anybody was asked. */
  allow: z.array(z.string()),
});

type Settings = z.infer<typeof settings>;
type Key = z.infer<typeof data>;
type Asking = z.infer<typeof asking>;

/** What a key can show: it is bound to its device and knows its holder, or it resists phishing at least (NIST §2.3). */
const reachOf = ({ backupEligible, verifies }: Key): Level =>
  backupEligible || !verifies ? 'phishing-resistant' : 'aal3';

/** RFC 8176: `hwk` where the key cannot leave its device, by its own word where it verified, else by its attestation. */
function amrOf(key: Key, verified: boolean): string[] {
  if (!verified) return key.attested && !key.backupEligible ? ['pop', 'user', 'hwk'] : ['pop', 'user'];
  return [key.backupEligible ? 'swk' : 'hwk', 'user'];
}

const shown = (key: Key, verified: boolean) => ({
  level: verified ? reachOf({ ...key, verifies: true }) : ('phishing-resistant' as const),
  reaches: reachOf(key),
  amr: amrOf(key, verified),
});

function beginEnrolment(given: Given<Settings>): Question<z.infer<typeof enrolling>> {
  const challenge = newChallenge(given);
  const exclude = given.mine.map((one) => data.parse(one));
  const attestation = given.settings.policy.attestation === 'required' ? 'direct' : 'none';
  const options = creationOptions(given, challenge, { exclude, attestation });
  const pending = { challenge, until: given.now + patience };
  return { prompt: { ask: 'passkey-create', options: plain(options) }, pending, lifetime: patience, again: true };
}

async function finishEnrolment(
  given: Given<Settings>,
  pending: z.infer<typeof enrolling>,
  answer: string,
): Promise<EnrolmentVerdict<Key, z.infer<typeof enrolling>>> {
  if (given.now >= pending.until) return { is: 'expired' };
  try {
    const made = await verifyCreation(given, pending.challenge, answer);
    const found = attested(made.claim, made.aaguid, given.settings.policy.metadata, given.now);
    const reason = judgeAttestation(given.settings.policy, found);
    if (reason) return { is: 'refused', why: 'not-allowed', reason };
    const key: Key = {
      id: made.credential.id,
      publicKey: Buffer.from(made.credential.publicKey).toString('base64url'),
      counter: made.credential.counter,
      transports: made.transports,
      aaguid: made.aaguid,
      attested: found.trusted,
      backupEligible: made.credentialDeviceType === 'multiDevice',
      backedUp: made.credentialBackedUp,
      verifies: made.userVerified,
    };
    if (given.mine.some((one) => data.parse(one).id === key.id)) return { is: 'refused', why: 'yours-already' };
    return { is: 'ok', data: key, ...shown(key, key.verifies) };
  } catch (error) {
    if (error instanceof Refused) return { is: 'wrong', why: error.why };
    throw error;
  }
}

/** Asks the keys that may answer; unlocked where the flow has to reach the highest level (§5.8.6). */
function beginChallenge(given: Given<Settings>): Question<Asking> {
  const allow = given.mine.map((one) => data.parse(one));
  return question(given, { allow, verify: given.wanted === 'aal3' ? 'required' : 'preferred', timeout: patience });
}

/** Asks whoever is there: as long as a sign-in lives, since a field that fills itself asks all the time. */
const askAnybody = (given: Given<Settings>): Question<Asking> =>
  question(given, { allow: [], verify: 'required', timeout: 2 * patience });

function question(
  given: Given<Settings>,
  how: { readonly allow: readonly Key[]; readonly verify: Asking['verify']; readonly timeout: number },
): Question<Asking> {
  const challenge = newChallenge(given);
  const options = plain(requestOptions(given, challenge, how));
  const pending = {
    challenge,
    until: given.now + how.timeout,
    verify: how.verify,
    allow: how.allow.map(({ id }) => id),
  };
  return { prompt: { ask: 'passkey-use', options }, pending, lifetime: how.timeout, again: true };
}

async function checkAnswer(
  given: Given<Settings>,
  pending: Asking,
  key: Key,
  answer: string,
): Promise<FactorVerdict<Key>> {
  if (given.now >= pending.until) return { is: 'expired' };
  try {
    const proof = await verifyAssertion(given, pending, key, answer);
    demandOwner(given, pending, key, proof);
    const grown = proof.newCounter > key.counter || (proof.newCounter === 0 && key.counter === 0);
    if (!grown && given.settings.clones === 'refuse') throw new Refused('counter');
    return { is: 'ok', ...believed(given, key, proof), ...(grown ? {} : { risk: 'counter' }) };
  } catch (error) {
    if (error instanceof Refused) return { is: 'wrong', why: error.why };
    throw error;
  }
}

/** Whose key it is, and that it is the same key still (§7.2 steps 5, 6 and 18). */
function demandOwner(given: Given<Settings>, pending: Asking, key: Key, proof: Assertion): void {
  const anybody = pending.allow.length === 0;
  if (!anybody && !pending.allow.includes(key.id)) throw new Refused('foreign-key');
  if (anybody && proof.userHandle === undefined) throw new Refused('user-handle');
  if (proof.userHandle !== undefined && proof.userHandle !== given.user.handle) throw new Refused('user-handle');
  if ((proof.credentialDeviceType === 'multiDevice') !== key.backupEligible) throw new Refused('backup-flags');
}

/**
 * What is kept and what it counts as. A key that has never said so beside another proof that it knows its holder is not
 * believed when it says so alone (§7.2 step 24): who has only stolen it could have set its first PIN.
 */
function believed({ beside }: Given<Settings>, key: Key, proof: Assertion) {
  const verifies = key.verifies || (proof.userVerified && beside);
  const verified = proof.userVerified && verifies;
  const kept: Key = { ...key, counter: proof.newCounter, backedUp: proof.credentialBackedUp, verifies };
  return { data: kept, ...shown(kept, verified), alone: proof.userVerified && key.verifies };
}

/** A point whose private key nobody has: x is the first hash of a sentence that lies on the curve. */
const nobodysKey =
  'pQECAyYgASFYIDJItbH2gxDR96sqLiNNVs1AFw5aKFr4LHqn8KxOhTfRIlggHlROMPezoWh6iwuJ9nFysnQ_7bpju4E9SO7qzj-_g8Q';

const nobodys: Key = {
  id: 'bm9ib2R5',
  publicKey: nobodysKey,
  counter: 0,
  transports: [],
  aaguid: '',
  attested: false,
  backupEligible: true,
  backedUp: true,
  verifies: true,
};

/** Passkeys on phones, computers and in password managers, and security keys. */
export const passkey = defineFactor<Key, Settings, z.infer<typeof enrolling>, Asking>({
  kind: 'passkey',
  name: 'Passkey',
  use: 'everyday',
  guessable: false,
  level: 'aal3',
  offered: () => 'phishing-resistant',
  amr: ['pop', 'user'],
  settings,
  data,
  enrolling,
  asking,
  channel: (_key, factorId) => `passkey:${factorId}`,
  hint: () => '',
  label: (key, given) => (given ?? settings.parse({})).names.of(key.aaguid)?.name,
  look: (key, { names }) => names.of(key.aaguid),
  lookup: ({ id }) => id,
  answeredBy: credentialIn,
  alone: { ask: async (given) => askAnybody(given), nobodys },
  beginEnrolment: async (given) => beginEnrolment(given),
  finishEnrolment,
  beginChallenge: async (given) => beginChallenge(given),
  checkAnswer,
});
