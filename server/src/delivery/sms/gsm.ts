/** What fits into an SMS: the GSM 7-bit default alphabet and the length of segments (3GPP TS 23.038 §6, 23.040 §9.2.3.24). */

/** The default alphabet in the order of its codes (3GPP TS 23.038 §6.2.1); 0x1B is the escape and stands for no character. */
const alphabet =
  '@£$¥èéùìòÇ\nØø\rÅå' +
  'Δ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ' +
  ' !"#¤%&\'()*+,-./' +
  '0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmno' +
  'pqrstuvwxyzäöñüà';

const escapeCode = 0x1b;

/** Characters that take an escape and a second septet (3GPP TS 23.038 §6.2.1.1). */
const extension: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
};

const septets: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...[...alphabet].map((char, code): [string, number[]] => [char, [code]]).filter(([char]) => char !== '\u001B'),
  ...Object.entries(extension).map(([char, code]): [string, number[]] => [char, [escapeCode, code]]),
]);

/** Units that one SMS holds alone, and as a part of several, where a header takes six bytes. */
const room = { 'gsm-7': { alone: 160, part: 153 }, 'ucs-2': { alone: 70, part: 67 } } as const;

/** What a text takes as SMS. */
interface Segments {
  readonly alphabet: 'gsm-7' | 'ucs-2';
  /** Septets or 16-bit units, escapes counted. */
  readonly units: number;
  /** Messages that are paid for; at least one. */
  readonly segments: number;
}

/** The text in septets of the default alphabet, one per byte and unpacked, escapes included; undefined where it does not fit. */
export function gsm7(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const char of text) {
    const codes = septets.get(char);
    if (!codes) return undefined;
    bytes.push(...codes);
  }
  return Uint8Array.from(bytes);
}

/** Counts units and segments of a text. A pair (escape and septet, or two surrogates) is never cut over two segments. */
export function segments(text: string): Segments {
  const inSeptets = gsm7(text);
  const alphabet = inSeptets ? 'gsm-7' : 'ucs-2';
  const units = inSeptets?.length ?? text.length;
  const { alone, part } = room[alphabet];
  if (units <= alone) return { alphabet, units, segments: 1 };
  let parts = 1;
  let filled = 0;
  for (const char of text) {
    const size = inSeptets ? (septets.get(char)?.length ?? 0) : char.length;
    if (filled + size > part) {
      parts += 1;
      filled = 0;
    }
    filled += size;
  }
  return { alphabet, units, segments: parts };
}
