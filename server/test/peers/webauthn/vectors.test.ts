/** The server's verifier on the vectors of the standard (WAN-07). */
import { strict as assert } from 'node:assert';
import { createHash, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server';
import { readClaim } from '../../../src/factors/passkey/attestation.ts';
import { leadsTo } from '../../../src/factors/passkey/chain.ts';
import { attestationRoot, type Vector, vectors } from './vectors.ts';

const b64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');
const site = { expectedOrigin: 'https://example.org', expectedRPID: 'example.org', requireUserVerification: false };

/** The credential id out of the attested data (WebAuthn §6.5.1). */
function idOf(attestationObject: string): string {
  const object = Buffer.from(attestationObject, 'hex');
  const data = object.subarray(object.indexOf(createHash('sha256').update('example.org').digest()));
  return data.subarray(55, 55 + data.readUInt16BE(53)).toString('base64url');
}

async function register({ registration, alg }: Vector) {
  const id = idOf(registration.attestationObject);
  const { clientDataJSON, attestationObject, challenge } = registration;
  return await verifyRegistrationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON: b64(clientDataJSON), attestationObject: b64(attestationObject) },
    },
    expectedChallenge: b64(challenge),
    supportedAlgorithmIDs: [alg],
    ...site,
  });
}

async function verify({ assertion }: Vector, credential: WebAuthnCredential, signature = assertion.signature) {
  return await verifyAuthenticationResponse({
    response: {
      id: credential.id,
      rawId: credential.id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: b64(assertion.clientDataJSON),
        authenticatorData: b64(assertion.authenticatorData),
        signature: b64(signature),
      },
    },
    expectedChallenge: b64(assertion.challenge),
    expectedTopOrigin: 'https://example.com',
    credential,
    ...site,
  });
}

/**
 * Where the verifier asks for more than the standard: a U2F device has no AAGUID, as CTAP writes zeros for it, and who
 * made a TPM is one of those that the TCG lists.
 */
const refused: Readonly<Record<string, RegExp>> = {
  'fido-u2f-es256': /^Error: AAGUID/,
  'tpm-es256': /^Error: Could not match TPM manufacturer/,
};

const root = new X509Certificate(Buffer.from(attestationRoot, 'hex'));

describe('WAN-07: vectors of WebAuthn Level 3, section 16', () => {
  for (const vector of vectors) {
    test(vector.name, async () => {
      const claim = readClaim(b64(vector.registration.attestationObject));
      assert.ok(claim);
      const trusted = leadsTo([root], claim.certificates, Date.parse('2026-10-01'));
      assert.equal(trusted, claim.certificates.length > 0);
      const refusal = refused[vector.name];
      if (refusal) return await assert.rejects(register(vector), refusal);
      const { verified, registrationInfo } = await register(vector);
      assert.ok(verified);
      assert.equal(registrationInfo.credential.id, idOf(vector.registration.attestationObject));
      assert.ok((await verify(vector, registrationInfo.credential)).verified);
      const turned = vector.assertion.signature.replace(/.$/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16));
      assert.equal((await verify(vector, registrationInfo.credential, turned)).verified, false);
    });
  }
});
