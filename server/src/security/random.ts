import { randomBytes } from 'node:crypto';

/** Gives `size` unpredictable bytes. Handed in everywhere, so that a test can choose them. */
export type Random = (size: number) => Uint8Array;

/** Small requests are cut from one larger one: each byte is given once and wiped here when it is. */
const poolSize = 4096;
let pool = Buffer.alloc(0);

/** The operating system's generator (NIST SP 800-63B-4 §3.2.12 asks for a CSPRNG). */
export const systemRandom: Random = (size) => {
  if (size > poolSize / 8) return randomBytes(size);
  if (pool.length < size) pool = randomBytes(poolSize);
  const given = Buffer.from(pool.subarray(0, size));
  pool.fill(0, 0, size);
  pool = pool.subarray(size);
  return given;
};

/** Crockford's base32 without I, L, O and U: nothing that reads like something else. */
export const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Decimal digits, uniform, leading zeros kept.
 * Bytes from 250 up are thrown away, because 256 is no multiple of ten and the low digits would come too often.
 */
export function randomDigits(random: Random, length: number): string {
  let digits = '';
  while (digits.length < length) {
    for (const byte of random(length * 2)) {
      if (byte < 250 && digits.length < length) digits += String(byte % 10);
    }
  }
  return digits;
}

/** Letters of {@link letters}, five bits each; 32 divides 256, so no byte is thrown away. */
export function randomLetters(random: Random, length: number): string {
  return Array.from(random(length), (byte) => letters[byte % 32]).join('');
}

/** A token in base64url: 32 bytes make 256 bits in 43 characters. */
export function randomToken(random: Random, bytes = 32): string {
  return Buffer.from(random(bytes)).toString('base64url');
}

/** An identifier for a row: 128 bits, so that none can be guessed or meets another. */
export const randomId = (random: Random): string => randomToken(random, 16);
