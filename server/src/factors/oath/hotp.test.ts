import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { testGiven } from '../../../test/given.ts';
import { hotp } from './hotp.ts';
import { type Algorithm, algorithms, hotp as codeOf, seedBytes } from './oath.ts';

interface Token {
  readonly secret: string;
  readonly algorithm: Algorithm;
  readonly digits: 6 | 7 | 8 | 9;
  readonly counter: number;
}

const seed = Buffer.from('12345678901234567890').toString('base64');
const token = (change: Partial<Token> = {}): Token => ({
  secret: seed,
  algorithm: 'SHA1',
  digits: 6,
  counter: 0,
  ...change,
});

/** What the token shows at a counter. */
const shown = (held: Token, counter: number): string =>
  codeOf({ ...held, secret: Buffer.from(held.secret, 'base64') }, counter);

const judge = async (held: Token, answer: string) => hotp.checkAnswer(testGiven(), {}, held, answer);
const resynchronise = async (held: Token, codes: readonly [string, string]) =>
  hotp.resynchronise?.(testGiven(), held, codes) ?? assert.fail();

/** The counter that is kept after an accepted answer, or why there is none. */
async function after(verdict: ReturnType<typeof judge>): Promise<number | string> {
  const given = await verdict;
  return given.is === 'ok' ? (given.data as Token).counter : given.is;
}

/** RFC 4226 appendix D. */
const vectors = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');

