/** The risk check: what is known against a number is asked before each text message, and a doubt is a no. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { databases, type HouseOptions, openHouse } from '../../house.ts';
import { type Gateway, gateway } from '../../peers/gateway.ts';
import { asked, choose, enterPassword, register, signIn } from '../../people.ts';
import { told } from '../../records.ts';
import { addPhone, askedByText, fillIn, newNumber, textsTo, withPhone } from './phones.ts';

const second = 1000;
const minute = 60 * second;
const secret = 'thirty-two characters or more of it';
const risk = (word: string) => ({ status: 200, text: JSON.stringify({ risk: word }) });

/** A house whose numbers are checked, and the service that is asked. */
async function checked(t: TestContext, how: HouseOptions & { readonly doubt?: string } = {}) {
  const service: Gateway = await gateway(t, risk('none'));
  const house = await openHouse({
    ...how,
    options: {
      SECONDLOCK_SMS_RISK_URL: `${service.url}/risk`,
      SECONDLOCK_SMS_RISK_SECRET: secret,
      SECONDLOCK_SMS_RISK_DOUBT: how.doubt ?? 'refuse',
    },
  });
  t.after(() => house[Symbol.asyncDispose]());
  return { house, service };
}

for (const on of databases) {
  test(`OOB-08 a swapped SIM card gets no text message: another factor is asked, and the audit is told, on ${on}`, async (t) => {
    const { house, service } = await checked(t, { on });
    const ada = await withPhone(house);
    const before = await textsTo(house, ada.number);
    service.tell(risk('swapped'));
    const browser = house.browser();
    let flow = await enterPassword(browser, ada);
    const events = await told(house, async () => {
      flow = await enterPassword(browser, ada);
    });
    assert.equal(flow.refused?.code, 'unavailable');
    const next = asked(flow, 'code');
    assert.equal(next.kind, 'backup-codes');
    assert.ok(!next.others.some(({ kind }) => kind === 'sms'), 'not asked in this flow any more');
    const risky = events.find(({ type }) => type === 'sending.risky');
    assert.deepEqual(risky?.details, { channel: 'sms', why: 'swapped' });
    assert.equal(await textsTo(house, ada.number), before);
    assert.equal((await browser.answer(flow, { code: ada.codes[0] })).body.done, true);
  });
}

test('OOB-08 the check is asked for each message, signed, and knows number and person only', async (t) => {
  const { house, service } = await checked(t);
  const ada = await withPhone(house);
  const { browser, flow } = await askedByText(house, ada, ada.number);
  house.clock.advance(30 * second);
  await browser.answer(flow, { resend: true });
  assert.equal(service.asked.length, 3, 'enrolment, sign-in and asking again');
  const { body, headers } = service.asked[1] ?? assert.fail('asked');
  const { id } = (await ada.browser.get<{ id: string }>('/api/v1/account')).body;
  assert.deepEqual(JSON.parse(body), { number: ada.number, userId: id });
  const [, at, signature] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(headers['secondlock-signature'] ?? '') ?? [];
  assert.equal(createHmac('sha256', secret).update(`${at}.${body}`).digest('hex'), signature);
});

test('OOB-08 whoever chooses the number at risk, or asks for another code, is asked for the app again', async (t) => {
  const { house, service } = await checked(t);
  const ada = await register(house);
  const number = newNumber();
  await addPhone(house, ada, number);
  for (const when of ['choose', 'resend']) {
    service.tell(risk('none'));
    const browser = house.browser();
    let flow = await enterPassword(browser, ada);
    if (when === 'resend') flow = await choose(browser, flow, 'sms');
    service.tell(risk('ported'));
    house.clock.advance(30 * second);
    if (when === 'resend') flow = (await browser.answer(flow, { resend: true })).body;
    else flow = await choose(browser, flow, 'sms');
    assert.equal(flow.refused?.code, 'unavailable', when);
    const next = asked(flow, 'code');
    assert.deepEqual([next.kind, next.others.map(({ kind }) => kind)], ['totp', ['backup-codes', 'paper-key']], when);
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.done, true);
  }
});

test('OOB-08 where nothing else is left the flow says so, and opens nothing', async (t) => {
  const { house, service } = await checked(t);
  const ada = await withPhone(house);
  await house.database.all.k.deleteFrom('factors').where('use', '=', 'recovery').execute();
  service.tell(risk('voip'));
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  assert.deepEqual([flow.refused?.code, flow.prompt], ['unavailable', { ask: 'choose', about: 'proof', options: [] }]);
  const looked = (await browser.get<typeof flow>(`/api/v1/flows/${flow.id}`)).body;
  assert.deepEqual(looked.prompt, flow.prompt);
  for (const answer of [{ code: '000000' }, { resend: true }]) {
    assert.equal((await browser.answer(flow, answer)).body.code, 'flow-over');
  }
  assert.equal((await browser.answer(flow, { choose: 'sms' })).status, 400);
  service.tell(risk('none'));
  const again = await askedByText(house, ada, ada.number);
  assert.equal((await again.browser.answer(again.flow, { code: again.code })).body.done, true);
});

