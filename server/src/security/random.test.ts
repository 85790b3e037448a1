import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letters, randomDigits, randomId, randomLetters, randomToken, systemRandom } from './random.ts';

/** Chi-square of counts against an even spread. */
function chiSquare(counts: readonly number[]): number {
  const even = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
}

// Nine degrees of freedom: an even source is beyond 33.7 once in ten thousand runs; six places are looked at.
const limit = 40;

test('OTP-01 the digits of 20,000 codes are even in each place, and leading zeros are kept', () => {
  const codes = Array.from({ length: 20_000 }, () => randomDigits(systemRandom, 6));
  for (const code of codes) assert.match(code, /^\d{6}$/);
  for (let place = 0; place < 6; place += 1) {
    const counts = new Array<number>(10).fill(0);
    for (const code of codes) counts[Number(code[place])] = (counts[Number(code[place])] ?? 0) + 1;
    assert.ok(chiSquare(counts) < limit, `place ${place}: ${counts.join(' ')}`);
  }
  const zeros = codes.filter((code) => code.startsWith('0')).length / codes.length;
  assert.ok(zeros > 0.09 && zeros < 0.11, `${zeros} start with 0`);
});

test('OTP-01 bytes that would make low digits likelier are thrown away', () => {
  const given = [250, 251, 252, 253, 254, 255, 249, 0, 10, 123];
  let at = 0;
  const random = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => given[at++ % given.length] ?? 0);
  assert.equal(randomDigits(random, 4), '9003');
});

test('LUS-02 letters are even and none looks like another', () => {
  assert.equal(new Set(letters).size, 32);
  assert.doesNotMatch(letters, /[ILOU]/);
  const counts = new Map<string, number>();
  for (const letter of randomLetters(systemRandom, 64_000)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  assert.equal(counts.size, 32);
  // 31 degrees of freedom: beyond 73 once in fifty thousand runs.
  assert.ok(chiSquare([...counts.values()]) < 73);
});

test('CRY-04 tokens hold 256 bits and identifiers 128, and none comes twice', () => {
  assert.equal(Buffer.from(randomToken(systemRandom), 'base64url').length, 32);
  assert.equal(Buffer.from(randomId(systemRandom), 'base64url').length, 16);
  const made = new Set(Array.from({ length: 10_000 }, () => randomId(systemRandom)));
  assert.equal(made.size, 10_000);
});