describe('codes of a token that counts', () => {
  it('OATH-02: the codes of RFC 4226 appendix D are accepted in their order, each once', async () => {
    let held = token();
    for (const [counter, code] of vectors.entries()) {
      assert.equal(await after(judge(held, code)), counter + 1);
      held = token({ counter: counter + 1 });
      assert.equal(await after(judge(held, code)), 'replayed');
    }
  });

  it('OATH-02: the counter has eight bytes', async () => {
    for (const counter of [2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7]) {
      const code = execFileSync('oathtool', ['-c', String(counter), '-b', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ']);
      assert.equal(await after(judge(token({ counter }), code.toString().trim())), counter + 1);
    }
  });

  it('OATH-01: SHA-1, SHA-256 and SHA-512 with six to nine digits', async () => {
    for (const algorithm of algorithms) {
      for (const digits of [6, 7, 8, 9] as const) {
        const held = token({ algorithm, digits, secret: randomBytes(seedBytes[algorithm]).toString('base64') });
        assert.equal(await after(judge(held, shown(held, 3))), 4);
        assert.equal(shown(held, 3).length, digits);
      }
    }
    assert.equal(hotp.data.safeParse({ ...token(), digits: 10 }).success, false);
  });

  it('OATH-03: a seed of fifteen bytes is refused', () => {
    const of = (length: number) => ({ ...token(), secret: randomBytes(length).toString('base64') });
    assert.equal(hotp.data.safeParse(of(15)).success, false);
    assert.equal(hotp.data.safeParse(of(16)).success, true);
  });

  it('OATH-08: an equal or lower counter is denied, and failures move nothing', async () => {
    const held = token({ counter: 6 });
    assert.equal(await after(judge(held, shown(held, 5))), 'replayed');
    for (const counter of [4, 3, 0]) assert.equal(await after(judge(held, shown(held, counter))), 'wrong');
    for (let turn = 0; turn < 10; turn += 1) assert.equal('data' in (await judge(held, '000000')), false);
    assert.equal(await after(judge(held, shown(held, 6))), 7);
  });

  it('OATH-09: counter+10 is accepted, +11 is not', async () => {
    const held = token({ counter: 7 });
    assert.equal(await after(judge(held, shown(held, 17))), 18);
    assert.equal(await after(judge(held, shown(held, 18))), 'wrong');
  });

  it('OATH-09: two consecutive codes find the place again, within the bound, and two others do not', async () => {
    const held = token({ counter: 7 });
    const pair = (one: number, other: number) => after(resynchronise(held, [shown(held, one), shown(held, other)]));
    assert.equal(await pair(47, 48), 49);
    assert.equal(await pair(7, 8), 9, 'a token that is in step');
    assert.equal(await pair(1007, 1008), 1009);
    for (const [one, other] of [
      [47, 49],
      [48, 47],
      [47, 47],
      [5, 6],
      [6, 7],
      [1008, 1009],
    ] as const) {
      assert.equal(await pair(one, other), 'wrong', `${one} and ${other}`);
    }
    for (const odd of ['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦']) {
      assert.equal(await after(resynchronise(held, [odd, shown(held, 8)])), 'wrong');
      assert.equal(await after(resynchronise(held, [shown(held, 7), odd])), 'wrong');
    }
  });

  it('OATH-08: a code that stands twice in the window is good once', async () => {
    // Found by trying: this seed shows the same code at two counters of one window.
    const held = twice();
    const [first, second] = held.at;
    const next = await after(judge(held.token, shown(held.token, first)));
    assert.equal(next, second + 1);
    assert.notEqual(
      typeof (await after(judge(token({ ...held.token, counter: second + 1 }), shown(held.token, first)))),
      'number',
    );
  });

  it('OATH-08: whatever is pressed and typed, the counter only rises, and no code opens twice', async () => {
    const presses = fc.array(fc.integer({ min: -3, max: 14 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(presses, async (all) => {
        let held = token();
        const used = new Set<string>();
        for (const ahead of all) {
          const code = shown(held, Math.max(0, held.counter + ahead));
          const next = await after(judge(held, code));
          if (typeof next !== 'number') continue;
          assert.ok(next > held.counter && next <= held.counter + 11 && !used.has(code));
          used.add(code);
          held = token({ counter: next });
        }
      }),
      { numRuns: 100 },
    );
  });

  it('OATH-08: an independent judge, oathtool, shows what is accepted', async () => {
    const secret = randomBytes(20);
    for (const digits of [6, 7, 8] as const) {
      const flags = ['-c', '41', '-w', '2', '-d', String(digits), secret.toString('hex')];
      const codes = execFileSync('oathtool', flags, { encoding: 'utf8' }).trim().split('\n');
      let held = token({ secret: secret.toString('base64'), digits, counter: 40 });
      for (const [index, code] of codes.entries()) {
        assert.equal(await after(judge(held, code)), 42 + index);
        held = { ...held, counter: 42 + index };
      }
    }
  });
});

/** A token and two counters of one window at which it shows the same code. */
function twice(): { token: Token; at: readonly [number, number] } {
  for (let counter = 0; counter < 1_000_000; counter += 1) {
    const held = token({ counter });
    const codes = Array.from({ length: 11 }, (_, ahead) => shown(held, counter + ahead));
    const again = codes.lastIndexOf(codes[0] ?? '');
    if (again > 0) return { token: held, at: [counter, counter + again] };
  }
  return assert.fail('no such token');
}

describe('enrolling a token', () => {
  const given = testGiven();
  const name = (serial: string) => hotp.finishEnrolment(given, {}, serial);

  it('ENR-04: the serial number leads to a code, and the code to a factor that is named after it', async () => {
    const more = await name('T-1');
    assert.ok(more.is === 'more' && more.question.prompt.ask === 'code' && more.question.prompt.length === 6);
    const verdict = await hotp.finishEnrolment(given, more.question.pending, '755224');
    assert.ok(verdict.is === 'ok');
    assert.deepEqual([hotp.label?.(verdict.data), hotp.lookup?.(verdict.data)], ['Token T-1', 'T-1']);
    assert.equal((verdict.data as Token).counter, 1);
  });

  it('OATH-11: nothing that is shown or kept while it is enrolled holds its seed', async () => {
    const more = await name('T-1');
    assert.ok(more.is === 'more');
    assert.equal(JSON.stringify(more).includes(seed), false);
  });

  it('OATH-17: a token that is not free any more leads nowhere, though its code is right', async () => {
    const more = await name('T-1');
    assert.ok(more.is === 'more');
    const gone = testGiven({ tokens: [] });
    const verdict = await hotp.finishEnrolment(gone, more.question.pending, '755224');
    assert.deepEqual(verdict, { is: 'refused', why: 'no-such-token' });
    assert.deepEqual(await name('T-9'), verdict);
  });
});
