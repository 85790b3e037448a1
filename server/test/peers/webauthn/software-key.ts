/**
 * An authenticator in software, with the browser before it: honest unless told how not to be. It writes its own CBOR and
 * signs with node:crypto, so it shares no mistake with the server's verifier.
 */
import { createHash, randomBytes } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { type Attesting, attestationObject } from './attesting.ts';
import { type Cbor, cbor } from './cbor.ts';
import { type Alg, makePair, type Pair } from './pairs.ts';

/** Bits of the authenticator's data (WebAuthn §6.1). */
const bits = { UP: 0x01, UV: 0x04, BE: 0x08, BS: 0x10, AT: 0x40, ED: 0x80 } as const;

/** What an authenticator is like. */
export interface Making {
  readonly alg?: Alg;
  readonly aaguid?: string;
  /** Whether the key can leave the device, and has: `device` never, `eligible` may, `synced` has. */
  readonly backup?: 'device' | 'eligible' | 'synced';
  /** Whether it keeps the user's handle, and so can be found without a list. */
  readonly resident?: boolean;
  /** Whether it has a PIN or a fingerprint to ask for. */
  readonly verifies?: boolean;
  /** Whether it counts its signatures; keys that are synced do not. */
  readonly counts?: boolean;
  /** Where the browser is, `https://<rp id>` unless given. */
  readonly origin?: string;
}

/** How one response differs from an honest one. */
export interface How {
  /** Answers although it would refuse: algorithm not offered, excluded, not in the list, no way to verify. */
  readonly anyway?: boolean;
  readonly type?: string;
  /** base64url, as in the options. */
  readonly challenge?: string;
  readonly origin?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  /** The whole text instead of all that. */
  readonly clientData?: string;
  readonly rpId?: string;
  readonly flags?: Partial<Record<keyof typeof bits, boolean>>;
  readonly counter?: number;
  /** Credential id, base64url: the inner one, which is signed at registration, and the outer one. */
  readonly id?: string;
  /** The outer one alone. */
  readonly outerId?: string;
  /** base64url; null leaves it out. */
  readonly userHandle?: string | null;
  /** Outputs of authenticator extensions, requested or not. */
  readonly extensions?: ReadonlyMap<string, Cbor>;
  readonly clientExtensions?: Readonly<Record<string, unknown>>;
  /** Turns a bit over after signing. */
  readonly flip?: 'signature' | 'authData' | 'clientData';
  /** Instead of the signature, as an empty one. */
  readonly signature?: Buffer;
  /** Bytes to cut off the end of the attestation object, or of the authenticator data of an assertion. */
  readonly cut?: number;
  /** At registration: none unless given. */
  readonly attestation?: Attesting;
}

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** What a browser throws, by name. */
const refuse = (name: 'NotSupportedError' | 'InvalidStateError' | 'NotAllowedError'): Error =>
  Object.assign(new Error(name), { name });

/** One credential and the authenticator that holds it. */
export class SoftwareKey {
  /** Credential id, base64url. */
  readonly id = b64(randomBytes(32));
  readonly #like: Required<Omit<Making, 'origin'>> & Pick<Making, 'origin'>;
  readonly #pair: Pair;
  #counter = 0;
  #userHandle: string | undefined;

  private constructor(like: Making) {
    const backup = like.backup ?? 'device';
    const aaguid = like.aaguid ?? '00000000-0000-0000-0000-000000000000';
    const plain = { alg: -7, resident: true, verifies: true, counts: backup === 'device' } as const;
    this.#like = { ...plain, ...like, backup, aaguid };
    this.#pair = makePair(this.#like.alg);
  }

  static make(like: Making = {}): SoftwareKey {
    return new SoftwareKey(like);
  }

