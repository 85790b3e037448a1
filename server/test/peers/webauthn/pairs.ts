/** Pairs of keys in the algorithms that authenticators know, with their COSE form (RFC 9053, RFC 8812). */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Cbor } from './cbor.ts';

/** COSE algorithm identifiers: ES256, EdDSA, ES384, ES512, RS256. */
export type Alg = -7 | -8 | -35 | -36 | -257;

/** A pair of keys. */
export interface Pair {
  readonly alg: Alg;
  readonly publicKey: KeyObject;
  /** The public key as `COSE_Key`. */
  readonly cose: ReadonlyMap<number, Cbor>;
  sign(data: Uint8Array): Buffer;
}

const curves = {
  [-7]: { named: 'P-256', crv: 1, hash: 'sha256' },
  [-35]: { named: 'P-384', crv: 2, hash: 'sha384' },
  [-36]: { named: 'P-521', crv: 3, hash: 'sha512' },
} as const;

/** Makes a new pair. */
export function makePair(alg: Alg): Pair {
  if (alg === -8) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const cose = new Map<number, Cbor>([
      [1, 1],
      [3, alg],
      [-1, 6],
      [-2, part(publicKey, 'x')],
    ]);
    return { alg, publicKey, cose, sign: (data) => sign(null, data, privateKey) };
  }
  if (alg === -257) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const cose = new Map<number, Cbor>([
      [1, 3],
      [3, alg],
      [-1, part(publicKey, 'n')],
      [-2, part(publicKey, 'e')],
    ]);
    return { alg, publicKey, cose, sign: (data) => sign('sha256', data, privateKey) };
  }
  const { named, crv, hash } = curves[alg];
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: named });
  const [x, y] = [part(publicKey, 'x'), part(publicKey, 'y')];
  const cose = new Map<number, Cbor>([
    [1, 2],
    [3, alg],
    [-1, crv],
    [-2, x],
    [-3, y],
  ]);
  return { alg, publicKey, cose, sign: (data) => sign(hash, data, privateKey) };
}

function part(key: KeyObject, name: 'x' | 'y' | 'n' | 'e'): Buffer {
  return Buffer.from(String(key.export({ format: 'jwk' })[name]), 'base64url');
}
