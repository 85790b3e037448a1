/**
 * What the operator wants to know of the authenticators that passkeys are made on. Attestation is asked for only where
 * it is required, since it tells what people carry (WebAuthn §14.4.1); without it a model is what the authenticator, or
 * any software in its place, says of itself (§13.4.4).
 */
import { X509Certificate } from 'node:crypto';
import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers';
import { z } from 'zod';
import { leadsTo } from './chain.ts';
import { isRevoked, Metadata } from './metadata.ts';

const aaguid = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be an AAGUID');

/**
 * The operator's policy. `deny` refuses a model even where its word is not proven: that is advice, which stops the honest
 * and nobody else. `allow` would stop nobody else at all, so it needs proof.
 */
export const attestationPolicy = z
  .object({
    attestation: z.enum(['none', 'required']).default('none'),
    allow: z.array(aaguid).default([]),
    deny: z.array(aaguid).default([]),
    metadata: z.custom<Metadata>((given) => given instanceof Metadata).optional(),
  })
  .refine(({ allow, attestation }) => allow.length === 0 || attestation === 'required', {
    path: ['allow'],
    message: 'needs attestation to be required: without it a passkey can claim to be on any authenticator',
  })
  .refine(({ attestation, metadata }) => attestation === 'none' || metadata !== undefined, {
    path: ['attestation'],
    message: 'required needs SECONDLOCK_FIDO_METADATA: it says who may attest what',
  });

/** The policy, parsed. */
export type AttestationPolicy = z.infer<typeof attestationPolicy>;

/**
 * Formats that are let through to the verifier. For the others (`android-key`, `android-safetynet`, `apple`) it builds a
 * path over certificates that come from outside, and asks the addresses in them for revocation lists: whoever registers
 * a passkey would choose where this server sends requests.
 */
const formats = new Set(['none', 'packed', 'fido-u2f', 'tpm']);

/** What an attestation says before anything of it is verified. */
export interface Claim {
  readonly format: string;
  /** The attestation's certificate first, then those over it; empty for self attestation and none. */
  readonly certificates: readonly X509Certificate[];
}

/** Reads an attestation object (base64url); undefined where it must not reach the verifier. */
export function readClaim(attestationObject: string): Claim | undefined {
  try {
    const object = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
    const format = object.get('fmt');
    const x5c: unknown = object.get('attStmt').get('x5c') ?? [];
    if (!formats.has(format) || !Array.isArray(x5c) || x5c.length > 8) return undefined;
    return { format, certificates: x5c.map((one: Uint8Array) => new X509Certificate(one)) };
  } catch {
    return undefined;
  }
}

/** What was found out about the authenticator of a new passkey. */
export interface Attested {
  readonly format: string;
  readonly aaguid: string;
  /** Whether its certificates lead to who may attest its model. */
  readonly trusted: boolean;
  /** What the metadata reports of its model. */
  readonly statuses: readonly string[];
}

/** Puts a claim, whose signature was verified, beside what the metadata knows of the model. */
export function attested(claim: Claim, model: string, metadata: Metadata | undefined, now: number): Attested {
  const known = metadata?.of(model);
  return {
    format: claim.format,
    aaguid: model,
    trusted: known !== undefined && leadsTo(known.roots, claim.certificates, now),
    statuses: known?.statuses ?? [],
  };
}

/** Why a passkey on this authenticator is not taken. */
export type AttestationFault = 'attestation-missing' | 'untrusted' | 'not-allowed' | 'revoked';

/** Judges an authenticator by the policy; undefined where nothing is against it. */
export function judgeAttestation(policy: AttestationPolicy, found: Attested): AttestationFault | undefined {
  if (policy.deny.includes(found.aaguid)) return 'not-allowed';
  if (isRevoked(found.statuses)) return 'revoked';
  if (policy.attestation === 'none') return undefined;
  if (found.format === 'none') return 'attestation-missing';
  if (!found.trusted) return 'untrusted';
  return policy.allow.length === 0 || policy.allow.includes(found.aaguid) ? undefined : 'not-allowed';
}
