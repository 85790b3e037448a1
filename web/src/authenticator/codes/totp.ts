/** Codes that change with time (RFC 6238), computed by the browser's own HMAC. */
import type { Algorithm } from './otpauth.ts';

const hashes: Readonly<Record<Algorithm, string>> = { SHA1: 'SHA-1', SHA256: 'SHA-256', SHA512: 'SHA-512' };

/** A key that codes are computed with; its bytes cannot be had back from it. */
export const codeKey = (secret: BufferSource, algorithm: Algorithm): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: hashes[algorithm] }, false, ['sign']);

/** The step that a moment (milliseconds since 1970) lies in. */
export const stepAt = (moment: number, period: number): number => Math.floor(moment / 1000 / period);

/** The code of a step: dynamic truncation as RFC 4226 §5.3 has it, of whichever hash. */
export async function codeAt(key: CryptoKey, step: number, digits: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter.buffer));
  const offset = mac.getUint8(mac.byteLength - 1) & 0xf;
  const number = mac.getUint32(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** A code as one reads it aloud: in groups of three, eight digits in two fours. */
export const grouped = (code: string): string =>
  code.length === 8 ? `${code.slice(0, 4)} ${code.slice(4)}` : `${code.slice(0, 3)} ${code.slice(3)}`;
