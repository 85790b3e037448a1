import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededRandom, testGiven } from '../../test/given.ts';
import { letters, type Random, systemRandom } from '../security/random.ts';
import { backupCodes } from './backup-codes.ts';

interface CodeSet {
  readonly codes: readonly { readonly selector: string; readonly hash: string }[];
}

/** Makes a set and keeps it, as the flow does. */
async function newSet(random: Random = systemRandom) {
  const given = testGiven({ random });
  const begun = await backupCodes.beginEnrolment(given);
  assert.ok('reveal' in begun && begun.reveal?.codes);
  const verdict = await backupCodes.finishEnrolment(given, begun.pending, 'kept');
  assert.ok(verdict.is === 'ok');
  return { shown: begun.reveal.codes, set: verdict.data as CodeSet };
}

const judge = (set: CodeSet, answer: string, given = testGiven()) => backupCodes.checkAnswer(given, {}, set, answer);

describe('backup codes', () => {
  it('LUS-02: 1,000 codes have 50 bits behind their first two letters, and none comes twice', async () => {
    const sets = await Promise.all(Array.from({ length: 100 }, () => newSet()));
    const codes = sets.flatMap(({ shown }) => shown.map((code) => code.replaceAll('-', '')));
    assert.equal(codes.length, 1000);
    assert.equal(new Set(codes).size, 1000);
    const secrets = codes.map((code) => code.slice(2));
    assert.equal(new Set(secrets).size, 1000);
    for (let place = 0; place < 12; place++) {
      assert.equal(
        new Set(codes.map((code) => code[place])).size,
        letters.length,
        `all letters occur in place ${place}`,
      );
    }
    assert.ok(secrets.every((secret) => secret.length * Math.log2(letters.length) >= 50));
  });

  it('LUS-02: no two codes of a set begin alike, even where chance would have it', async () => {
    const { set, shown } = await newSet(seededRandom('set'));
    assert.equal(new Set(set.codes.map((code) => code.selector)).size, 10);
    // Sixteen selectors only, so that some of ten draws meet one that is taken.
    const real = seededRandom('few');
    const few: Random = (size) => real(size).map((byte, place) => [0, byte % 16][place] ?? byte);
    assert.equal(new Set((await newSet(few)).shown.map((code) => code.slice(0, 2))).size, 10);
    assert.equal(shown.length, 10);
  });

  it('LUS-03: each of ten codes is good once, in any order, and the last one ends the set', async () => {
    const { shown, set } = await newSet();
    let kept = set;
    for (const [turn, code] of shown.toReversed().entries()) {
      const verdict = await judge(kept, code);
      assert.ok(verdict.is === 'ok');
      assert.equal(verdict.left, 9 - turn);
      assert.equal(verdict.spent, turn === 9);
      kept = verdict.data as CodeSet;
      assert.equal(backupCodes.left?.(kept), 9 - turn);
      assert.equal((await judge(kept, code)).is, 'wrong');
    }
    assert.deepEqual(backupCodes.data.parse(kept), { codes: [] });
  });

  it('LUS-04: stored as salted hashes; the same codes make other hashes, and no code can be read', async () => {
    const [one, other] = [await newSet(seededRandom('same')), await newSet(seededRandom('same'))];
    assert.deepEqual(one.shown, other.shown);
    const hashes = [...one.set.codes, ...other.set.codes].map((code) => code.hash);
    assert.equal(new Set(hashes).size, 20);
    const stored = JSON.stringify(one.set);
    for (const code of one.shown) {
      const secret = code.replaceAll('-', '').slice(2);
      assert.ok(!stored.includes(secret) && !stored.includes(code));
    }
  });

  it('LUS-04: a guess costs exactly one hash, whether a code begins that way or not, and where none is left', async () => {
    const { shown, set } = await newSet(seededRandom('cost'));
    const taken = new Set(set.codes.map((code) => code.selector));
    const free =
      ['00', '01', '02', '03', '04', '05', '06', '07', '08', '09', '0A'].find((each) => !taken.has(each)) ?? '';
    const cases: [CodeSet, string][] = [
      [set, shown[7] ?? ''],
      [set, `${set.codes[7]?.selector}-0000000000`],
      [set, `${free}0000000000`],
      [{ codes: [] }, shown[7] ?? ''],
    ];
    for (const [stored, guess] of cases) {
      const given = testGiven();
      await judge(stored, guess, given);
      assert.equal(given.hashes(), 1);
    }
    const given = testGiven();
    const make = () => assert.fail('a new hash may cost more than the stored ones did');
    await judge(set, `${free}0000000000`, { ...given, slowHash: { ...given.slowHash, make } });
  });

  it('LUS-04: the secret of the first code under a selector that nobody has is wrong', async () => {
    const { shown, set } = await newSet(seededRandom('foreign'));
    const taken = new Set(set.codes.map((code) => code.selector));
    const free = [...letters].map((each) => `Z${each}`).find((each) => !taken.has(each)) ?? '';
    const first = shown[0]?.replaceAll('-', '') ?? '';
    assert.equal((await judge(set, free + first.slice(2))).is, 'wrong');
    const second = shown[1]?.replaceAll('-', '') ?? '';
    assert.equal((await judge(set, second.slice(0, 2) + first.slice(2))).is, 'wrong');
  });

  it('LUS-09: entry ignores case, gaps and dashes, and reads O, I and L as what they look like', async () => {
    const { shown, set } = await newSet(seededRandom('entry'));
    const code = shown[0] ?? '';
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    const asTyped = [code.toLowerCase(), code.replaceAll('-', ' '), code.replaceAll('-', ''), ` ${code}\n`];
    for (const typed of asTyped) assert.equal((await judge(set, typed)).is, 'ok', typed);
    for (const [index, each] of shown.entries()) {
      const misread = each.replaceAll('0', index % 2 ? 'O' : 'o').replaceAll('1', 'IiLl'[index % 4] ?? 'l');
      assert.equal((await judge(set, misread)).is, 'ok', misread);
    }
    // The capitals of dotless i and long s are ASCII; they themselves are not letters of a code.
    const strange = shown.map((each) => each.replaceAll('1', '\u0131').replaceAll('S', '\u017f'));
    for (const typed of strange.filter((each) => /[^ -~]/.test(each)))
      assert.equal((await judge(set, typed)).is, 'wrong');
    assert.ok(/[01]/.test(shown.join('')), 'the codes of this test hold a 0 or a 1');
  });

  it('LUS-09: however it is spaced and cased, a code is that code', async () => {
    const { shown, set } = await newSet(seededRandom('spaced'));
    const plain = shown[3]?.replaceAll('-', '') ?? '';
    const gap = fc.constantFrom('', ' ', '-', '\u2013', '\u00a0', '\t');
    const twelve = { minLength: 12, maxLength: 12 };
    await fc.assert(
      fc.asyncProperty(fc.array(gap, twelve), fc.array(fc.boolean(), twelve), async (gaps, lowered) => {
        const typed = [...plain]
          .map((each, place) => (lowered[place] ? each.toLowerCase() : each) + gaps[place])
          .join('');
        return (await judge(set, typed)).is === 'ok';
      }),
      { numRuns: 100 },
    );
  });

  it('LUS-06: a new set is worth something only when its owner says that it is kept', async () => {
    const given = testGiven();
    const begun = await backupCodes.beginEnrolment(given);
    assert.ok('pending' in begun);
    for (const answer of ['', 'no', 'KEPT', 'kept\n']) {
      assert.equal((await backupCodes.finishEnrolment(given, begun.pending, answer)).is, 'wrong');
    }
  });
});
