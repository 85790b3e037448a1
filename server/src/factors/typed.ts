/**
 * How codes are written and read. People type codes with gaps, dashes and in either case; all of that is forgiven,
 * anything else is not (WCAG 2.2 SC 3.3.8 on copying and transcribing).
 */
import { letters } from '../security/random.ts';

/** Longer than any code with its gaps; a longer answer is not looked at. */
const longest = 128;

/** Spaces and line ends; every dash of Unicode, the minus sign, the soft hyphen and the zero-width space. */
const gaps = /[\s\p{Pd}\u2212\u00ad\u200b]/gu;

const withoutGaps = (answer: string): string => (answer.length > longest ? '' : answer.replace(gaps, ''));

/** The digits of a typed code, or nothing if they are not exactly `length` ASCII digits: other scripts' are not ours. */
export function typedDigits(answer: string, length: number): string | undefined {
  const typed = withoutGaps(answer);
  return typed.length === length && /^[0-9]+$/.test(typed) ? typed : undefined;
}

/**
 * The letters of a typed code, or nothing if they are not exactly `length` of {@link letters}.
 * O is read as 0, I and L as 1 (Crockford's base32). ASCII is checked first, because raising the case of other letters
 * makes ASCII of some (dotless i, long s).
 */
export function typedLetters(answer: string, length: number): string | undefined {
  const typed = withoutGaps(answer);
  if (typed.length !== length || !/^[0-9A-Za-z]+$/.test(typed)) return undefined;
  const read = typed.toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return [...read].every((letter) => letters.includes(letter)) ? read : undefined;
}

/** A long code in groups of four, easy to read aloud and to copy: `XXXX-XXXX-XXXX`. */
export const grouped = (code: string): string => (code.match(/.{1,4}/g) ?? []).join('-');
