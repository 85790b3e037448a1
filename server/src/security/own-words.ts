/** Whether a password is made of words that anyone who attacks this account tries first: the service, the address, the name. */

const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Digits beyond these are no ornament any more: `acme2024` is `acme`, sixteen random digits behind it are a secret. */
const mostDigits = 8;
const shortest = 3;

/** The words as given, and their parts: an address gives its local part, its domain and the labels of both. */
function wordsOf(own: readonly string[]): string[] {
  const parts = own.flatMap((word) => [word, ...word.split('@'), ...word.split(/[^\p{L}\p{N}]+/u)]);
  const folded = parts.flatMap((part) => [fold(part), fold(part).replace(/\p{N}/gu, '')]);
  return [...new Set(folded)].filter((word) => word.length >= shortest);
}

/**
 * Whether `password` is nothing but own words, in any number and order, with case, punctuation and a few digits
 * around and between them (NIST SP 800-63B-4 §3.1.1.2: context-specific words). A phrase that merely holds one is not.
 */
export function isOwnWords(password: string, own: readonly string[]): boolean {
  const text = fold(password);
  const words = wordsOf(own);
  // fewest[at]: how few digits need to be left out so that own words fill `text` up to `at`.
  const fewest: number[] = new Array<number>(text.length + 1).fill(Number.POSITIVE_INFINITY);
  fewest[0] = 0;
  let reached = false;
  for (let at = 0; at < text.length; at += 1) {
    const digits = fewest[at] ?? Number.POSITIVE_INFINITY;
    if (digits > mostDigits) continue;
    const lower = (end: number, to: number): void => {
      fewest[end] = Math.min(fewest[end] ?? to, to);
    };
    if (/\p{N}/u.test(text[at] ?? '')) lower(at + 1, digits + 1);
    for (const word of words.filter((candidate) => text.startsWith(candidate, at))) {
      reached = true;
      lower(at + word.length, digits);
    }
  }
  return reached && (fewest[text.length] ?? Number.POSITIVE_INFINITY) <= mostDigits;
}
