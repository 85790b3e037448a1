/** Reading sealing keys, and refusing those that somebody could guess: words, patterns, samples out of a manual. */

const keyBytes = 32;
const remedy = 'Make one with: openssl rand -base64 32';

const refusal = (id: string, why: string): Error =>
  new Error(`SECONDLOCK_KEYS: key "${id}" ${why}. ${remedy}, and write it as id:base64.`);

/** Whether every byte follows the one before it by the same step: all zeros, one byte over and over, 0 1 2 3 … */
const isLadder = (key: Buffer): boolean => {
  const step = ((key[1] ?? 0) - (key[0] ?? 0)) & 255;
  return key.every((byte, at) => at === 0 || ((byte - (key[at - 1] ?? 0)) & 255) === step);
};

/** Why a key is no key, or undefined. Random bytes fail here less often than once in 10^13. */
function weakness(key: Buffer): string | undefined {
  if (isLadder(key)) return 'is a sample, not a random key';
  if (key.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is readable text, not random bytes';
  // 32 random bytes hold about 30 different ones; a short pattern that repeats holds far fewer.
  if (new Set(key).size < 18) return 'repeats itself and is not random';
  return undefined;
}

function decode(id: string, text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  const plain = (base64: string): string => base64.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (plain(key.toString('base64')) !== plain(text)) throw refusal(id, 'is not base64');
  if (key.length !== keyBytes) throw refusal(id, `has ${key.length} bytes instead of ${keyBytes}`);
  return key;
}

/**
 * Reads `id:base64,id:base64` into keys by id, in order. Throws an error that says what is wrong with which key and how
 * to make a good one; the error never holds the key itself.
 */
export function parseKeys(text: string): Map<string, Buffer> {
  const keys = new Map<string, Buffer>();
  const entries = text.split(',').map((entry) => entry.trim());
  for (const entry of entries.filter(Boolean)) {
    const colon = entry.indexOf(':');
    const id = colon < 0 ? '' : entry.slice(0, colon);
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
      throw new Error(`SECONDLOCK_KEYS: each key is id:base64, the id 1 to 32 letters, digits, - or _. ${remedy}.`);
    }
    if (keys.has(id)) throw refusal(id, 'is there twice');
    const key = decode(id, entry.slice(colon + 1));
    const weak = weakness(key);
    if (weak) throw refusal(id, weak);
    if ([...keys.values()].some((other) => other.equals(key))) throw refusal(id, 'is the same as another one');
    keys.set(id, key);
  }
  if (keys.size === 0) throw new Error(`SECONDLOCK_KEYS holds no key. ${remedy}, and write it as id:base64.`);
  return keys;
}
