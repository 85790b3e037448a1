import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type GivenOptions, newYear, testGiven } from '../../test/given.ts';
import { systemRandom } from '../security/random.ts';
import { email, mailboxChannel } from './email.ts';
import { maskAddress } from './mask.ts';

const data = { address: 'anna.berg@example.org' };
const given = (options: GivenOptions = {}) => testGiven({ settings: email.settings.parse({}), ...options });

async function asked(options: GivenOptions = {}) {
  const question = await email.beginChallenge(given(options), data);
  return { ...question, code: question.send?.parameters.code ?? '' };
}

describe('codes by e-mail', () => {
  it('OTP-01: 20,000 codes are uniform in every place, keep their zeros, and are accepted as typed', async () => {
    const asking = given({ random: systemRandom });
    const counts = Array.from({ length: 6 }, () => new Array<number>(10).fill(0));
    let leadingZeros = 0;
    for (let turn = 0; turn < 20_000; turn++) {
      const { send, pending } = await email.beginChallenge(asking, data);
      const code = send?.parameters.code ?? '';
      assert.match(code, /^[0-9]{6}$/);
      for (const [place, digit] of [...code].entries()) {
        const row = counts[place];
        if (row) row[Number(digit)] = (row[Number(digit)] ?? 0) + 1;
      }
      if (!code.startsWith('0')) continue;
      leadingZeros += 1;
      assert.equal((await email.checkAnswer(asking, pending, data, code)).is, 'ok');
    }
    for (const row of counts) {
      const chiSquare = row.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
      // Nine degrees of freedom: a fair generator exceeds 55 once in ten million places.
      assert.ok(chiSquare < 55, `chi-square ${chiSquare}`);
    }
    assert.ok(leadingZeros > 1750 && leadingZeros < 2250, `${leadingZeros} of 20,000 begin with 0`);
  });

  it('OTP-01: fewer than six digits cannot be configured', () => {
    for (const length of [4, 5]) assert.equal(email.settings.safeParse({ length }).success, false);
    assert.deepEqual(email.settings.parse({}), { length: 6, lifetime: 300_000 });
  });

  it('OTP-01: a code is as long as its question was, whatever is configured by then', async () => {
    const { pending, code, prompt } = await asked({ settings: email.settings.parse({ length: 8 }) });
    assert.ok(prompt.ask === 'code' && prompt.length === 8 && code.length === 8);
    assert.equal((await email.checkAnswer(given(), pending, data, code)).is, 'ok');
  });

  it('OTP-02: more than ten minutes cannot be configured', () => {
    assert.equal(email.settings.safeParse({ lifetime: 600_000 }).success, true);
    assert.equal(email.settings.safeParse({ lifetime: 600_001 }).success, false);
  });

  it('OTP-04: another question has another code, and the first code is worth nothing for it', async () => {
    const [first, second] = [await asked({ challenge: 'first' }), await asked({ challenge: 'second' })];
    assert.notEqual(first.pending, second.pending);
    const verdict = await email.checkAnswer(given({ challenge: 'second' }), second.pending, data, first.code);
    assert.equal(verdict.is, first.code === second.code ? 'ok' : 'wrong');
  });

  it('OTP-07: a code is bound to purpose, challenge and destination', async () => {
    const { pending, code } = await asked();
    const elsewhere = [given({ purpose: 'recovery' }), given({ challenge: 'another' })];
    for (const other of elsewhere) assert.equal((await email.checkAnswer(other, pending, data, code)).is, 'wrong');
    const moved = { address: 'anna@example.net' };
    assert.equal((await email.checkAnswer(given(), pending, moved, code)).is, 'wrong');
    assert.equal((await email.checkAnswer(given(), pending, data, code)).is, 'ok');
  });

  it('OTP-07: the text says what the code is for', async () => {
    for (const purpose of ['sign-in', 'step-up', 'recovery'] as const) {
      const { send, code } = await asked({ purpose });
      assert.deepEqual(send, { channel: 'email', to: data.address, text: `code.${purpose}`, parameters: { code } });
    }
  });

  it('OTP-08: what is remembered of a code does not hold it', async () => {
    const { pending, code } = await asked();
    assert.ok(!JSON.stringify(pending).includes(code));
  });

  it('OTP-10: gaps and dashes are ignored, everything else must match exactly', async () => {
    const { pending, code } = await asked();
    const judge = async (typed: string) => (await email.checkAnswer(given(), pending, data, typed)).is;
    const [a, b] = [code.slice(0, 3), code.slice(3)];
    const gaps = [' ', '-', '\u00a0', '\u2009', '\u202f', '\u3000', '\u2010', '\u2011', '\u2013', '\u2014', '\u2212'];
    for (const gap of gaps) assert.equal(await judge(`${a}${gap}${b}`), 'ok', JSON.stringify(gap));
    assert.equal(await judge(`  ${[...code].join(' ')}\r\n`), 'ok');
    const others = [
      code.slice(1),
      `${code}0`,
      `${a}.${b}`,
      `${a},${b}`,
      `${a}_${b}`,
      `${code}x`,
      `#${code}`,
      code + ' '.repeat(200),
    ];
    for (const other of others) assert.equal(await judge(other), 'wrong', other);
  });

  it('OTP-10: every other number is wrong', async () => {
    const { pending, code } = await asked();
    const numbers = fc.integer({ min: 0, max: 999_999 }).map((number) => String(number).padStart(6, '0'));
    await fc.assert(
      fc.asyncProperty(numbers, async (typed) => {
        const verdict = await email.checkAnswer(given(), pending, data, typed);
        return verdict.is === (typed === code ? 'ok' : 'wrong');
      }),
      { numRuns: 500 },
    );
  });

  it('ENR-02: a confirmed address needs no further proof, and nothing else becomes a factor', async () => {
    assert.deepEqual(await email.beginEnrolment(given()), { done: data });
    await assert.rejects(email.beginEnrolment(given({ email: null })));
  });

  it('OOB-05: the mask shows two letters and the end, and not how long the address is', async () => {
    assert.equal(maskAddress('anna@example.org'), 'a•••@e•••.org');
    assert.equal(maskAddress('a@example.org'), maskAddress('annamaria@example.org'));
    assert.equal(maskAddress('🦊fox@mail.example.co.uk'), '🦊•••@m•••.uk');
    assert.equal(maskAddress('root@localhost'), 'r•••@l•••');
    assert.equal(maskAddress('"a@b"@example.org'), '"•••@e•••.org');
    assert.equal(maskAddress('anna@.org'), 'a•••@.•••');
    assert.equal(maskAddress(''), '•••');
    assert.equal((await asked()).prompt.ask === 'code' && email.hint(data), 'a•••@e•••.org');
  });

  it('FLOW-02: one mailbox is one channel, however its address is written', () => {
    assert.equal(mailboxChannel('Anna.Berg@Example.ORG'), 'mailbox:anna.berg@example.org');
    assert.equal(
      email.channel({ address: 'ANNA@example.org' }, 'f1'),
      email.channel({ address: 'anna@example.org' }, 'f2'),
    );
    assert.equal(mailboxChannel('jo\u0308rg@example.org'), mailboxChannel('j\u00f6rg@example.org'));
  });

  it('OTP-02: a code lives for as long as its question says', async () => {
    const { lifetime, pending, code } = await asked();
    assert.equal(lifetime, 300_000);
    assert.equal((await email.checkAnswer(given({ now: newYear + 300_000 }), pending, data, code)).is, 'expired');
  });
});
