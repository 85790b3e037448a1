import { domainToASCII } from 'node:url';
import type { Circumstance } from './commit.ts';

/** An e-mail address as its owner wrote it, and folded to the form that is unique and looked up. */
export interface Address {
  readonly typed: string;
  readonly canonical: string;
}

const longest = 254;
const local = /^[^\s@"(),:;<>[\\\]\p{Cc}\p{Cf}]{1,64}$/u;
const domain = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Parses an address, or gives undefined. Quoted local parts and comments are refused: nobody has them, and they carry
 * injections. Case is folded on both sides, because no mail service tells people apart by it.
 */
export function parseAddress(text: string): Address | undefined {
  const typed = text.normalize('NFC').trim();
  const at = typed.lastIndexOf('@');
  if (at < 1 || typed.length > longest) return undefined;
  const [name, host] = [typed.slice(0, at), domainToASCII(typed.slice(at + 1).toLowerCase())];
  if (!local.test(name) || !domain.test(host) || name.startsWith('.') || name.endsWith('.') || name.includes('..')) {
    return undefined;
  }
  return { typed: `${name}@${typed.slice(at + 1)}`, canonical: `${name.toLowerCase()}@${host}` };
}

/** An identifier in the form that is looked up; what is no address is folded all the same. */
export const canonical = (identifier: string): string =>
  parseAddress(identifier)?.canonical ?? identifier.trim().toLowerCase();

/** Whom attempts count for where nobody is known: a keyed hash, so that the table names no address. */
export const unknownSubject = (by: Circumstance, identifier: string): string =>
  `?${by.deps.keyring.digest('subject', [by.tenant.id, canonical(identifier)])}`;
