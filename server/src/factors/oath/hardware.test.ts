/** Hardware tokens that go by the clock, and what they share with those that count. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { newYear, testGiven } from '../../../test/given.ts';
import { hotp } from './hotp.ts';
import { type Algorithm, hotp as codeOf, stepAt } from './oath.ts';
import { totp } from './totp.ts';

interface Token {
  readonly serial: string;
  readonly secret: string;
  readonly algorithm: Algorithm;
  readonly digits: 6 | 7 | 8 | 9;
  readonly period: 30 | 60;
  readonly lastStep: number;
  readonly drift: number;
  readonly offset?: number;
  readonly startsAt?: number;
  readonly expiresAt?: number;
}

const token = (change: Partial<Token> = {}): Token => ({
  serial: 'C-1',
  secret: Buffer.from('12345678901234567890').toString('base64'),
  algorithm: 'SHA1',
  digits: 6,
  period: 30,
  lastStep: -1,
  drift: 0,
  ...change,
});

/** What the token shows, `steps` away from the server's clock. */
const shown = (held: Token, now: number, steps = 0): string =>
  codeOf({ ...held, secret: Buffer.from(held.secret, 'base64') }, stepAt(now, held.period) + steps);

const judge = (held: Token, answer: string, now = newYear) => totp.checkAnswer(testGiven({ now }), {}, held, answer);

/** Two codes that follow each other, the first `steps` away from the server's clock. */
async function resynchronise(held: Token, steps: number, between = 1, now = newYear) {
  const codes = [shown(held, now, steps), shown(held, now, steps + between)] as const;
  return (await totp.resynchronise?.({ now }, held, codes)) ?? assert.fail();
}

describe('hardware tokens that go by the clock', () => {
  it('OATH-04: a token of sixty seconds has a window of one step too', async () => {
    const held = token({ period: 60 });
    for (const steps of [-1, 0, 1]) assert.equal((await judge(held, shown(held, newYear, steps))).is, 'ok');
    for (const steps of [-2, 2]) assert.equal((await judge(held, shown(held, newYear, steps))).is, 'wrong');
  });

  it('OATH-04: seven and nine digits too', async () => {
    for (const digits of [7, 9] as const) {
      const held = token({ digits, secret: randomBytes(20).toString('base64') });
      assert.equal((await judge(held, shown(held, newYear))).is, 'ok');
      assert.equal((await judge(held, shown(held, newYear).slice(1))).is, 'wrong');
    }
  });

  it('OATH-07: ten steps away it is denied until two consecutive codes tell where it is', async () => {
    for (const away of [10, -10, 119]) {
      const held = token();
      assert.equal((await judge(held, shown(held, newYear, away))).is, 'wrong');
      const verdict = await resynchronise(held, away);
      assert.ok(verdict.is === 'ok', `${away}`);
      const kept = totp.data.parse(verdict.data) as Token;
      const now = newYear + 10 * 30_000;
      assert.equal((await judge(kept, shown(held, now, away + 1), now)).is, 'ok', 'where it is now');
      assert.equal((await judge(kept, shown(held, now, away), now)).is, 'ok');
      assert.equal((await judge(kept, shown(held, now), now)).is, 'wrong', 'and no longer where it was not');
    }
  });

  it('OATH-07: drift goes on from there, and is bounded there', async () => {
    const verdict = await resynchronise(token(), 40);
    assert.ok(verdict.is === 'ok');
    let held = verdict.data as Token;
    let now = newYear;
    for (let turn = 0; turn < 8; turn += 1) {
      now += 10 * 30_000;
      const next = await judge(held, shown(held, now, 42), now);
      assert.ok(next.is === 'ok');
      held = next.data as Token;
    }
    assert.equal((await judge(held, shown(held, now + 300_000, 44), now + 300_000)).is, 'wrong');
    assert.equal((await judge(held, shown(held, now + 300_000, 43), now + 300_000)).is, 'ok');
    const further = await resynchronise(held, 150, 1, now);
    assert.equal(further.is, 'ok', 'an old clock goes on, and is found again from where it was');
  });

  it('OATH-07: codes that do not follow each other, are dead, or lie beyond the bound find nothing', async () => {
    for (const [steps, between] of [
      [10, 2],
      [10, 0],
      [10, -1],
      [121, 1],
      [-122, 1],
    ] as const) {
      assert.equal((await resynchronise(token(), steps, between)).is, 'wrong', `${steps} ${between}`);
    }
    const used = token({ lastStep: stepAt(newYear, 30) + 10 });
    assert.equal((await resynchronise(used, 10)).is, 'wrong', 'the first is dead');
    assert.equal((await resynchronise(used, 11)).is, 'ok');
    const verdict = await resynchronise(token(), 10);
    assert.ok(verdict.is === 'ok');
    const kept = verdict.data as Token;
    for (const steps of [10, 11]) assert.equal((await judge(kept, shown(kept, newYear, steps))).is, 'replayed');
  });
});

