/** Short codes: how long they live, how often they may be guessed, and what one code is worth elsewhere. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { readOptions } from '../../src/config.ts';
import type { FlowAnswer } from '../../src/flows/prompt.ts';
import type { Browser } from '../browser.ts';
import { databases, openHouse } from '../house.ts';
import { asked, choose, enterPassword, newAddress, type Person, register, signIn, stepUp } from '../people.ts';
import { cellsWith, dump } from '../records.ts';

const second = 1000;
const minute = 60 * second;

const lines: string[] = [];
const house = await openHouse({ log: (line) => lines.push(line) });
after(() => house[Symbol.asyncDispose]());

/** A fresh browser that stands before the code by mail, with the code that was sent. */
async function askedByMail(person: Person, browser: Browser = house.browser(), after = 10 * minute) {
  house.clock.advance(after);
  const flow = await enterPassword(browser, person);
  assert.equal(asked(flow, 'code').kind, 'email');
  return { browser, flow, code: await house.codeFor(person.address) };
}

/** Some other code of the same length. */
const other = (code: string, by = 1): string =>
  String((Number(code) + by) % 10 ** code.length).padStart(code.length, '0');

const verdict = async (browser: Browser, flow: FlowAnswer, code: string): Promise<string> => {
  const { status, body } = await browser.answer(flow, { code });
  if (status !== 200) return body.code;
  return body.refused?.code ?? 'accepted';
};

test('OTP-01 a code that begins with a zero is accepted as it was mailed, and lengths below six are refused', async () => {
  let zero: { browser: Browser; flow: FlowAnswer; code: string } | undefined;
  for (let turn = 0; turn < 200 && !zero; turn += 1) {
    house.clock.advance(minute);
    const [browser, address] = [house.browser(), newAddress()];
    const flow = (await browser.start('registration', { identifier: address })).body;
    const code = await house.codeFor(address);
    assert.match(code, /^\d{6}$/);
    if (code.startsWith('0')) zero = { browser, flow, code };
  }
  assert.ok(zero, 'one in ten begins with a zero');
  assert.equal(await verdict(zero.browser, zero.flow, String(Number(zero.code))), 'wrong');
  assert.equal(await verdict(zero.browser, zero.flow, zero.code), 'accepted');
  for (const SECONDLOCK_CODE_LENGTH of ['0', '4', '5']) {
    assert.throws(() => readOptions({}, { SECONDLOCK_CODE_LENGTH }), /SECONDLOCK_CODE_LENGTH/);
  }
});

test('OTP-02 a code is good for five minutes and not for longer; more than ten cannot be configured', async () => {
  const ada = await register(house, 'email');
  const inTime = await askedByMail(ada);
  house.clock.advance(5 * minute - second);
  assert.equal(await verdict(inTime.browser, inTime.flow, inTime.code), 'accepted');
  const late = await askedByMail(ada);
  house.clock.advance(5 * minute + second);
  assert.equal(await verdict(late.browser, late.flow, late.code), 'expired');
  const SECONDLOCK_CODE_LIFETIME = '601';
  assert.throws(() => readOptions({}, { SECONDLOCK_CODE_LIFETIME }), /SECONDLOCK_CODE_LIFETIME/);
});

for (const on of databases) {
  test(`OTP-03 a code is good once, for whatever is asked, on ${on}`, async () => {
    await using own = await openHouse({ on });
    const ada = await register(own);
    const browser = own.browser();
    await signIn(browser, ada);
    const used = ada.code();
    const again = await enterPassword(own.browser(), ada);
    assert.equal(again.done, false);
    for (const name of ['sign-in', 'step-up', 'password'] as const) {
      own.clock.advance(name === 'password' ? 11 * minute : 0);
      const from = name === 'sign-in' ? own.browser() : browser;
      const start = name === 'sign-in' ? { identifier: ada.address, password: ada.password } : {};
      let flow = (await from.start(name, start)).body;
      if (name === 'password') flow = (await from.answer(flow, { password: ada.password })).body;
      assert.equal(asked(flow, 'code').kind, 'totp', name);
      assert.notEqual(await verdict(from, flow, used), 'accepted', name);
    }
  });
}

test('OTP-04 asking again makes another code and kills the one before', async () => {
  const ada = await register(house, 'email');
  const { browser, flow, code } = await askedByMail(ada);
  const early = await browser.answer(flow, { resend: true });
  assert.deepEqual([early.body.refused?.code, early.body.refused?.retryAfter], ['limited', 30]);
  house.clock.advance(30 * second);
  const renewed = await browser.answer(flow, { resend: true });
  assert.equal(asked(renewed.body, 'code').resendAfter, 30);
  const next = await house.codeFor(ada.address);
  assert.notEqual(next, code);
  assert.equal(await verdict(browser, flow, code), 'wrong');
  assert.equal(await verdict(browser, flow, next), 'accepted');
});

test('OTP-05 five wrong answers kill the code and the sign-in', async () => {
  const ada = await register(house, 'email');
  const { browser, flow, code } = await askedByMail(ada);
  for (const left of [4, 3, 2, 1, 0]) {
    const { body } = await browser.answer(flow, { code: other(code, left + 1) });
    assert.deepEqual(body.refused, { code: 'wrong', attemptsLeft: left });
  }
  house.clock.advance(10 * second);
  assert.equal(await verdict(browser, flow, code), 'flow-over');
  assert.equal((await browser.get('/api/v1/account')).status, 401);
  const anew = await askedByMail(ada);
  assert.equal(await verdict(anew.browser, anew.flow, anew.code), 'accepted');
});

