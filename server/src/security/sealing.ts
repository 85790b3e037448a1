/**
 * Sealing at rest: whoever copies the database reads nothing and moves nothing. Values are AES-256-GCM, tied to the row
 * and owner that they belong to; short codes are kept as keyed digests. The keys live outside the database.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { type Random, systemRandom } from './random.ts';
import { parseKeys } from './weak-keys.ts';

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** A sealed value that does not open: changed, moved to another row, cut, or under a key that is not here. */
export class SealBroken extends Error {
  constructor() {
    super('A sealed value does not open.');
    this.name = 'SealBroken';
  }
}

/** Joins parts so that no two lists of parts give the same bytes: each is preceded by its length in bytes. */
function unambiguous(parts: readonly string[]): Buffer {
  const pieces: Buffer[] = [];
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}

/** What seals and opens, and digests short codes. The first key seals, all open, so keys rotate without a pause. */
export class Keyring {
  /** Id of the key that seals now. */
  readonly currentKey: string;
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #derived = new Map<string, Buffer>();
  readonly #keyObjects = new Map<string, KeyObject>();
  readonly #random: Random;

  private constructor(keys: ReadonlyMap<string, Buffer>, currentKey: string, random: Random) {
    this.#keys = keys;
    this.currentKey = currentKey;
    this.#random = random;
  }

  /**
   * Reads `id:base64,id:base64`, 32 bytes each. Throws an error that names the remedy where a key has the wrong length,
   * an id or a key comes twice, nothing is there, or a key is a word, a pattern or a sample (ASVS 13.3.1).
   */
  static parse(text: string, random: Random = systemRandom): Keyring {
    const keys = parseKeys(text);
    const [first] = keys.keys();
    return new Keyring(keys, first ?? '', random);
  }

  /**
   * Seals `plain` for one place: `bound` names the row and its owner, and the value opens nowhere else. Gives
   * `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url.
   */
  seal(plain: string, bound: string): string {
    const nonce = Buffer.from(this.#random(nonceBytes));
    const cipher = createCipheriv('aes-256-gcm', this.#rowKey(this.currentKey, bound), nonce);
    cipher.setAAD(Buffer.from(bound, 'utf8'));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.currentKey}.${nonce.toString('base64url')}.${body.toString('base64url')}`;
  }

  /** Opens what {@link seal} made for the same `bound`. Throws {@link SealBroken} on any doubt. */
  open(sealed: string, bound: string): string {
    const [version, keyId = '', nonceText = '', bodyText = '', ...rest] = sealed.split('.');
    const nonce = Buffer.from(nonceText, 'base64url');
    const body = Buffer.from(bodyText, 'base64url');
    const known = version === 'v1' && rest.length === 0 && this.#keys.has(keyId);
    if (!known || nonce.length !== nonceBytes || body.length < tagBytes) throw new SealBroken();
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#rowKey(keyId, bound), nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(bound, 'utf8'));
      decipher.setAuthTag(body.subarray(-tagBytes));
      return Buffer.concat([decipher.update(body.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
    } catch {
      throw new SealBroken();
    }
  }

  /** Id of the key that a sealed value is under, so that a rotation can find the old ones. */
  sealedUnder(sealed: string): string {
    const [version, keyId] = sealed.split('.');
    if (version !== 'v1' || !keyId) throw new SealBroken();
    return keyId;
  }

  /**
   * HMAC-SHA-256 of `parts` for one purpose, as `<key id>.<base64url>`: what is stored of a short code, which a copy of
   * the database alone cannot try out.
   */
  digest(purpose: string, parts: readonly string[]): string {
    return `${this.currentKey}.${this.#mac(this.currentKey, purpose, parts).toString('base64url')}`;
  }

  /** Whether `digest` was made of these parts for this purpose, in constant time, under any key that is here. */
  digestMatches(digest: string, purpose: string, parts: readonly string[]): boolean {
    const [keyId = '', text = '', ...rest] = digest.split('.');
    if (rest.length > 0 || !this.#keys.has(keyId)) return false;
    const claimed = Buffer.from(text, 'base64url');
    const right = this.#mac(keyId, purpose, parts);
    return claimed.length === right.length && timingSafeEqual(claimed, right);
  }

  /** A 32-byte key for one use (`label`) out of the key with this id (HKDF-SHA-256). Throws where there is no such key. */
  derive(keyId: string, label: string): Buffer {
    const name = `${keyId}:${label}`;
    const kept = this.#derived.get(name);
    if (kept) return kept;
    const key = this.#keys.get(keyId);
    if (!key) throw new SealBroken();
    const made = Buffer.from(hkdfSync('sha256', key, '', `secondlock:${label}`, keyBytes));
    this.#derived.set(name, made);
    return made;
  }

  /** Whether a key of this id is here. */
  knows(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /**
   * Each row has a key of its own, so the 2^32 values that NIST SP 800-38D §8.3 allows under one key with random
   * nonces are counted per row and never reached.
   */
  #rowKey(keyId: string, bound: string): KeyObject {
    return createSecretKey(createHmac('sha256', this.#keyFor(keyId, 'seal')).update(bound, 'utf8').digest());
  }

  /** A derived key as the runtime likes it best: raw bytes would be looked over at each use, at four times the cost. */
  #keyFor(keyId: string, label: string): KeyObject {
    const name = `${keyId}:${label}`;
    const kept = this.#keyObjects.get(name) ?? createSecretKey(this.derive(keyId, label));
    this.#keyObjects.set(name, kept);
    return kept;
  }

  #mac(keyId: string, purpose: string, parts: readonly string[]): Buffer {
    return createHmac('sha256', this.#keyFor(keyId, 'digest'))
      .update(unambiguous([purpose, ...parts]))
      .digest();
  }
}
