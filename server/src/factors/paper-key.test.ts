import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom, testGiven } from '../../test/given.ts';
import { decodeQr } from '../../test/peers/qr-reader.ts';
import { letters, type Random, systemRandom } from '../security/random.ts';
import { paperKey } from './paper-key.ts';

async function newKey(random: Random = systemRandom) {
  const given = testGiven({ random });
  const begun = await paperKey.beginEnrolment(given);
  assert.ok('reveal' in begun && begun.reveal?.paperKey && begun.reveal.paperKeyQr);
  const verdict = await paperKey.finishEnrolment(given, begun.pending, 'kept');
  assert.ok(verdict.is === 'ok');
  return { key: begun.reveal.paperKey, picture: begun.reveal.paperKeyQr, data: verdict.data };
}

const judge = (data: unknown, answer: string, given = testGiven()) => paperKey.checkAnswer(given, {}, data, answer);

describe('the paper key', () => {
  it('LUS-02: 1,000 keys have at least 128 bits, use every letter in every place, and none comes twice', async () => {
    const keys = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const begun = await paperKey.beginEnrolment(testGiven());
        return 'reveal' in begun ? (begun.reveal?.paperKey?.replaceAll('-', '') ?? '') : '';
      }),
    );
    assert.equal(new Set(keys).size, 1000);
    for (const key of keys) assert.ok(key.length * Math.log2(letters.length) >= 128);
    for (let place = 0; place < 26; place++) assert.equal(new Set(keys.map((key) => key[place])).size, letters.length);
  });

  it('LUS-03: is good once, and nothing of it is kept after use', async () => {
    const { key, data } = await newKey();
    const verdict = await judge(data, key);
    assert.deepEqual(verdict, { is: 'ok', data: { hash: null }, spent: true });
    const given = testGiven();
    assert.equal((await judge({ hash: null }, key, given)).is, 'wrong');
    assert.equal(given.hashes(), 1);
  });

  it('LUS-04: stored as a salted hash; the same key makes another hash', async () => {
    const [one, other] = [await newKey(seededRandom('same')), await newKey(seededRandom('same'))];
    assert.equal(one.key, other.key);
    assert.notDeepEqual(one.data, other.data);
    assert.ok(!JSON.stringify(one.data).includes(one.key.replaceAll('-', '')));
  });

  it('LUS-09: is written in groups of four, and entry ignores case, gaps and dashes', async () => {
    const { key, data } = await newKey(seededRandom('entry'));
    assert.match(key, /^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}$/);
    const misread = key.replaceAll('0', 'o').replaceAll('1', 'l');
    for (const typed of [
      key.toLowerCase(),
      key.replaceAll('-', ' '),
      key.replaceAll('-', ''),
      ` ${key}\r\n`,
      misread,
    ]) {
      assert.equal((await judge(data, typed)).is, 'ok', typed);
    }
    assert.equal((await judge(data, key.replaceAll('-', '.'))).is, 'wrong');
    assert.equal((await judge(data, key.slice(0, -1))).is, 'wrong');
  });

  it('LUS-07: its picture holds the key as it is written', async () => {
    const { key, picture } = await newKey();
    assert.equal(decodeQr(picture), key);
  });
});