/** Guesses until the limits say to wait for long, four to a code; gives how many guesses were judged. */
async function guessesBefore(person: Person, renew: 'resend' | 'sign-in'): Promise<number> {
  const browser = house.browser();
  let { flow, code } = await askedByMail(person, browser);
  for (let judged = 0; judged < 30; ) {
    const answer = await browser.answer(flow, { code: other(code) });
    if (answer.status === 429) {
      if ((answer.body.retryAfter ?? 0) > 20 * 60) return judged;
      house.clock.advance((answer.body.retryAfter ?? 0) * second);
      continue;
    }
    assert.equal(answer.body.refused?.code, 'wrong', answer.text);
    judged += 1;
    if (judged % 4 !== 0) continue;
    house.clock.advance(30 * second);
    if (renew === 'resend') {
      assert.equal((await browser.answer(flow, { resend: true })).status, 200);
      code = await house.codeFor(person.address);
    } else ({ flow, code } = await askedByMail(person, browser));
  }
  return Number.POSITIVE_INFINITY;
}

test('OTP-06 neither another code nor another sign-in gives back the guesses that were made', async () => {
  for (const renew of ['resend', 'sign-in'] as const) {
    assert.equal(await guessesBefore(await register(house, 'email'), renew), 10, renew);
  }
});

test('OTP-07 a code is worth nothing for another purpose, flow or person, or after the address has changed', async () => {
  const ada = await register(house, 'email');
  const bob = await register(house, 'email');
  const recovering = house.browser();
  house.clock.advance(10 * minute);
  const recovery = (await recovering.start('recovery', { identifier: ada.address })).body;
  const recoveryCode = await house.codeFor(ada.address);
  const here = await askedByMail(ada, house.browser(), 0);
  const bobs = await askedByMail(bob, house.browser(), 0);
  const registering = house.browser();
  const address = newAddress();
  const registration = (await registering.start('registration', { identifier: address })).body;
  const codes = [recoveryCode, bobs.code, await house.codeFor(address)].filter((code) => code !== here.code);
  for (const code of codes) assert.equal(await verdict(here.browser, here.flow, code), 'wrong');
  assert.equal(await verdict(bobs.browser, bobs.flow, here.code), 'wrong');
  assert.notEqual(await verdict(recovering, recovery, here.code), 'accepted');
  assert.equal(await verdict(registering, registration, here.code), 'wrong');
  await changeAddress(ada, newAddress());
  assert.equal(await verdict(here.browser, here.flow, here.code), 'flow-over');
  assert.equal(await verdict(recovering, recovery, recoveryCode), 'flow-over');
});

/** Changes an address from the browser that is signed in. */
async function changeAddress(person: Person, to: string): Promise<void> {
  const { browser } = person;
  house.clock.advance(31 * second);
  const again = (await browser.start('step-up')).body;
  assert.equal(await verdict(browser, again, await house.codeFor(person.address)), 'accepted');
  const { body } = await browser.start('address', { value: to });
  assert.equal(await verdict(browser, body, await house.codeFor(to)), 'accepted');
}

test('OTP-08 OTP-09 no table, log line or answer holds a code, while it is good and after', async () => {
  const ada = await register(house, 'email');
  const { browser, flow, code } = await askedByMail(ada);
  const seen = [JSON.stringify(flow), (await browser.get(`/api/v1/flows/${flow.id}`)).text];
  assert.deepEqual(cellsWith(await dump(house), [code]), []);
  seen.push((await browser.answer(flow, { code: other(code) })).text);
  seen.push((await browser.answer(flow, { code })).text);
  await house.outbox.drain();
  const after = await dump(house);
  assert.deepEqual(cellsWith(after, [code]), []);
  const kept = after.filter(({ table, column }) => table === 'messages' && column === 'body');
  assert.ok(
    kept.every(({ value }) => value === ''),
    'what was sent keeps no body',
  );
  seen.push((await browser.get('/api/v1/account/activity')).text, ...lines);
  assert.ok(lines.length > 0);
  assert.deepEqual(
    seen.filter((text) => text.includes(code)),
    [],
  );
});

test('OTP-10 gaps and dashes in a typed code are ignored, everything else must match', async () => {
  const ada = await register(house, 'email');
  const ways = [
    (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`,
    (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`,
    (code: string) => ` ${code}\n`,
  ];
  for (const write of ways) {
    const { browser, flow, code } = await askedByMail(ada);
    for (const bad of [code.slice(1), `${code}0`, `${code}x`]) {
      assert.equal(await verdict(browser, flow, bad), 'wrong', bad);
    }
    assert.equal(await verdict(browser, flow, write(code)), 'accepted');
  }
});

test('OTP-03 the code that enrolled an app signs nobody in, and a code before it neither', async () => {
  const ada = await register(house);
  const flow = await enterPassword(house.browser(), ada);
  assert.equal(asked(flow, 'code').kind, 'totp');
  await stepUp(ada.browser, ada);
  const browser = house.browser();
  const again = await choose(browser, await enterPassword(browser, ada), 'backup-codes');
  assert.equal(await verdict(browser, again, ada.codes[0] ?? ''), 'accepted');
  const replay = await enterPassword(browser, ada);
  assert.equal(await verdict(browser, replay, ada.code()), 'replayed');
});
