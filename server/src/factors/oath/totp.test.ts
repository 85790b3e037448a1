import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, it, mock } from 'node:test';
import fc from 'fast-check';
import { appCode, fromBase32, scanned } from '../../../test/authenticator.ts';
import { newYear, testGiven } from '../../../test/given.ts';
import { enrol } from '../../../test/holder.ts';
import { type Algorithm, algorithms, base32, hotp, seedBytes, stepAt } from './oath.ts';
import { totp } from './totp.ts';

interface Token {
  readonly secret: string;
  readonly algorithm: Algorithm;
  readonly digits: 6 | 8;
  readonly period: 30 | 60;
  readonly lastStep: number;
  readonly drift: number;
}

const step = 30_000;

function token(change: Partial<Token> = {}, seed = '12345678901234567890'): Token {
  const secret = Buffer.from(seed).toString('base64');
  return { secret, algorithm: 'SHA1', digits: 6, period: 30, lastStep: -1, drift: 0, ...change };
}

/** What the token shows, `steps` away from the server's clock. */
function codeOf(held: Token, now: number, steps = 0): string {
  const oath = { ...held, secret: Buffer.from(held.secret, 'base64') };
  return hotp(oath, stepAt(now, held.period) + steps);
}

const judge = (held: Token, answer: string, now = newYear) => totp.checkAnswer(testGiven({ now }), {}, held, answer);

/** Accepts a code and gives what is kept from then on. */
async function accepted(held: Token, answer: string, now = newYear): Promise<Token> {
  const verdict = await judge(held, answer, now);
  assert.ok(verdict.is === 'ok', `${answer} is accepted`);
  return verdict.data as Token;
}

/** RFC 6238 appendix B; the seeds are as long as the HMAC's output (erratum 2866). */
const vectors: readonly [seconds: number, ...codes: string[]][] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
];