test('OOB-08 a number at risk cannot be added, nor gets it another code while it is', async (t) => {
  const { house, service } = await checked(t);
  const ada = await register(house, 'nothing');
  const [bad, good] = [newNumber(), newNumber()];
  service.tell(risk('voip'));
  const events = await told(house, async () => {
    const refused = await fillIn(ada.browser, bad);
    assert.equal(refused.refused?.code, 'number-not-allowed');
    asked(refused, 'fill');
  });
  assert.ok(events.some(({ type, details }) => type === 'sending.risky' && details.why === 'voip'));
  service.tell(risk('none'));
  const flow = await fillIn(ada.browser, good);
  asked(flow, 'code');
  service.tell(risk('swapped'));
  house.clock.advance(30 * second);
  assert.equal((await ada.browser.answer(flow, { resend: true })).body.refused?.code, 'number-not-allowed');
  assert.deepEqual([await textsTo(house, bad), await textsTo(house, good)], [0, 1]);
});

test('OOB-08 a doubt is a no: an error, an answer that cannot be read, and nobody there', async (t) => {
  const { house, service } = await checked(t);
  const ada = await withPhone(house);
  const answers = [
    { status: 500, text: '' },
    { status: 200, text: 'fine!' },
    risk('perhaps'),
    { status: 302, text: '', headers: { location: '/' } },
  ];
  for (const answer of answers) {
    service.tell(answer);
    const events = await told(house, async () => {
      assert.equal(asked(await enterPassword(house.browser(), ada), 'code').kind, 'backup-codes');
    });
    assert.ok(events.some(({ type, details }) => type === 'sending.risky' && details.why === 'unavailable'));
  }
});

test('OOB-08 a service that hangs delays a sign-in by two seconds at most', async (t) => {
  const { house, service } = await checked(t);
  const ada = await withPhone(house);
  service.tell('hang');
  const began = performance.now();
  assert.equal(asked(await enterPassword(house.browser(), ada), 'code').kind, 'backup-codes');
  const took = performance.now() - began;
  assert.ok(took > 1900 && took < 5000, `${took} ms`);
});

test('OOB-08 the operator may let messages go where the service does not answer', async (t) => {
  const { house, service } = await checked(t, { doubt: 'allow' });
  const ada = await withPhone(house);
  service.tell({ status: 503, text: '' });
  assert.equal(asked(await enterPassword(house.browser(), ada), 'code').kind, 'sms');
  service.tell(risk('swapped'));
  assert.equal(asked(await enterPassword(house.browser(), ada), 'code').kind, 'backup-codes');
});

test('OOB-08 checks are rationed, and whoever has used theirs up is a doubt', async (t) => {
  const { house, service } = await checked(t);
  const ada = await withPhone(house);
  service.tell(risk('ported'));
  const before = service.asked.length;
  for (let turn = 0; turn < 25; turn += 1) {
    assert.equal(asked(await enterPassword(house.browser(), ada), 'code').kind, 'backup-codes');
  }
  assert.equal(service.asked.length - before, 20);
  house.clock.advance(10 * minute);
  service.tell(risk('none'));
  assert.equal(asked(await enterPassword(house.browser(), ada), 'code').kind, 'sms');
});

test('OOB-08 the app is never held up by the check, and a wrong configuration stops the start', async (t) => {
  const { house, service } = await checked(t);
  const ada = await register(house);
  await addPhone(house, ada);
  service.tell('hang');
  assert.equal((await signIn(house.browser(), ada)).done, true);
  const starts = (options: HouseOptions['options']) => openHouse(options ? { options } : {});
  const url = 'https://risk.example.org/check';
  await assert.rejects(starts({ SECONDLOCK_SMS_RISK_URL: url }), /SECONDLOCK_SMS_RISK_SECRET/);
  await assert.rejects(starts({ SECONDLOCK_SMS_RISK_URL: url, SECONDLOCK_SMS_RISK_SECRET: 'short' }), /SECRET/);
  const plain = { SECONDLOCK_SMS_RISK_URL: 'http://risk.example.org', SECONDLOCK_SMS_RISK_SECRET: secret };
  await assert.rejects(starts(plain), /must be https/);
});
