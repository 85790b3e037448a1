/**
 * The two ceremonies of WebAuthn Level 3, §7.1 and §7.2: what is asked, and what an answer shows. The signatures and the
 * formats are the library's; what it leaves to its caller is checked here.
 */
import {
  type AuthenticatorTransport,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type VerifiedAuthenticationResponse,
  type VerifiedRegistrationResponse,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Given } from '../factor.ts';
import { type Claim, readClaim } from './attestation.ts';

/** What a ceremony knows of who asks. */
type Asker = Pick<Given, 'service' | 'user' | 'random'>;

/** EdDSA, ES256 and RS256 (COSE): what every platform and key makes one of (§5.4.5). */
const algorithms = [-8, -7, -257] as const;

/** How long an answer may take, in milliseconds: five minutes, ten at most (§15.1). */
export const patience = 300_000;

/** Longer ids are refused (§7.1 step 25). */
const longestId = 1023;

const base64url = z.string().regex(/^[\w-]*$/);

/** What both answers have in common; what else a browser adds is not looked at. */
const outer = {
  id: base64url.min(1),
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
};

const transports = z.array(z.string().max(32)).max(8).optional();

const registration = z.looseObject({
  ...outer,
  response: z.looseObject({ clientDataJSON: base64url, attestationObject: base64url, transports }),
});

const assertion = z.looseObject({
  ...outer,
  response: z.looseObject({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url.min(1),
    userHandle: base64url.nullish(),
  }),
});

const client = z.looseObject({ crossOrigin: z.boolean().optional(), topOrigin: z.unknown().optional() });

/** An answer that is refused, and why: for the audit, never for the person. */
export class Refused extends Error {
  readonly why: string;

  constructor(why: string) {
    super(why);
    this.why = why;
  }
}

/** A random challenge of 32 bytes, base64url (§13.4.3 asks for 16 at least). */
export const newChallenge = ({ random }: Pick<Asker, 'random'>): string =>
  Buffer.from(random(32)).toString('base64url');

/** A credential as options name it. */
export interface Named {
  readonly id: string;
  readonly transports: readonly string[];
}

const descriptors = (keys: readonly Named[]) =>
  keys.map(({ id, transports }) => ({
    id,
    type: 'public-key' as const,
    transports: [...transports] as AuthenticatorTransport[],
  }));

/** Options for a new credential: any authenticator will do, and what is there already is not made twice. */
export const creationOptions = (
  { service, user }: Asker,
  challenge: string,
  how: { readonly exclude: readonly Named[]; readonly attestation: 'none' | 'direct' },
): PublicKeyCredentialCreationOptionsJSON => ({
  challenge,
  rp: { id: service.rpId, name: service.name },
  // Random bytes that say nothing of who it is (§14.6.1).
  user: { id: user.handle, name: user.label, displayName: user.label },
  pubKeyCredParams: algorithms.map((alg) => ({ alg, type: 'public-key' })),
  timeout: patience,
  attestation: how.attestation,
  excludeCredentials: descriptors(how.exclude),
  authenticatorSelection: { residentKey: 'preferred', requireResidentKey: false, userVerification: 'preferred' },
  extensions: { credProps: true },
});

/** Options for a proof. With no keys named, the authenticator offers those that it keeps for this service. */
export const requestOptions = (
  { service }: Asker,
  challenge: string,
  how: { readonly allow: readonly Named[]; readonly verify: 'required' | 'preferred'; readonly timeout: number },
): PublicKeyCredentialRequestOptionsJSON => ({
  challenge,
  rpId: service.rpId,
  timeout: how.timeout,
  userVerification: how.verify,
  allowCredentials: descriptors(how.allow),
});

/** Options as a prompt carries them. */
export const plain = (options: object): Record<string, unknown> => ({ ...options });

/** The id of the credential that answers; undefined where the answer is none. */
export function credentialIn(answer: string): string | undefined {
  const parsed = z.looseObject({ id: base64url.min(1).max(2000) }).safeParse(jsonOf(answer));
  return parsed.success ? parsed.data.id : undefined;
}

