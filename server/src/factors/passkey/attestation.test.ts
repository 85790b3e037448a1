/** WAN-10: where attestation is required it is proven, and where it is not nobody is kept out for the lack of it. */
import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import { type Attesting, foundMaker } from '../../../test/peers/webauthn/attesting.ts';
import { issue } from '../../../test/peers/webauthn/certificate.ts';
import { foundPublisher, writeList } from '../../../test/peers/webauthn/metadata-list.ts';
import { type How, SoftwareKey } from '../../../test/peers/webauthn/software-key.ts';
import { attestationPolicy, attested, judgeAttestation, readClaim } from './attestation.ts';
import { Metadata } from './metadata.ts';

const now = Date.parse('2026-10-01');
const aaguid = '01020304-0506-4708-890a-0b0c0d0e0f10';
const broken = 'f0020304-0506-4708-890a-0b0c0d0e0f10';
const unlisted = 'ee020304-0506-4708-890a-0b0c0d0e0f10';
const maker = foundMaker();
const publisher = foundPublisher();
const list = writeList(publisher, [
  { aaguid, roots: [maker.root] },
  { aaguid: broken, roots: [maker.root], statuses: ['FIDO_CERTIFIED', 'REVOKED'] },
]);
const metadata = Metadata.read(list, { now, roots: publisher.root.certificate.toString() });
const options = await generateRegistrationOptions({
  rpName: 'Example',
  rpID: 'example.org',
  userName: 'ada',
  attestationType: 'direct',
});

/** As a passkey is registered: the claim first, then the verifier, then the policy. */
async function judge(policy: object, model: string, how: How): Promise<string | undefined> {
  const response = SoftwareKey.make({ aaguid: model }).register(options, how);
  const claim = readClaim(response.response.attestationObject);
  if (!claim) return 'unread';
  const result = await verifyRegistrationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin: 'https://example.org',
    expectedRPID: 'example.org',
  });
  if (!result.verified) return 'unverified';
  const found = attested(claim, result.registrationInfo.aaguid, metadata, now);
  return judgeAttestation(attestationPolicy.parse({ metadata, ...policy }), found);
}

const packed: How = { attestation: { format: 'packed', maker } };
const required = { attestation: 'required' };

describe('WAN-10: required', () => {
  test('an authenticator whose certificates lead to the root of its model is taken', async () => {
    assert.equal(await judge(required, aaguid, packed), undefined);
    assert.equal(await judge({ ...required, allow: [aaguid.toUpperCase()] }, aaguid, packed), undefined);
  });

  test('none, self-made, foreign, unlisted, unsigned and broken ones are not', async () => {
    const foreign: How = { attestation: { format: 'packed', maker: foundMaker() } };
    const u2f: How = { attestation: { format: 'fido-u2f', maker } };
    assert.equal(await judge(required, aaguid, {}), 'attestation-missing');
    assert.equal(await judge(required, aaguid, { attestation: { format: 'packed' } }), 'untrusted');
    assert.equal(await judge(required, aaguid, foreign), 'untrusted');
    assert.equal(await judge(required, unlisted, packed), 'untrusted');
    assert.equal(await judge(required, '00000000-0000-0000-0000-000000000000', u2f), 'untrusted', 'U2F has no model');
    assert.equal(await judge(required, aaguid, { ...packed, flip: 'signature' }), 'unverified');
    assert.equal(await judge(required, broken, packed), 'revoked');
    assert.equal(await judge({ ...required, allow: [unlisted] }, aaguid, packed), 'not-allowed');
    assert.equal(await judge({ ...required, deny: [aaguid] }, aaguid, packed), 'not-allowed');
  });

  test('the model in the certificate is the model that registers', async () => {
    const other: How = { attestation: { format: 'packed', maker: foundMaker({ aaguid: broken, root: maker.root }) } };
    await assert.rejects(judge(required, aaguid, other), /id-fido-gen-ce-aaguid/);
  });
});

describe('WAN-10: not required', () => {
  test('whatever an authenticator says of itself is taken, unless it is denied or broken', async () => {
    for (const how of [{}, { attestation: { format: 'packed' } as const }, packed]) {
      assert.equal(await judge({}, unlisted, how), undefined);
      assert.equal(await judge({ deny: [unlisted] }, unlisted, how), 'not-allowed');
      assert.equal(await judge({}, broken, how), 'revoked');
    }
  });
});

describe('what must not reach the verifier', () => {
  const certificate = issue({ subject: { CN: 'Chosen outside' } }).certificate.raw;
  const outside = (format: string): Attesting => ({ format, statement: new Map([['x5c', [certificate]]]) });

  test('formats whose check would ask addresses in their certificates', async () => {
    for (const format of ['android-key', 'android-safetynet', 'apple', 'compound', 'unheard', '']) {
      assert.equal(await judge({}, aaguid, { attestation: outside(format) }), 'unread', format);
    }
    for (const format of ['packed', 'tpm']) {
      const { response } = SoftwareKey.make().register(options, { attestation: outside(format) });
      assert.equal(readClaim(response.attestationObject)?.certificates.length, 1);
    }
  });

  test('what is no attestation object', () => {
    const statements: Attesting[] = [
      { format: 'packed', statement: new Map([['x5c', 'text']]) },
      { format: 'packed', statement: new Map([['x5c', [Buffer.from('garbage')]]]) },
      { format: 'packed', statement: new Map([['x5c', Array(9).fill(certificate)]]) },
    ];
    for (const attestation of statements) {
      const { response } = SoftwareKey.make().register(options, { attestation });
      assert.equal(readClaim(response.attestationObject), undefined);
    }
    for (const text of ['', '!', 'oA', 'gGF4', Buffer.from('text').toString('base64url')]) {
      assert.equal(readClaim(text), undefined);
    }
  });
});

test('a policy that cannot hold is refused', () => {
  const fault = (policy: object): string =>
    attestationPolicy
      .safeParse(policy)
      .error?.issues.map(({ path, message }) => `${path}: ${message}`)
      .join() ?? '';
  assert.match(fault({ allow: [aaguid] }), /^allow: needs attestation to be required/);
  assert.match(fault({ allow: [aaguid], attestation: 'none', metadata }), /^allow: /);
  assert.match(fault(required), /^attestation: required needs SECONDLOCK_FIDO_METADATA/);
  assert.match(fault({ deny: ['YubiKey'] }), /AAGUID/);
  assert.match(fault({ ...required, metadata: {} }), /^metadata/);
  assert.equal(fault({ deny: [aaguid] }), '');
});
