/** Seeds as lists write them: hexadecimal, base32 or base64, and one way for all rows of a list. */

type Read = (text: string) => Uint8Array | undefined;

const hex: Read = (text) => {
  const digits = text.replace(/^0x/i, '');
  return digits.length % 2 === 0 && /^[0-9a-f]+$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined;
};

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6, with or without padding, in either case. */
const base32: Read = (text) => {
  const plain = text.replace(/=+$/, '').toUpperCase();
  if (!/^[A-Z2-7]+$/.test(plain) || [1, 3, 6].includes(plain.length % 8)) return undefined;
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const letter of plain) {
    held = ((held << 5) | letters.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
  }
  return Uint8Array.from(bytes);
};

const base64: Read = (text) =>
  /^[A-Za-z0-9+/]{2,}={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1
    ? Buffer.from(text, 'base64')
    : undefined;

/** What is shorter is no seed, and says nothing about the others. */
const leastBytes = 16;

/**
 * How a list writes its seeds: each votes for the narrowest alphabet that it fits, and all are read as most of them say.
 * A single hexadecimal seed may by chance look like base32, most of a list do not; and a row that went wrong changes
 * nothing for the others.
 */
export function seedReader(texts: readonly string[]): (text: string) => Uint8Array | null {
  const readers = [hex, base32, base64];
  const votes = texts.map((text) => readers.find((read) => (read(withoutGaps(text))?.length ?? 0) >= leastBytes));
  const count = (read: Read): number => votes.filter((vote) => vote === read).length;
  const [first = hex] = readers.toSorted((one, other) => count(other) - count(one));
  return (text) => first(withoutGaps(text)) ?? null;
}

/** Groups are read aloud and typed more easily; the longest seed has far fewer letters than what is cut here. */
const withoutGaps = (text: string): string => text.slice(0, 1024).replace(/[\s-]/g, '');