function jsonOf(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

/** A page inside another's frame may not ask: nobody sees whose page it is (§7.1 step 10 and 11, §7.2 step 13 and 14). */
function demandTopLevel(clientDataJSON: string): void {
  const parsed = client.safeParse(jsonOf(Buffer.from(clientDataJSON, 'base64url').toString('utf8')));
  if (!parsed.success) throw new Refused('client-data');
  if (parsed.data.crossOrigin === true || parsed.data.topOrigin !== undefined) throw new Refused('cross-origin');
}

/** What the library's errors mean, by the step of the standard that failed. */
const reasons: readonly (readonly [message: RegExp, why: string])[] = [
  [/response challenge/, 'challenge'],
  [/response origin/, 'origin'],
  [/RP ID/, 'rp-id'],
  [/response type/, 'type'],
  [/top origin/, 'cross-origin'],
  [/not present/, 'user-presence'],
  [/not be verified/, 'user-verification'],
  [/public key alg/, 'algorithm'],
  [/[Aa]ttestation|x5c|Unsupported/, 'attestation'],
  [/backup|backed up/i, 'backup-flags'],
];

function whyOf(error: unknown): string {
  if (error instanceof Refused) return error.why;
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  if (name === 'UnexpectedRPIDHash') return 'rp-id';
  return reasons.find(([pattern]) => pattern.test(`${name} ${message}`))?.[1] ?? 'malformed';
}

/** What a creation showed. `claim` is not judged yet: its certificates may be anybody's. */
export type Created = NonNullable<VerifiedRegistrationResponse['registrationInfo']> & {
  readonly claim: Claim;
  readonly transports: string[];
};

/** A new credential, verified. Throws {@link Refused}. */
export async function verifyCreation(
  { service }: Pick<Asker, 'service'>,
  challenge: string,
  answer: string,
): Promise<Created> {
  try {
    const response = registration.safeParse(jsonOf(answer));
    if (!response.success) throw new Refused('malformed');
    demandTopLevel(response.data.response.clientDataJSON);
    // Before the library: what it must not see, it does not get.
    const claim = readClaim(response.data.response.attestationObject);
    if (!claim) throw new Refused('attestation');
    const verified = await verifyRegistrationResponse({
      response: response.data,
      expectedChallenge: challenge,
      expectedOrigin: [...service.origins],
      expectedRPID: service.rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: [...algorithms],
    });
    if (!verified.verified) throw new Refused('attestation');
    const { registrationInfo } = verified;
    // What the browser says outside the signed bytes is not believed.
    if (registrationInfo.credential.id !== response.data.id) throw new Refused('credential-id');
    if (Buffer.from(registrationInfo.credential.id, 'base64url').length > longestId) throw new Refused('credential-id');
    return { ...registrationInfo, claim, transports: response.data.response.transports ?? [] };
  } catch (error) {
    throw new Refused(whyOf(error));
  }
}

/** What an assertion is held against. */
export interface Held {
  readonly id: string;
  /** COSE, base64url. */
  readonly publicKey: string;
}

/** What an assertion showed. */
export type Assertion = VerifiedAuthenticationResponse['authenticationInfo'] & { readonly userHandle?: string };

/** A proof by a credential, verified; the counter is left to the caller. Throws {@link Refused}. */
export async function verifyAssertion(
  { service }: Pick<Asker, 'service'>,
  asked: { readonly challenge: string; readonly verify: 'required' | 'preferred' },
  held: Held,
  answer: string,
): Promise<Assertion> {
  try {
    const response = assertion.safeParse(jsonOf(answer));
    if (!response.success) throw new Refused('malformed');
    const { id, response: given } = response.data;
    demandTopLevel(given.clientDataJSON);
    const verified = await verifyAuthenticationResponse({
      // Absent and empty are one to the library, and null to some browsers.
      response: { ...response.data, response: { ...given, userHandle: given.userHandle ?? '' } },
      expectedChallenge: asked.challenge,
      expectedOrigin: [...service.origins],
      expectedRPID: service.rpId,
      requireUserVerification: asked.verify === 'required',
      credential: { id: held.id, publicKey: new Uint8Array(Buffer.from(held.publicKey, 'base64url')), counter: 0 },
    });
    if (!verified.verified) throw new Refused('signature');
    if (id !== held.id) throw new Refused('foreign-key');
    return { ...verified.authenticationInfo, ...(given.userHandle ? { userHandle: given.userHandle } : {}) };
  } catch (error) {
    throw new Refused(whyOf(error));
  }
}
