import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GivenOptions, newYear, testGiven } from '../../../test/given.ts';
import type { Purpose } from '../factor.ts';
import { sms } from './sms.ts';

const data = { number: '+12025558318', country: 'US', callingCode: '1' };
const other = { number: '+491701234567', country: 'DE', callingCode: '49' };
const given = (options: GivenOptions & { readonly mine?: readonly unknown[] } = {}) => ({
  ...testGiven({ settings: sms.settings.parse({}), ...options }),
  ...(options.mine ? { mine: options.mine } : {}),
});

async function asked(options: GivenOptions = {}) {
  const question = await sms.beginChallenge(given(options), data);
  return { ...question, code: question.send?.parameters.code ?? '' };
}

/** Fills a number in and gives the question for its code. */
async function filled(number: string, options: GivenOptions = {}) {
  const begun = await sms.beginEnrolment(given(options));
  assert.ok('prompt' in begun);
  const more = await sms.finishEnrolment(given(options), begun.pending, number);
  assert.ok(more.is === 'more', JSON.stringify(more));
  return { ...more.question, code: more.question.send?.parameters.code ?? '' };
}

describe('codes by text message', () => {
  it('OOB-02 the notice comes before the number is typed', async () => {
    const begun = await sms.beginEnrolment(given());
    assert.ok('prompt' in begun);
    assert.deepEqual(begun.prompt, { ask: 'fill', what: 'phone', notice: 'sms' });
    assert.equal(begun.send, undefined);
  });

  it('ENR-02 a number becomes a factor with the code that was sent to it, and is kept as E.164', async () => {
    const question = await filled('+1 (202) 555-8318', { purpose: 'registration' });
    const { send, code, pending } = question;
    assert.deepEqual(send, {
      channel: 'sms',
      to: data.number,
      prefix: '1',
      text: 'sms.enrolment',
      parameters: { code },
    });
    assert.deepEqual(question.prompt, { ask: 'code', format: 'digits', length: 6, sentTo: '+1 ••• ••• 8318' });
    const purpose = { purpose: 'registration' } as const;
    assert.deepEqual(await sms.finishEnrolment(given(purpose), pending, code), { is: 'ok', data });
    assert.match(sms.channel(data, 'f1'), /^phone:[\w-]{43}$/);
    assert.equal(sms.channel(data, 'f1'), sms.channel({ ...data }, 'f2'), 'FLOW-02 one number is one channel');
    assert.equal(sms.hint(data), '+1 ••• ••• 8318');
  });

  it('OOB-02 a number that cannot be, that is not allowed, or that one has already is refused', async () => {
    const refused = async (typed: string, mine: readonly unknown[] = []) => {
      const verdict = await sms.finishEnrolment(given({ mine }), {}, typed);
      return verdict.is === 'refused' ? verdict.why : verdict.is;
    };
    assert.equal(await refused('no number'), 'not-a-number');
    assert.equal(await refused('+49 30 123456'), 'number-not-allowed');
    assert.equal(await refused('+1 202-555-8318', [other, data]), 'number-yours-already');
    assert.equal(await refused('+1 202-555-8318', [other]), 'more');
  });

  it('OTP-07 a code is bound to purpose, challenge and number', async () => {
    const { pending, code } = await asked();
    for (const elsewhere of [given({ purpose: 'recovery' }), given({ challenge: 'another' })]) {
      assert.equal((await sms.checkAnswer(elsewhere, pending, data, code)).is, 'wrong');
    }
    assert.equal((await sms.checkAnswer(given(), pending, other, code)).is, 'wrong');
    assert.deepEqual(await sms.checkAnswer(given(), pending, data, code), { is: 'ok', data });
  });

  it('OTP-07 the code for one number enrols no other', async () => {
    const [first, second] = [await filled(data.number), await filled(other.number)];
    const verdict = await sms.finishEnrolment(given(), second.pending, first.code);
    assert.equal(verdict.is, first.code === second.code ? 'ok' : 'wrong');
    const moved = { ...(first.pending as object), phone: other };
    assert.equal((await sms.finishEnrolment(given(), moved, first.code)).is, 'wrong');
  });

  it('OTP-07 the text says what the code is for', async () => {
    const purposes: readonly Purpose[] = [
      'registration',
      'sign-in',
      'step-up',
      'recovery',
      'enrolment',
      'address',
      'password',
    ];
    for (const purpose of purposes) assert.equal((await asked({ purpose })).send?.text, `sms.${purpose}`);
  });

  it('OTP-04 asking again makes another code for the same number, and the first is worth nothing for it', async () => {
    const first = await filled(data.number);
    const again = await sms.askAgain?.(given({ challenge: 'second' }), first.pending);
    assert.equal(again?.send?.to, data.number);
    const verdict = await sms.finishEnrolment(given({ challenge: 'second' }), again?.pending, first.code);
    assert.equal(verdict.is, first.code === again?.send?.parameters.code ? 'ok' : 'wrong');
    await assert.rejects(async () => sms.askAgain?.(given(), {}), /filled in/);
  });

  it('OTP-02 a code lives for five minutes unless told, ten at most', async () => {
    const { lifetime, pending, code } = await asked();
    assert.equal(lifetime, 300_000);
    const at = async (now: number) => (await sms.checkAnswer(given({ now }), pending, data, code)).is;
    assert.deepEqual([await at(newYear + 299_999), await at(newYear + 300_000)], ['ok', 'expired']);
    assert.equal(sms.settings.safeParse({ lifetime: 600_001 }).success, false);
  });

  it('OTP-08 what is remembered of a code does not hold it', async () => {
    for (const question of [await asked(), await filled(data.number)]) {
      assert.ok(!JSON.stringify(question.pending).includes(question.code));
    }
  });

  it('OTP-01 fewer than six digits cannot be configured', () => {
    for (const length of [4, 5]) assert.equal(sms.settings.safeParse({ length }).success, false);
  });

  it('OOB-02 it is on offer only where something can deliver it', () => {
    const offered = (settings: object) => sms.available?.(sms.settings.parse(settings));
    assert.deepEqual([offered({}), offered({ available: true })], [false, true]);
  });
});
