import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Algorithm } from './otpauth.ts';
import { codeAt, codeKey, grouped, stepAt } from './totp.ts';

/** RFC 6238, appendix B: seeds of 20, 32 and 64 bytes, eight digits. */
const seeds: Readonly<Record<Algorithm, string>> = {
  SHA1: '12345678901234567890',
  SHA256: '12345678901234567890123456789012',
  SHA512: '1234567890123456789012345678901234567890123456789012345678901234',
};

const vectors: readonly (readonly [seconds: number, codes: Readonly<Record<Algorithm, string>>])[] = [
  [59, { SHA1: '94287082', SHA256: '46119246', SHA512: '90693936' }],
  [1_111_111_109, { SHA1: '07081804', SHA256: '68084774', SHA512: '25091201' }],
  [1_111_111_111, { SHA1: '14050471', SHA256: '67062674', SHA512: '99943326' }],
  [1_234_567_890, { SHA1: '89005924', SHA256: '91819424', SHA512: '93441116' }],
  [2_000_000_000, { SHA1: '69279037', SHA256: '90698825', SHA512: '38618901' }],
  [20_000_000_000, { SHA1: '65353130', SHA256: '77737706', SHA512: '47863826' }],
];

test('codes are those of RFC 6238, appendix B', async () => {
  for (const algorithm of Object.keys(seeds) as Algorithm[]) {
    const key = await codeKey(new TextEncoder().encode(seeds[algorithm]), algorithm);
    for (const [seconds, codes] of vectors) {
      const step = stepAt(seconds * 1000, 30);
      assert.equal(await codeAt(key, step, 8), codes[algorithm], `${algorithm} at ${seconds}`);
      assert.equal(await codeAt(key, step, 6), codes[algorithm].slice(2));
    }
  }
});

test('the key’s bytes cannot be had back', async () => {
  const key = await codeKey(new TextEncoder().encode(seeds.SHA1), 'SHA1');
  await assert.rejects(crypto.subtle.exportKey('raw', key));
});

test('codes are read aloud in groups', () => {
  assert.deepEqual(['123456', '1234567', '12345678'].map(grouped), ['123 456', '123 4567', '1234 5678']);
});
