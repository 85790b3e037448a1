import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { verify } from '@node-rs/argon2';
import { Problem } from '../errors.ts';
import { Hasher, type HasherOptions, normalise } from './passwords.ts';
import { systemRandom } from './random.ts';
import { Keyring } from './sealing.ts';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const one = key('one');
const two = key('two');
const keyring = Keyring.parse(one);

const hasherWith = (changed: Partial<HasherOptions> = {}): Hasher =>
  new Hasher({ keyring, random: systemRandom, memory: 19_456, time: 2, ...changed });
/** Cheap, where the cost is not the point. */
const cheap = (changed: Partial<HasherOptions> = {}): Hasher => hasherWith({ memory: 64, time: 1, ...changed });
const isBusy = (error: unknown): boolean => error instanceof Problem && error.code === 'busy';

describe('hashes', () => {
  test('PW-11 a password is kept as argon2id above the floor, salted, and keyed from outside the database', async () => {
    const hasher = hasherWith();
    const [a, b] = await Promise.all([hasher.make('correct horse'), hasher.make('correct horse')]);
    assert.match(a, /^one\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.notEqual(a, b);
    assert.equal(await hasher.matches(a, 'correct horse'), true);
    assert.equal(await hasher.matches(b, 'correct horsf'), false);
    const phc = a.slice(a.indexOf('$'));
    assert.equal(await verify(phc, 'correct horse'), false);
    assert.equal(await cheap({ keyring: Keyring.parse(key('one')) }).matches(a, 'correct horse'), false);
  });

  test('PW-02 every character counts up to the last, byte 73 included', async () => {
    const hasher = cheap();
    for (const length of [64, 73, 128, 4096]) {
      const password = 'abcdefgh'.repeat(512).slice(0, length);
      const stored = await hasher.make(password);
      assert.equal(await hasher.matches(stored, password), true);
      assert.equal(await hasher.matches(stored, `${password.slice(0, -1)}!`), false);
      if (length > 72)
        assert.equal(await hasher.matches(stored, `${password.slice(0, 72)}!${password.slice(73)}`), false);
      assert.equal(await hasher.matches(stored, password.slice(0, -1)), false);
    }
  });

  test('PW-04 composed and decomposed characters are one password; other characters stay apart', async () => {
    const hasher = cheap();
    const stored = await hasher.make('caf\u00e9 \u212b');
    assert.equal(await hasher.matches(stored, 'cafe\u0301 A\u030a'), true);
    assert.equal(await hasher.matches(stored, 'cafe \u212b'), false);
    assert.equal(normalise('e\u0301'), '\u00e9');
    // NFC and not NFKC: what looks different stays different.
    assert.notEqual(normalise('\uff21'), 'A');
  });

  test('PW-03 spaces at the ends, quotes, marks and zero bytes are part of the password', async () => {
    const hasher = cheap();
    const password = ' "<>&%\'\\ \u0000 😀 ';
    const stored = await hasher.make(password);
    assert.equal(await hasher.matches(stored, password), true);
    assert.equal(await hasher.matches(stored, password.trim()), false);
  });

  test('a hash that nobody can read is a no, not an error', async () => {
    const hasher = cheap();
    const stored = await hasher.make('x');
    const broken = [
      '',
      '$',
      'one',
      'one$',
      'one$argon2id$',
      'one$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA',
      stored.replace('one$', ''),
      stored.replace('one$', 'none$'),
      stored.slice(0, -10),
      stored.replace('m=64', 'm=x'),
      '$2b$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghi',
    ];
    for (const text of broken) assert.equal(await hasher.matches(text, 'x'), false, text);
    assert.equal(await hasher.matchesNobody('x'), false);
  });

  test('PW-11 a hash is outdated after the cost or the key changed', async () => {
    const stored = await cheap().make('x');
    assert.equal(cheap().outdated(stored), false);
    assert.equal(cheap({ memory: 128 }).outdated(stored), true);
    assert.equal(cheap({ time: 2 }).outdated(stored), true);
    assert.equal(cheap().outdated('rubbish'), true);
    const rotated = cheap({ keyring: Keyring.parse(`${two},${one}`) });
    assert.equal(rotated.outdated(stored), true);
    assert.equal(await rotated.matches(stored, 'x'), true);
    const renewed = await rotated.make('x');
    assert.match(renewed, /^two\$/);
    assert.equal(rotated.outdated(renewed), false);
  });

  test('an unknown identifier costs what a known one costs', async () => {
    const hasher = hasherWith({ concurrency: 1 });
    const stored = await hasher.make('x');
    const cost = async (work: () => Promise<unknown>): Promise<number> => {
      const begun = process.cpuUsage();
      for (let i = 0; i < 6; i += 1) await work();
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    };
    await hasher.matches(stored, 'y');
    const known = await cost(() => hasher.matches(stored, 'y'));
    const nobody = await cost(() => hasher.matchesNobody('y'));
    const unreadable = await cost(() => hasher.matches('rubbish', 'y'));
    for (const other of [nobody, unreadable]) assert.ok(other > known / 3 && other < known * 3, `${known} ${other}`);
  });
});

describe('the queue', () => {
  test('PW-12 places are bounded, and a place that was given back is free once', () => {
    const hasher = cheap({ concurrency: 2, maxWaiting: 3 });
    const places = Array.from({ length: 5 }, (_, i) => hasher.admit(`source ${i}`));
    assert.throws(() => hasher.admit('source 6'), isBusy);
    places[0]?.release();
    places[0]?.release();
    hasher.admit('source 6');
    assert.throws(() => hasher.admit('source 7'), isBusy);
  });

  test('PW-12 one source has half of the places at most, so that it never closes the door for others', () => {
    const hasher = cheap({ concurrency: 2, maxWaiting: 4 });
    const places = Array.from({ length: 3 }, () => hasher.admit('flooder'));
    assert.throws(() => hasher.admit('flooder'), isBusy);
    hasher.admit('somebody else');
    places[0]?.release();
    hasher.admit('flooder');
  });

  test('PW-12 only so many hashes run at once; the others wait in order', async () => {
    const pairwise = cheap({ concurrency: 2 });
    const pair = Array.from({ length: 10 }, () => pairwise.make('x'));
    assert.equal(pairwise.waiting, 8);
    await Promise.all(pair);
    assert.equal(pairwise.waiting, 0);
    const single = cheap({ concurrency: 1 });
    const done: number[] = [];
    await Promise.all(Array.from({ length: 10 }, (_, at) => single.make(String(at)).then(() => done.push(at))));
    assert.deepEqual(done, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('PW-12 a flood without places is refused instead of kept', async () => {
    const hasher = cheap({ concurrency: 1, maxWaiting: 1 });
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => hasher.make('x')));
    const refused = all.filter((one) => one.status === 'rejected');
    assert.equal(refused.length, 50 - 11);
    assert.ok(refused.every((one) => isBusy(one.reason)));
    assert.ok(await hasher.make('x'));
  });

  test('PW-12 a megabyte is not hashed', async () => {
    const hasher = hasherWith();
    const stored = await hasher.make('x');
    await assert.rejects(
      hasher.make('x'.repeat(4097)),
      (error) => error instanceof Problem && error.code === 'too-large',
    );
    const begun = process.cpuUsage();
    assert.equal(await hasher.matches(stored, 'x'.repeat(1_000_000)), false);
    assert.equal(await hasher.matches(stored, 'é'.repeat(2049)), false);
    assert.ok(process.cpuUsage(begun).user < 200_000);
  });
});