  /** `navigator.credentials.create()`. */
  register(options: PublicKeyCredentialCreationOptionsJSON, how: How = {}): RegistrationResponseJSON {
    const asked = options.authenticatorSelection?.userVerification;
    if (!how.anyway) {
      if (!options.pubKeyCredParams.some(({ alg }) => alg === this.#like.alg)) throw refuse('NotSupportedError');
      if (options.excludeCredentials?.some(({ id }) => id === this.id)) throw refuse('InvalidStateError');
      if (asked === 'required' && !this.#like.verifies) throw refuse('NotAllowedError');
    }
    this.#userHandle = options.user.id;
    const id = how.id ?? this.id;
    const client = this.#clientData('webauthn.create', options.challenge, options.rp.id ?? '', how);
    const authData = this.#authData(options.rp.id ?? '', asked, how, this.#credential(bytes(id)));
    const object = attestationObject(how.attestation ?? { format: 'none' }, {
      authData,
      clientDataHash: sha256(client),
      rpIdHash: authData.subarray(0, 32),
      credentialId: bytes(id),
      pair: this.#pair,
      changed: (data, part) => this.#changed(data, part, how),
    });
    return {
      id: how.outerId ?? id,
      rawId: how.outerId ?? id,
      type: 'public-key',
      authenticatorAttachment: this.#like.backup === 'device' ? 'cross-platform' : 'platform',
      clientExtensionResults: { credProps: { rk: this.#like.resident }, ...how.clientExtensions },
      response: {
        clientDataJSON: b64(this.#changed(client, 'clientData', how)),
        attestationObject: b64(object.subarray(0, object.length - (how.cut ?? 0))),
        authenticatorData: b64(authData),
        publicKeyAlgorithm: this.#like.alg,
        publicKey: b64(this.#pair.publicKey.export({ type: 'spki', format: 'der' })),
        transports: this.#like.backup === 'device' ? ['usb', 'nfc'] : ['internal', 'hybrid'],
      },
    };
  }

  /** `navigator.credentials.get()`. */
  assert(options: PublicKeyCredentialRequestOptionsJSON, how: How = {}): AuthenticationResponseJSON {
    const list = options.allowCredentials ?? [];
    if (!how.anyway) {
      const found = list.length > 0 ? list.some(({ id }) => id === this.id) : this.#like.resident;
      if (!found || (options.userVerification === 'required' && !this.#like.verifies)) throw refuse('NotAllowedError');
    }
    const client = this.#clientData('webauthn.get', options.challenge, options.rpId ?? '', how);
    const authData = this.#authData(options.rpId ?? '', options.userVerification, how);
    const signature = how.signature ?? this.#pair.sign(Buffer.concat([authData, sha256(client)]));
    // A key that is in the list need not say whose it is (WebAuthn §6.3.3); one that keeps no handle cannot.
    const userHandle = how.userHandle === undefined && this.#like.resident ? this.#userHandle : how.userHandle;
    const sent = this.#changed(authData, 'authData', how);
    const id = how.outerId ?? how.id ?? this.id;
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: this.#like.backup === 'device' ? 'cross-platform' : 'platform',
      clientExtensionResults: { ...how.clientExtensions },
      response: {
        clientDataJSON: b64(this.#changed(client, 'clientData', how)),
        authenticatorData: b64(sent.subarray(0, sent.length - (how.cut ?? 0))),
        signature: b64(this.#changed(signature, 'signature', how)),
        ...(typeof userHandle === 'string' ? { userHandle } : {}),
      },
    };
  }

  /** Written in the order of WebAuthn §5.8.1.1. */
  #clientData(type: string, challenge: string, rpId: string, how: How): Buffer {
    const text = JSON.stringify({
      type: how.type ?? type,
      challenge: how.challenge ?? challenge,
      origin: how.origin ?? this.#like.origin ?? `https://${rpId}`,
      crossOrigin: how.crossOrigin ?? false,
      ...(how.topOrigin === undefined ? {} : { topOrigin: how.topOrigin }),
    });
    return Buffer.from(how.clientData ?? text);
  }

  #authData(rpId: string, userVerification: string | undefined, how: How, credential?: Buffer): Buffer {
    if (this.#like.counts) this.#counter += 1;
    const honest = {
      UP: true,
      UV: this.#like.verifies && userVerification !== 'discouraged',
      BE: this.#like.backup !== 'device',
      BS: this.#like.backup === 'synced',
      AT: credential !== undefined,
      ED: how.extensions !== undefined,
    };
    const flags = { ...honest, ...how.flags };
    const set = (Object.keys(bits) as (keyof typeof bits)[]).filter((bit) => flags[bit]);
    const tail = Buffer.alloc(5);
    tail[0] = set.reduce((sum, bit) => sum | bits[bit], 0);
    tail.writeUInt32BE(how.counter ?? this.#counter, 1);
    const extensions = how.extensions ? cbor(how.extensions) : Buffer.alloc(0);
    return Buffer.concat([sha256(how.rpId ?? rpId), tail, credential ?? Buffer.alloc(0), extensions]);
  }

  /** Attested credential data (WebAuthn §6.5.1). */
  #credential(id: Buffer): Buffer {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    return Buffer.concat([
      Buffer.from(this.#like.aaguid.replaceAll('-', ''), 'hex'),
      length,
      id,
      cbor(this.#pair.cose),
    ]);
  }

  #changed(data: Buffer, part: How['flip'], { flip }: How): Buffer {
    if (flip !== part || data.length === 0) return data;
    const turned = Buffer.from(data);
    // In the client data the last letter of the challenge: what is parsed stays well formed.
    const at = part === 'clientData' ? turned.indexOf('","origin"') - 1 : turned.length - 1;
    turned[at] = (turned[at] ?? 0) ^ 1;
    return turned;
  }
}
