import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Keyring, SealBroken } from './sealing.ts';

const entry = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const one = entry('one');
const two = entry('two');
const keyring = Keyring.parse(one);
const bound = 'factor:main:f1:u1';

/** The same text with one bit of its last base64url part turned. */
function flipped(sealed: string, part: number, bit: number): string {
  const parts = sealed.split('.');
  const bytes = Buffer.from(parts[part] ?? '', 'base64url');
  const at = bit % (bytes.length * 8);
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
  parts[part] = bytes.toString('base64url');
  return parts.join('.');
}

describe('sealing', () => {
  test('CRY-01 what is sealed opens again, whatever it holds, and is not readable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, place) => {
        assert.equal(keyring.open(keyring.seal(plain, place), place), plain);
      }),
    );
    const sealed = keyring.seal('JBSWY3DPEHPK3PXP', bound);
    assert.match(sealed, /^v1\.one\.[\w-]{16}\.[\w-]+$/);
    assert.ok(!Buffer.from(sealed.split('.')[3] ?? '', 'base64url').includes('JBSWY3DP'));
  });

  test('CRY-01 another installation’s key opens nothing', () => {
    const other = Keyring.parse(entry('one'));
    assert.throws(() => other.open(keyring.seal('x', bound), bound), SealBroken);
  });

  test('CRY-02 any bit turned, and it does not open', () => {
    const sealed = keyring.seal('a seed of twenty bytes', bound);
    for (let bit = 0; bit < 8 * (22 + 16); bit += 1) {
      assert.throws(() => keyring.open(flipped(sealed, 3, bit), bound), SealBroken);
    }
    for (let bit = 0; bit < 96; bit += 1) assert.throws(() => keyring.open(flipped(sealed, 2, bit), bound), SealBroken);
  });

  test('CRY-02 moved to another row or owner, it does not open', () => {
    const sealed = keyring.seal('seed', bound);
    for (const place of ['factor:main:f1:u2', 'factor:main:f2:u1', 'factor:other:f1:u1', '', `${bound} `]) {
      assert.throws(() => keyring.open(sealed, place), SealBroken);
    }
  });

  test('CRY-02 cut, lengthened, of another version or no seal at all, it does not open', () => {
    const sealed = keyring.seal('seed', bound);
    const [, , nonce = '', body = ''] = sealed.split('.');
    const broken = [
      '',
      'seed',
      `v2.one.${nonce}.${body}`,
      `v1.nobody.${nonce}.${body}`,
      `v1.one.${nonce}.`,
      `v1.one.${nonce}.${body.slice(0, -4)}`,
      `v1.one.${nonce.slice(0, -4)}.${body}`,
      `v1.one..${body}`,
      `v1.one.${nonce}.${body}.x`,
      `v1.__proto__.${nonce}.${body}`,
    ];
    for (const text of broken) assert.throws(() => keyring.open(text, bound), SealBroken, text);
  });

  test('CRY-02 nonces are unique over 100,000 seals of one row', () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 100_000; i += 1) nonces.add(keyring.seal('', bound).slice(7, 23));
    assert.equal(nonces.size, 100_000);
  });

  test('CRY-03 the first key seals and all open, so keys rotate', () => {
    const before = keyring.seal('seed', bound);
    const rotated = Keyring.parse(`${two},${one}`);
    assert.equal(rotated.currentKey, 'two');
    assert.equal(rotated.open(before, bound), 'seed');
    assert.equal(rotated.sealedUnder(before), 'one');
    const after = rotated.seal('seed', bound);
    assert.equal(rotated.sealedUnder(after), 'two');
    assert.throws(() => keyring.open(after, bound), SealBroken);
    assert.throws(() => rotated.sealedUnder('nonsense'), SealBroken);
  });

  test('chance is handed in', () => {
    const fixed = Keyring.parse(one, (size) => new Uint8Array(size));
    assert.equal(fixed.seal('x', bound), fixed.seal('x', bound));
  });
});

describe('digests', () => {
  const parts = ['main', 'u1', 'c1', 'ann@example.org', '012345'];

  test('CRY-01 a short code is kept as a digest under a key that the database does not hold', () => {
    const digest = keyring.digest('sign-in', parts);
    assert.match(digest, /^one\.[\w-]{43}$/);
    assert.equal(keyring.digestMatches(digest, 'sign-in', parts), true);
    assert.notEqual(Keyring.parse(entry('one')).digest('sign-in', parts), digest);
  });

  test('OTP-07 a digest is bound to its purpose and to each part', () => {
    const digest = keyring.digest('sign-in', parts);
    assert.equal(keyring.digestMatches(digest, 'recovery', parts), false);
    for (const [at] of parts.entries()) {
      assert.equal(keyring.digestMatches(digest, 'sign-in', parts.with(at, 'other')), false);
    }
    assert.equal(keyring.digestMatches(digest, 'sign-in', parts.slice(0, -1)), false);
  });

  test('no two lists of parts have one digest', () => {
    const list = fc.array(fc.string(), { maxLength: 4 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        assert.equal(keyring.digest('p', a) === keyring.digest('p', b), same);
      }),
    );
    assert.notEqual(keyring.digest('p', ['ab', 'c']), keyring.digest('p', ['a', 'bc']));
    assert.notEqual(keyring.digest('p', ['q']), keyring.digest('pq', []));
    assert.notEqual(keyring.digest('p', ['']), keyring.digest('p', []));
  });

  test('CRY-03 digests under an older key still match; unknown and broken ones do not', () => {
    const digest = keyring.digest('p', parts);
    const rotated = Keyring.parse(`${two},${one}`);
    assert.equal(rotated.digestMatches(digest, 'p', parts), true);
    assert.equal(rotated.digest('p', parts).startsWith('two.'), true);
    assert.equal(Keyring.parse(two).digestMatches(digest, 'p', parts), false);
    for (const broken of ['', '.', 'one', 'one.', `${digest}.x`, digest.slice(0, -2), `one.${'A'.repeat(43)}`]) {
      assert.equal(keyring.digestMatches(broken, 'p', parts), false, broken);
    }
  });
});

test('each use has a key of its own', () => {
  const rotated = Keyring.parse(`${two},${one}`);
  const keys = ['two', 'one'].flatMap((id) =>
    ['seal', 'digest', 'password-pepper'].map((use) => rotated.derive(id, use)),
  );
  assert.ok(keys.every((key) => key.length === 32));
  assert.equal(new Set(keys.map((key) => key.toString('hex'))).size, keys.length);
  assert.deepEqual(rotated.derive('one', 'seal'), keyring.derive('one', 'seal'));
  assert.throws(() => keyring.derive('two', 'seal'), SealBroken);
});
