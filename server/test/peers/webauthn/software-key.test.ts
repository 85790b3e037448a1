/** The software key is believed where it is honest, and each way to forge breaks what it says it breaks. */
import { strict as assert } from 'node:assert';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  type VerifiedRegistrationResponse,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server';
import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers';
import { type Attesting, foundMaker } from './attesting.ts';
import type { Alg } from './pairs.ts';
import { type How, type Making, SoftwareKey } from './software-key.ts';

const algs: readonly Alg[] = [-7, -8, -35, -36, -257];
const aaguid = '01020304-0506-4708-890a-0b0c0d0e0f10';
const site = { expectedOrigin: 'https://example.org', expectedRPID: 'example.org' };

const creation = await generateRegistrationOptions({
  rpName: 'Example',
  rpID: 'example.org',
  userName: 'ada',
  userID: new Uint8Array(64).fill(7),
  supportedAlgorithmIDs: [...algs],
});
const request = await generateAuthenticationOptions({ rpID: 'example.org' });

type Registered = VerifiedRegistrationResponse & { verified: true };

const verify = (response: RegistrationResponseJSON, uv = true): Promise<VerifiedRegistrationResponse> =>
  verifyRegistrationResponse({
    response,
    expectedChallenge: creation.challenge,
    supportedAlgorithmIDs: [...algs],
    requireUserVerification: uv,
    ...site,
  });

async function accept(response: RegistrationResponseJSON, uv = true): Promise<Registered['registrationInfo']> {
  const result = await verify(response, uv);
  assert.ok(result.verified);
  return result.registrationInfo;
}

const check = (response: AuthenticationResponseJSON, credential: WebAuthnCredential) =>
  verifyAuthenticationResponse({ response, expectedChallenge: request.challenge, credential, ...site });

/** What the verifier says: true, false, or its complaint. */
const said = (answer: Promise<{ verified: boolean }>): Promise<boolean | string> =>
  answer.then(
    ({ verified }) => verified,
    (error: Error) => error.message,
  );

const signIn = async (how: How, like: Making = {}): Promise<boolean | string> => {
  const key = SoftwareKey.make(like);
  const { credential } = await accept(key.register(creation));
  return await said(check(key.assert(request, how), credential));
};

const enrol = (how: How, like: Making = {}): Promise<boolean | string> =>
  said(verify(SoftwareKey.make(like).register(creation, how)));

describe('honest', () => {
  for (const alg of algs) {
    test(`algorithm ${alg}`, async () => {
      const key = SoftwareKey.make({ alg, aaguid });
      const info = await accept(key.register(creation, { attestation: { format: 'packed' } }));
      assert.equal(info.aaguid, aaguid);
      assert.equal(info.fmt, 'packed');
      assert.equal(info.credential.id, key.id);
      const first = await check(key.assert(request), info.credential);
      assert.ok(first.verified);
      assert.equal(first.authenticationInfo.newCounter, 2, 'a counter that rises');
    });
  }

  const formats: readonly { attestation: Attesting; aaguid?: string }[] = [
    { attestation: { format: 'none' } },
    { attestation: { format: 'packed', maker: foundMaker({ aaguid }) }, aaguid },
    { attestation: { format: 'packed', maker: foundMaker() }, aaguid },
    { attestation: { format: 'fido-u2f', maker: foundMaker() } },
  ];
  for (const { attestation, ...like } of formats) {
    test(`attestation ${attestation.format}`, async () => {
      const { fmt, attestationObject } = await accept(SoftwareKey.make(like).register(creation, { attestation }));
      assert.equal(fmt, attestation.format);
      const x5c = decodeAttestationObject(attestationObject).get('attStmt').get('x5c') ?? [];
      assert.equal(x5c.length > 0, 'maker' in attestation);
    });
  }

  test('the certificates of a maker follow each other', () => {
    const { root, works, device } = foundMaker({ aaguid });
    for (const [one, by] of [
      [device, works],
      [works, root],
      [root, root],
    ] as const) {
      assert.ok(one.certificate.checkIssued(by.certificate));
      assert.ok(one.certificate.verify(by.certificate.publicKey));
    }
    assert.ok(new X509Certificate(works.certificate.toString()).ca && !device.certificate.ca);
  });

  test('backup, counter and user handle are as it was made', async () => {
    const synced = SoftwareKey.make({ backup: 'synced' });
    const info = await accept(synced.register(creation));
    assert.deepEqual([info.credentialDeviceType, info.credentialBackedUp], ['multiDevice', true]);
    const response = synced.assert(request);
    assert.equal(response.response.userHandle, creation.user.id);
    assert.equal((await check(response, info.credential)).authenticationInfo.newCounter, 0);
    const bare = SoftwareKey.make({ resident: false, verifies: false });
    const { credential, userVerified } = await accept(bare.register(creation), false);
    assert.equal(userVerified, false);
    const listed = { ...request, allowCredentials: [{ id: credential.id, type: 'public-key' as const }] };
    assert.equal(bare.assert(listed).response.userHandle, undefined);
    assert.throws(() => bare.assert(request), { name: 'NotAllowedError' });
  });

  test('refuses what an authenticator refuses', () => {
    const key = SoftwareKey.make();
    const excluded = { ...creation, excludeCredentials: [{ id: key.id, type: 'public-key' as const }] };
    assert.throws(() => key.register(excluded), { name: 'InvalidStateError' });
    assert.throws(() => key.register({ ...creation, pubKeyCredParams: [] }), { name: 'NotSupportedError' });
    assert.ok(key.register(excluded, { anyway: true }));
  });
});