describe('the dates of a token', () => {
  const counting = { secret: token().secret, algorithm: 'SHA1', digits: 6, counter: 0 };

  it('ENR-10: past its date a token is denied as expired, and before its date as well', async () => {
    for (const [now, is] of [
      [newYear - 1, 'expired'],
      [newYear, 'ok'],
      [newYear + 59_999, 'ok'],
      [newYear + 60_000, 'expired'],
    ] as const) {
      const dates = { startsAt: newYear, expiresAt: newYear + 60_000 };
      const held = token(dates);
      assert.equal((await judge(held, shown(held, now), now)).is, is);
      assert.equal((await resynchronise(held, 0, 1, now)).is, is);
      const given = testGiven({ now });
      assert.equal((await hotp.checkAnswer(given, {}, { ...counting, ...dates }, '755224')).is, is);
      const verdict = await hotp.resynchronise?.(given, { ...counting, ...dates }, ['755224', '287082']);
      assert.equal(verdict?.is, is);
      assert.equal(totp.isOver?.(held, now), is === 'expired');
    }
  });
});

describe('enrolling a token, whichever way it counts', () => {
  const store = [{ serial: 'C-1', kind: 'totp', data: token({ digits: 8 }) }];
  const given = testGiven({ tokens: store });

  it('ENR-04: the serial number of a token that goes by the clock leads to its own kind', async () => {
    const more = await hotp.finishEnrolment(given, {}, 'C-1');
    assert.ok(more.is === 'more' && more.question.prompt.ask === 'code');
    assert.deepEqual([more.kind, more.question.prompt.length], ['totp', 8]);
    const pending = totp.enrolling.parse(more.question.pending);
    const verdict = await totp.finishEnrolment(given, pending, shown(token({ digits: 8 }), newYear));
    assert.ok(verdict.is === 'ok');
    assert.equal(totp.label?.(verdict.data), 'Token C-1');
    assert.equal(totp.token?.(verdict.data), 'C-1');
    assert.equal((await totp.finishEnrolment(given, pending, '00000000')).is, 'wrong');
  });

  it('OATH-11: no seed is in what the enrolment remembers', async () => {
    const more = await hotp.finishEnrolment(given, {}, 'C-1');
    assert.ok(more.is === 'more');
    assert.deepEqual(more.question.pending, { serial: 'C-1' });
  });

  it('OATH-17: a token that is gone meanwhile, or of another kind, is none', async () => {
    const none = { is: 'refused', why: 'no-such-token' };
    assert.deepEqual(await totp.finishEnrolment(testGiven({ tokens: [] }), { serial: 'C-1' }, '00000000'), none);
    assert.deepEqual(await totp.finishEnrolment(testGiven(), { serial: 'T-1' }, '755224'), none);
    assert.deepEqual(await hotp.finishEnrolment(given, { serial: 'C-1' }, '755224'), none);
  });

  it('ENR-10: a token that is past its date cannot be enrolled', async () => {
    const old = testGiven({ tokens: [{ serial: 'C-1', kind: 'totp', data: token({ expiresAt: newYear }) }] });
    assert.deepEqual(await hotp.finishEnrolment(old, {}, 'C-1'), { is: 'refused', why: 'no-such-token' });
  });
});
