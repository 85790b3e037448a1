import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { parseKeys } from './weak-keys.ts';

const good = (): string => randomBytes(32).toString('base64');
const text = (bytes: readonly number[]): string => Buffer.from(bytes).toString('base64');
const ladder = (step: number): string => text(Array.from({ length: 32 }, (_, at) => (at * step) % 256));

test('CRY-03 keys are read in order, in either base64, with spaces around', () => {
  const key = randomBytes(32);
  const keys = parseKeys(` new:${key.toString('base64url')} , old-1:${good()},\n`);
  assert.deepEqual([...keys.keys()], ['new', 'old-1']);
  assert.deepEqual(keys.get('new'), key);
});

const refused: Readonly<Record<string, [string, RegExp]>> = {
  'nothing at all': ['', /holds no key/],
  'only commas': [' , ,', /holds no key/],
  'no id': [good(), /each key is id:base64/],
  'an empty id': [`:${good()}`, /each key is id:base64/],
  'an id that would break what is stored': [`a.b:${good()}`, /each key is id:base64/],
  'an id twice': [`a:${good()},a:${good()}`, /"a" is there twice/],
  'no base64': ['a:this is not base64!', /is not base64/],
  '31 bytes': [`a:${randomBytes(31).toString('base64')}`, /31 bytes instead of 32/],
  '64 bytes': [`a:${randomBytes(64).toString('base64')}`, /64 bytes instead of 32/],
  'an empty key': ['a:', /0 bytes instead of 32/],
  zeros: [`a:${ladder(0)}`, /is a sample/],
  'one byte over and over': [`a:${text(new Array(32).fill(0xa5))}`, /is a sample/],
  'counted up': [`a:${ladder(1)}`, /is a sample/],
  'counted down': [`a:${ladder(255)}`, /is a sample/],
  words: [`a:${Buffer.from('secretsecretsecretsecretsecretse').toString('base64')}`, /is readable text/],
  'a longer phrase': [`a:${Buffer.from('please-change-this-example-key!!').toString('base64')}`, /is readable text/],
  'a pattern': [`a:${Buffer.from('deadbeef00010203'.repeat(4), 'hex').toString('base64')}`, /repeats itself/],
};

for (const [what, [given, why]] of Object.entries(refused)) {
  test(`CRY-03 a key ring is refused with the remedy: ${what}`, () => {
    assert.throws(
      () => parseKeys(given),
      (error: Error) => {
        assert.match(error.message, why);
        assert.match(error.message, /openssl rand -base64 32/);
        return true;
      },
    );
  });
}

test('CRY-03 the same key under two ids is refused', () => {
  const key = good();
  assert.throws(() => parseKeys(`a:${key},b:${key}`), /"b" is the same as another one/);
});

test('CRY-03 a refusal does not hold the key', () => {
  const key = Buffer.from('password-of-the-production-vault').toString('base64');
  assert.throws(
    () => parseKeys(`a:${key}`),
    (error: Error) => !error.message.includes(key) && !error.message.includes('vault'),
  );
});

test('CRY-03 no random key is ever refused', () => {
  for (let i = 0; i < 20_000; i += 1) assert.equal(parseKeys(`k:${good()}`).size, 1);
});