describe('forged', () => {
  const vain: readonly (readonly [How, RegExp | false])[] = [
    [{ type: 'webauthn.create' }, /response type/],
    [{ challenge: 'AAAA' }, /challenge/],
    [{ origin: 'https://evil.example' }, /response origin/],
    [{ crossOrigin: true, topOrigin: 'https://evil.example' }, /cross-origin/],
    [{ rpId: 'evil.example' }, /RP ID/],
    [{ flags: { UP: false } }, /not present/],
    [{ flags: { UV: false } }, /could not be verified/],
    [{ flags: { BS: true } }, /backed up/],
    [{ counter: 1 }, /counter value/],
    [{ flip: 'signature' }, false],
    [{ flip: 'clientData' }, /challenge/],
    [{ flip: 'authData' }, false],
    [{ cut: 1 }, /at least 37/],
    [{ flags: { ED: true } }, /No data/],
  ];
  for (const [how, complaint] of vain) {
    test(`assertion with ${JSON.stringify(how)}`, async () => {
      const answer = await signIn(how);
      if (complaint === false) assert.equal(answer, false);
      else assert.match(String(answer), complaint);
    });
  }
  test('assertion with an empty signature', async () => {
    for (const alg of algs) assert.notEqual(await signIn({ signature: Buffer.alloc(0) }, { alg }), true);
  });
  test('assertion with outputs of extensions that nobody asked for', async () => {
    assert.equal(await signIn({ extensions: new Map([['unheard', new Map([['of', true]])]]) }), true);
  });

  test('registrations', async () => {
    const maker = foundMaker({ aaguid });
    const packed: How = { attestation: { format: 'packed', maker } };
    assert.match(String(await enrol(packed)), /id-fido-gen-ce-aaguid/, 'of another model than its certificate');
    assert.equal(await enrol({ ...packed, flip: 'signature' }, { aaguid }), false);
    assert.match(String(await enrol({ cut: 30 })), /Leftover/);
    assert.match(String(await enrol({ flags: { AT: false } })), /Leftover|credential/i);
    assert.match(String(await enrol({ flip: 'clientData' })), /challenge/);
    const unheard: How = { attestation: { format: 'unheard', statement: new Map() } };
    assert.match(String(await enrol(unheard)), /Unsupported/);
    const statement = new Map([['sig', Buffer.alloc(8)]]);
    assert.match(String(await enrol({ attestation: { format: 'none', statement } })), /None attestation/);
  });
});

describe('what the verifier lets through, and the passkey must not', () => {
  const long = Buffer.alloc(1024, 1).toString('base64url');
  const passed: readonly (readonly [string, How])[] = [
    ['a registration from a frame of another site', { crossOrigin: true, topOrigin: 'https://evil.example' }],
    ['a credential id of more than 1023 bytes', { id: long }],
    ['an outer id that is not the signed one', { outerId: 'AAAA' }],
    ['a certificate of an unknown maker', { attestation: { format: 'packed', maker: foundMaker() } }],
  ];
  for (const [what, how] of passed) test(what, async () => assert.equal(await enrol(how), true));

  test('an assertion from a frame whose top is not named, another handle, another id', async () => {
    assert.equal(await signIn({ crossOrigin: true }), true);
    assert.equal(await signIn({ userHandle: isoBase64URL.fromUTF8String('somebody else') }), true);
    assert.equal(await signIn({ userHandle: null }), true);
    assert.equal(await signIn({ outerId: 'AAAA' }), true);
    assert.equal(await signIn({ flags: { BE: true } }), true, 'eligible for backup, and was not');
  });
});
