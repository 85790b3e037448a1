/** The server's verifier on the vectors of the standard (WAN-07). */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server';
import { type Vector, vectors } from './vectors.ts';

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

describe('vectors of WebAuthn Level 3, section 16', () => {
  for (const vector of vectors) {
    test(vector.name, async () => {
      // The verifier wants no AAGUID of a U2F device, since CTAP writes zeros for such; the vector has one.
      if (vector.name.startsWith('fido-u2f')) return await assert.rejects(register(vector), /^Error: AAGUID/);
      const { verified, registrationInfo } = await register(vector);
      assert.ok(verified);
      assert.equal(registrationInfo.credential.id, idOf(vector.registration.attestationObject));
      assert.ok((await verify(vector, registrationInfo.credential)).verified);
      const turned = vector.assertion.signature.replace(/.$/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16));
      assert.equal((await verify(vector, registrationInfo.credential, turned)).verified, false);
    });
  }
});
