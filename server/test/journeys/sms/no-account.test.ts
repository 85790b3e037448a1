/** The operator has removed what sends text messages: what cannot come is not asked for, and a doubt is a no. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Listed } from '../../account.ts';
import type { Browser } from '../../browser.ts';
import { type DatabaseName, databases, type House, openHouse } from '../../house.ts';
import { asked, enterPassword, type Person, register, signIn } from '../../people.ts';
import { told } from '../../records.ts';
import { addPhone, askedByText, fillIn, textsTo, withPhone } from './phones.ts';

const empty = { ask: 'choose', about: 'proof', options: [] };

/** A house, and the same one started again without an account for SMS. */
async function twoHouses(t: TestContext, on: DatabaseName = 'sqlite') {
  const house = await openHouse({ on });
  t.after(() => house[Symbol.asyncDispose]());
  const after = async (smsFor?: readonly string[]): Promise<House> => {
    const again = await openHouse({ like: house, smsFor: smsFor ?? [] });
    t.after(() => again.outbox.stop());
    return again;
  };
  return { house, after };
}

const dropCodes = ({ database }: House) => database.all.k.deleteFrom('factors').where('use', '=', 'recovery').execute();

/** The same person's browser, at the server that was started again. */
function sameBrowser(house: House, { browser }: Person): Browser {
  const same = house.browser();
  for (const [name, value] of browser.cookies) same.cookies.set(name, value);
  return same;
}

for (const on of databases) {
  test(`ENR-04 FLOW-07 a number is the only factor and nothing can be texted: no session, and the other ways, on ${on}`, async (t) => {
    const { house, after } = await twoHouses(t, on);
    const ada = await withPhone(house);
    const again = await after();
    const browser = again.browser();
    let flow = await enterPassword(browser, ada);
    const events = await told(again, async () => {
      flow = await enterPassword(browser, ada);
    });
    assert.equal(flow.refused?.code, 'unavailable', 'a clear answer');
    assert.ok(events.some(({ type, details }) => type === 'factor.unavailable' && details.kind === 'sms'));
    const next = asked(flow, 'code');
    assert.deepEqual([next.kind, next.others.map(({ kind }) => kind)], ['backup-codes', ['paper-key']]);
    assert.equal(again.texts.length, 1, 'the one of the enrolment');
    assert.equal((await browser.answer(flow, { code: ada.codes[0] })).body.done, true);
  });
}

test('FLOW-07 with nothing but the number the password alone opens nothing, at sign-in, step-up or recovery', async (t) => {
  const { house, after } = await twoHouses(t);
  const ada = await withPhone(house);
  await dropCodes(house);
  const again = await after();
  const browser = again.browser();
  const flow = await enterPassword(browser, ada);
  assert.deepEqual([flow.refused?.code, flow.prompt, flow.done], ['unavailable', empty, false]);
  assert.deepEqual((await browser.get<typeof flow>(`/api/v1/flows/${flow.id}`)).body.prompt, empty);
  for (const answer of [{ code: '000000' }, { resend: true }, { accept: false }, {}]) {
    const { body } = await browser.answer(flow, answer);
    assert.notEqual(body.done, true, JSON.stringify(answer));
  }
  assert.equal((await browser.get('/api/v1/account')).status, 401);

  const signedIn = sameBrowser(again, ada);
  const { body: proof } = await signedIn.start('step-up');
  assert.deepEqual([proof.refused?.code, proof.prompt], ['unavailable', empty]);

  const forgetful = again.browser();
  const { body: lost } = await forgetful.start('recovery', { identifier: ada.address });
  const { body: confirmed } = await forgetful.answer(lost, { code: await again.codeFor(ada.address) });
  assert.deepEqual([confirmed.refused?.code, confirmed.prompt], ['unavailable', empty]);
  const password = await forgetful.answer(lost, { password: 'another violet anchor drifts' });
  assert.notEqual(password.status, 200, password.text);
});

test('ENR-04 beside an app the number is neither asked nor among the other ways, and the app asks no differently', async (t) => {
  const { house, after } = await twoHouses(t);
  const ada = await register(house);
  const { id } = await addPhone(house, ada);
  const again = await after();
  const browser = again.browser();
  const flow = await enterPassword(browser, ada);
  const prompt = asked(flow, 'code');
  assert.deepEqual([prompt.kind, flow.refused], ['totp', undefined]);
  assert.deepEqual(
    prompt.others.map(({ kind }) => kind),
    ['backup-codes', 'paper-key'],
  );
  assert.equal((await browser.answer(flow, { choose: id })).status, 400);
  assert.equal((await signIn(browser, ada)).done, true);
  const { body } = await sameBrowser(again, ada).get<{ factors: Listed[]; kinds: { kind: string }[] }>(
    '/api/v1/account/factors',
  );
  assert.equal(body.factors.find((factor) => factor.id === id)?.unavailable, true);
  assert.ok(!body.kinds.some(({ kind }) => kind === 'sms'));
});

test('ENR-04 a number that no account serves any more is not texted, and cannot be added', async (t) => {
  const { house, after } = await twoHouses(t);
  const ada = await withPhone(house);
  const before = await textsTo(house, ada.number);
  const again = await after(['+49']);
  const browser = again.browser();
  const flow = await enterPassword(browser, ada);
  assert.deepEqual([flow.refused?.code, asked(flow, 'code').kind], ['unavailable', 'backup-codes']);
  assert.equal(await textsTo(again, ada.number), before);
  const bob = await register(again, 'nothing');
  const events = await told(again, async () => {
    assert.equal((await fillIn(bob.browser, '+12025550199')).refused?.code, 'number-not-allowed');
  });
  assert.deepEqual(events.find(({ type }) => type === 'sending.refused')?.details, {
    channel: 'sms',
    reason: 'no-account',
  });
  const back = await after(['+1']);
  const { browser: here, flow: texted, code } = await askedByText(back, ada, ada.number);
  assert.equal((await here.answer(texted, { code })).body.done, true, 'and works again with an account');
});
