/** Phone numbers: read as people type them, kept as E.164, and only those that a text message can reach. */
import { createHash } from 'node:crypto';
import type { CountryCode } from 'libphonenumber-js/max';
import { z } from 'zod';

/** A number that codes may go to. */
export const phone = z.object({
  /** E.164: `+14155552671`. */
  number: z.string().regex(/^\+[1-9][0-9]{6,14}$/),
  /** ISO 3166-1, two letters. */
  country: z.string().length(2),
  /** The digits after the plus that lead to the country: `1`, `49`. */
  callingCode: z.string().regex(/^[1-9][0-9]{0,2}$/),
});

/** A phone number. */
export type Phone = z.infer<typeof phone>;

/** What the operator says about numbers. */
export interface NumberRules {
  /** Whose numbers may be typed without a plus and country code. */
  readonly country?: string | undefined;
  /** The only countries whose numbers are taken; all where it is empty. */
  readonly countries: readonly string[];
}

/**
 * The types that a text message reaches at an ordinary price. In North America a number does not tell whether it is
 * mobile. Premium-rate, shared-cost and personal numbers cost what their owner likes, voice-over-IP is no proof of
 * holding a phone, and the rest takes no messages.
 */
const reachable: readonly string[] = ['MOBILE', 'FIXED_LINE_OR_MOBILE'];

/** Digits (Arabic and full-width ones are read too), separators that people type, a plus at the start; nothing else is part of a number. */
const shape = /^\s*[+\uff0b]?[\p{Nd}\p{Zs}\p{Pd}\u2212\u00ad\u200b\u2060().\uff08\uff09\uff0e/]+\s*$/u;

/** Longer than any number with its separators. */
const longest = 40;

/** Reads a typed number; says why it is refused. */
export async function readPhone(
  typed: string,
  rules: NumberRules,
): Promise<Phone | 'not-a-number' | 'number-not-allowed'> {
  if (typed.length > longest || !shape.test(typed)) return 'not-a-number';
  // The plans of all countries take a twentieth of a second and many megabytes: only a server that is asked loads them.
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const home = rules.country === undefined ? {} : { defaultCountry: rules.country as CountryCode };
  const text = typed.replaceAll('\uff0b', '+').replaceAll(/[^+\p{Nd}]/gu, '');
  const found = parsePhoneNumberFromString(text, { ...home, extract: false });
  if (!found?.isPossible() || !found.isValid()) return 'not-a-number';
  // Satellite and other networks of no country are dear, and favourites of toll fraud.
  if (found.country === undefined || !reachable.includes(found.getType() ?? '')) return 'number-not-allowed';
  if (rules.countries.length > 0 && !rules.countries.includes(found.country)) return 'number-not-allowed';
  return { number: found.number, country: found.country, callingCode: found.countryCallingCode };
}

/**
 * The channel of everything that arrives at a number. A hash, since channels stand in the clear: it keeps numbers out of
 * sight where a table is looked at, though whoever tries all numbers finds them.
 */
export const phoneChannel = (number: string): string =>
  `phone:${createHash('sha256').update(number).digest('base64url')}`;
