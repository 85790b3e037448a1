/**
 * The arithmetic of one-time passwords: HOTP (RFC 4226), TOTP (RFC 6238) and the URI that hands a seed to an
 * authenticator (the Key URI convention). No state and no clock.
 */
import { createHmac } from 'node:crypto';

/** What RFC 6238 §1.2 allows inside the HMAC, as the Key URI convention writes it. */
export const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const;

/** One of {@link algorithms}. */
export type Algorithm = (typeof algorithms)[number];

/** A seed is as long as the HMAC's output (RFC 6238 §5.1). */
export const seedBytes: Readonly<Record<Algorithm, number>> = { SHA1: 20, SHA256: 32, SHA512: 64 };

/** What makes a seed's codes. */
interface Oath {
  readonly secret: Uint8Array;
  readonly algorithm: Algorithm;
  readonly digits: number;
}

/** The HOTP value of a counter, leading zeros kept (RFC 4226 §5.3). */
export function hotp({ secret, algorithm, digits }: Oath, counter: number): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac(algorithm.toLowerCase(), secret).update(moving).digest();
  // Dynamic truncation reads the offset from the last octet, which for the longer HMACs is not the twentieth
  // (RFC 6238 appendix A).
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const value = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(value % 10 ** digits).padStart(digits, '0');
}

/** The time step of a moment in milliseconds, counted from 1970 (RFC 6238 §4.2); a double holds it for ever. */
export const stepAt = (now: number, period: number): number => Math.floor(now / 1000 / period);

const base32Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 of RFC 4648 §6 without padding, which authenticators refuse. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += base32Letters[(held >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + base32Letters[(held << (5 - bits)) & 31] : text;
}

/** What an authenticator shows, and how it counts. */
interface Provisioning extends Oath {
  readonly issuer: string;
  readonly account: string;
  readonly period: number;
}

/**
 * The `otpauth:` URI of a time-based seed. The issuer stands before the account and as a parameter, both the same,
 * because apps differ in which they read. A colon divides the two, so the issuer's own go; names are cut to lengths
 * that leave the picture scannable.
 */
export function otpauthUri({ issuer, account, secret, algorithm, digits, period }: Provisioning): string {
  const name = encoded(issuer.replaceAll(/\s*:\s*/g, ' ').trim(), 50);
  const label = `${name}:${encoded(account, 100)}`;
  return (
    `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${name}` +
    `&algorithm=${algorithm}&digits=${digits}&period=${period}`
  );
}

/** Percent-encoded, cut by code points; a lone surrogate would make the encoder throw. */
const encoded = (text: string, most: number): string =>
  encodeURIComponent([...text.toWellFormed()].slice(0, most).join(''));