describe('codes of an authenticator app', () => {
  for (const [column, algorithm] of algorithms.entries()) {
    for (const [seconds, ...codes] of vectors) {
      it(`OATH-01: accepts RFC 6238's ${algorithm} code at ${seconds}`, async () => {
        const seed = '1234567890'.repeat(7).slice(0, seedBytes[algorithm]);
        const fresh = token({ algorithm, digits: 8 }, seed);
        const kept = await accepted(fresh, codes[column] ?? '', seconds * 1000);
        assert.equal(kept.lastStep, Math.floor(seconds / 30));
      });
    }
  }

  it('OATH-01: works from the first step of 1970 on', async () => {
    const kept = await accepted(token(), '755224', 0);
    assert.equal(kept.lastStep, 0);
  });

  it('OATH-03: 100 seeds are as long as the HMAC, and none comes twice', async () => {
    for (const algorithm of algorithms) {
      const seeds = await Promise.all(Array.from({ length: 100 }, () => scanned({ settings: { algorithm } })));
      const secrets = seeds.map(({ uri }) => new URL(uri).searchParams.get('secret') ?? '');
      assert.equal(new Set(secrets).size, 100);
      for (const secret of secrets) assert.equal(fromBase32(secret).length, seedBytes[algorithm]);
    }
    assert.deepEqual(seedBytes, { SHA1: 20, SHA256: 32, SHA512: 64 });
  });

  it('OATH-03: a seed of ten bytes is refused', () => {
    assert.equal(totp.data.safeParse(token({}, '1234567890')).success, false);
    assert.equal(totp.data.safeParse(token({}, '1234567890123456')).success, true);
    assert.equal(totp.data.safeParse({ ...token(), secret: 'no base64!' }).success, false);
  });

  it('OATH-04: one step either side is accepted, two are not', async () => {
    for (const now of [newYear, newYear + 29_999]) {
      for (const steps of [-1, 0, 1]) assert.equal((await judge(token(), codeOf(token(), now, steps), now)).is, 'ok');
      for (const steps of [-3, -2, 2, 3]) {
        assert.equal((await judge(token(), codeOf(token(), now, steps), now)).is, 'wrong');
      }
    }
  });

  it('OATH-04: a token that was just enrolled has that window too, whatever its enrolment code was', async () => {
    for (const early of [-1, 0, 1]) {
      const { given, uri, pending } = await scanned();
      const verdict = await totp.finishEnrolment(given, pending, appCode(uri, newYear + early * step));
      assert.ok(verdict.is === 'ok');
      const now = newYear + 10 * step;
      for (const steps of [-2, -1, 0, 1, 2]) {
        const { is } = await judge(verdict.data as Token, appCode(uri, now + steps * step), now);
        assert.equal(is, Math.abs(steps) <= 1 ? 'ok' : 'wrong', `${steps} after ${early}`);
      }
    }
  });

  it('OATH-04: the step is 30 seconds, and 60 only in a stored token', async () => {
    assert.equal(totp.settings.safeParse({ period: 60 }).success, false);
    assert.equal(totp.settings.safeParse({ digits: 7 }).success, false);
    const slow = token({ period: 60 });
    assert.equal((await judge(slow, codeOf(slow, newYear))).is, 'ok');
    assert.equal(totp.data.safeParse({ ...slow, period: 90 }).success, false);
  });

  it('OATH-05: the accepted step and all before it are dead', async () => {
    const kept = await accepted(token(), codeOf(token(), newYear));
    for (const steps of [0, -1]) assert.equal((await judge(kept, codeOf(kept, newYear, steps))).is, 'replayed');
    const next = newYear + step;
    assert.equal((await judge(kept, codeOf(kept, newYear), next)).is, 'replayed');
    assert.equal((await judge(kept, codeOf(kept, next), next)).is, 'ok');
  });

  it('OATH-05: after a code from the step ahead, the present one is dead too', async () => {
    const kept = await accepted(token(), codeOf(token(), newYear, 1));
    for (const steps of [-1, 0, 1]) assert.equal((await judge(kept, codeOf(kept, newYear, steps))).is, 'replayed');
  });

  it('OATH-05: a code that two steps of the window share is good once', async () => {
    // Found by trying: at this step and at the next the token shows 963181.
    const at = 59_061_240 * step;
    const held = token();
    const kept = await accepted(held, codeOf(held, at), at);
    assert.equal(codeOf(held, at), codeOf(held, at, 1));
    const early = await accepted(held, codeOf(held, at), at - step);
    assert.equal((await judge(early, codeOf(held, at), at)).is, 'replayed');
    for (const now of [at, at + step, at + 2 * step]) {
      assert.notEqual((await judge(kept, codeOf(held, at), now)).is, 'ok');
    }
  });

  it('OATH-05: whatever is tried, accepted steps only rise and stay near the clock', async () => {
    const tries = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -4, max: 4 })), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(tries, async (all) => {
        let held = token();
        let now = newYear;
        for (const [passed, steps] of all) {
          now += passed * step;
          const verdict = await judge(held, codeOf(held, now, steps), now);
          if (verdict.is !== 'ok') continue;
          const kept = totp.data.parse(verdict.data) as Token;
          assert.ok(kept.lastStep > held.lastStep && Math.abs(kept.lastStep - stepAt(now, 30)) <= 2);
          held = kept;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('OATH-06: only the clock that was handed in counts, and no field of an answer', async () => {
    const early = codeOf(token(), newYear - 100 * step);
    mock.timers.enable({ apis: ['Date'], now: newYear - 100 * step });
    try {
      assert.equal((await judge(token(), early)).is, 'wrong');
      assert.equal((await judge(token(), codeOf(token(), newYear))).is, 'ok');
    } finally {
      mock.timers.reset();
    }
    assert.equal((await judge(token(), JSON.stringify({ code: early, now: newYear - 100 * step }))).is, 'wrong');
  });

  it('OATH-07: a clock that runs ahead is followed by one step and no further', async () => {
    let held = token();
    let now = newYear;
    for (let turn = 0; turn < 12; turn++, now += 10 * step) {
      assert.equal((await judge(held, codeOf(held, now, 2), now)).is, turn < 3 ? 'wrong' : 'ok', `after ${turn}`);
      held = await accepted(held, codeOf(held, now, 1), now);
    }
    assert.equal((await judge(held, codeOf(held, now, -1), now)).is, 'wrong');
    for (let turn = 0; turn < 20; turn++, now += 10 * step) held = await accepted(held, codeOf(held, now, 2), now);
    assert.ok(held.drift <= 1);
    for (const steps of [3, 10]) assert.equal((await judge(held, codeOf(held, now, steps), now)).is, 'wrong');
  });

  it('OATH-07: one code typed late moves no window, and a clock put right is followed back', async () => {
    const now = newYear + 10 * step;
    const late = await accepted(token(), codeOf(token(), newYear, -1));
    assert.equal((await judge(late, codeOf(late, now, 1), now)).is, 'ok');
    const ahead = token({ drift: 1 });
    const back = await accepted(await accepted(ahead, codeOf(ahead, newYear)), codeOf(ahead, now), now);
    const then = await accepted(back, codeOf(back, now + 10 * step), now + 10 * step);
    assert.equal((await judge(then, codeOf(then, now + 20 * step, -1), now + 20 * step)).is, 'ok');
  });

  it('OATH-13: each enrolment makes another seed, and the old app does not answer for the new one', async () => {
    const [old, renewed] = [await scanned(), await scanned()];
    assert.notEqual(old.secret, renewed.secret);
    const verdict = await totp.finishEnrolment(renewed.given, renewed.pending, appCode(renewed.uri, newYear));
    assert.ok(verdict.is === 'ok');
    const now = newYear + 2 * step;
    assert.equal((await judge(verdict.data as Token, appCode(old.uri, now), now)).is, 'wrong');
    assert.equal((await judge(verdict.data as Token, appCode(renewed.uri, now), now)).is, 'ok');
  });

  it('ENR-02: the code that ended the enrolment is spent', async () => {
    const given = testGiven({ settings: totp.settings.parse({}) });
    const { data } = await enrol(totp, given);
    assert.equal((await judge(data as Token, codeOf(data as Token, newYear))).is, 'replayed');
  });

  it('OTP-10: gaps are ignored, digits of other scripts are not digits', async () => {
    const code = codeOf(token(), newYear);
    const gapped = `${code.slice(0, 3)} ${code.slice(3)}\n`;
    assert.equal((await judge(token(), gapped)).is, 'ok');
    const arabic = [...code].map((digit) => String.fromCharCode(0x660 + Number(digit))).join('');
    for (const other of [arabic, code.slice(1), `${code}0`, `${code}.`]) {
      assert.equal((await judge(token(), other)).is, 'wrong');
    }
  });
});

describe('an independent judge, oathtool', () => {
  for (const algorithm of algorithms) {
    for (const digits of [6, 8] as const) {
      it(`OATH-01: its ${digits} digits by ${algorithm} are accepted at any time`, async () => {
        for (let turn = 0; turn < 8; turn++) {
          const secret = randomBytes(seedBytes[algorithm]);
          const seconds = turn === 0 ? 20_000_000_000 : randomBytes(4).readUInt32BE();
          const flags = [`--totp=${algorithm}`, '-d', String(digits), '-b', '--now', `@${seconds}`, base32(secret)];
          const code = execFileSync('oathtool', flags, { encoding: 'utf8' }).trim();
          const held = token({ algorithm, digits, secret: secret.toString('base64') });
          await accepted(held, code, seconds * 1000);
        }
      });
    }
  }
});
