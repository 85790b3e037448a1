/** What a QR code or a typed key says about a code that changes with time: the key URI format, read strictly. */
import { fromBase32 } from './base32.ts';

/** The hashes that RFC 6238 names. */
export const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const;

export type Algorithm = (typeof algorithms)[number];

/** All that is needed to show the codes of one account. */
export interface CodeKey {
  readonly issuer: string;
  readonly account: string;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly algorithm: Algorithm;
  readonly digits: number;
  /** How long a code lives, in seconds. */
  readonly period: number;
}

/** `counter`, a key whose codes count presses; `export`, another app's own format; `settings`, what is not known here. */
export type Unreadable = 'not-otpauth' | 'counter' | 'export' | 'no-key' | 'settings';

export type OtpauthReading =
  | { readonly ok: true; readonly key: CodeKey }
  | { readonly ok: false; readonly why: Unreadable };

const no = (why: Unreadable): OtpauthReading => ({ ok: false, why });

/** Whether a text is meant as a link of this kind, readable or not. */
export const isOtpauth = (text: string): boolean => /^\s*otpauth(-migration)?:/i.test(text);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** `Issuer:account`, where an issuer beside it wins: it is the newer way, and the label repeats it. */
function namesOf(label: string, issuer: string | null): { issuer: string; account: string } {
  const colon = label.indexOf(':');
  const before = colon < 0 ? '' : label.slice(0, colon).trim();
  const account = (colon < 0 ? label : label.slice(colon + 1)).trim();
  return { issuer: issuer?.trim() || before, account };
}

/** Spelled as many write it: `SHA1`, `sha-256`, `HMACSHA512`. */
const algorithmOf = (text: string): Algorithm | undefined => {
  const plain = text.toUpperCase().replace(/^HMAC/, '').replaceAll('-', '');
  return algorithms.find((algorithm) => algorithm === plain);
};

/** A whole number between two others, as digits and nothing else. */
function number(text: string | null, otherwise: number, least: number, most: number): number | undefined {
  if (text === null || text === '') return otherwise;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** Reads `otpauth://totp/…`. */
export function readOtpauth(text: string): OtpauthReading {
  const link = /^otpauth(-migration)?:\/\/([^/?#]*)\/?([^?#]*)\??([^#]*)/i.exec(text.trim());
  if (!link) return no('not-otpauth');
  const [, migration, type = '', label = '', query = ''] = link;
  if (migration !== undefined) return no('export');
  if (type.toLowerCase() === 'hotp') return no('counter');
  if (type.toLowerCase() !== 'totp') return no('not-otpauth');
  const asked = new URLSearchParams(query);
  const secret = fromBase32(asked.get('secret') ?? '');
  if (!secret) return no('no-key');
  const algorithm = algorithmOf(asked.get('algorithm') || 'SHA1');
  const digits = number(asked.get('digits'), 6, 6, 8);
  const period = number(asked.get('period'), 30, 10, 300);
  if (!algorithm || digits === undefined || period === undefined) return no('settings');
  return { ok: true, key: { ...namesOf(decoded(label), asked.get('issuer')), secret, algorithm, digits, period } };
}
