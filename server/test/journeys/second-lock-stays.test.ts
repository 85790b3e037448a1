/** What an attacker tried, and what keeps holding: each of these once opened something or shut somebody out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse } from '../house.ts';
import { asked, enterPassword, goodPassword, register, setUpOwner } from '../people.ts';

const stranger = { address: '203.0.113.9' };
const tenMinutes = 10 * 60_000;

for (const profile of ['nist', 'pci', 'psd2']) {
  test(`ENR-01 REC-01 under ${profile} a stolen password binds no factor after a loss was reported`, async () => {
    await using house = await openHouse({ options: { SECONDLOCK_PROFILE: profile } });
    const ada = await register(house, 'totp');
    const { body } = await ada.browser.get<{ factors: { id: string; kind: string }[] }>('/api/v1/account/factors');
    const app = body.factors.find((factor) => factor.kind === 'totp');
    const lost = await ada.browser.call('POST', `/api/v1/account/factors/${app?.id}/lost`, {});
    assert.equal(lost.status, 204, lost.text);
    const thief = house.browser(stranger);
    const flow = await enterPassword(thief, ada);
    assert.equal(flow.step, 'confirm-address');
    assert.equal((await thief.answer(flow, { accept: 'totp' })).status, 400);
    const confirmed = await thief.answer(flow, { code: await house.codeFor(ada.address) });
    assert.equal(asked(confirmed.body, 'offer').skippable, false);
  });
}

test('FLOW-05 whoever turned a second factor on keeps needing one when the profile no longer allows it', async () => {
  await using house = await openHouse();
  const owner = await setUpOwner(house, 'email');
  const ada = await register(house, 'email');
  await using strict = await openHouse({ like: house, options: { SECONDLOCK_PROFILE: 'nist' } });
  house.clock.advance(2000);
  for (const person of [owner, ada]) {
    const flow = await enterPassword(strict.browser(stranger), person);
    assert.deepEqual([flow.done, flow.session, flow.step], [false, undefined, 'confirm-address']);
  }
});

test('REC-01 a mailbox with a domain of other letters is one mailbox, and no second proof of itself', async () => {
  await using house = await openHouse();
  const address = 'eva@bücher.example';
  const eva = await register(house, 'totp', address);
  const added = await eva.browser.start('enrolment');
  assert.equal((await eva.browser.answer(added.body, { accept: 'email' })).body.done, true);
  house.clock.advance(tenMinutes);
  const thief = house.browser(stranger);
  const { body: flow } = await thief.start('recovery', { identifier: address });
  const next = await thief.answer(flow, { code: await house.codeFor(address) });
  const ways = asked(next.body, 'code');
  assert.deepEqual([ways.kind, ...ways.others.map((way) => way.kind)], ['totp', 'backup-codes', 'paper-key']);
});

test('RATE-08 REC-06 a newer recovery ends the older one, whether or not the address has an account', async () => {
  await using house = await openHouse();
  const ada = await register(house, 'nothing');
  house.clock.advance(tenMinutes);
  const seen = async (address: string): Promise<unknown> => {
    const first = house.browser();
    const { body: flow } = await first.start('recovery', { identifier: address });
    await house.browser().start('recovery', { identifier: address });
    const state = await first.get<{ prompt: { resendAfter?: number } }>(`/api/v1/flows/${flow.id}`);
    const { body } = await first.answer(flow, { code: '000000' });
    return [state.body.prompt.resendAfter, body.refused];
  };
  assert.deepEqual(await seen(ada.address), await seen('nobody-here@example.org'));
});

test('RATE-07 OOB-07 nobody uses up the codes that an owner signs in with', async () => {
  await using house = await openHouse();
  const ada = await register(house, 'email');
  const mallory = await register(house, 'nothing');
  house.clock.advance(tenMinutes);
  const signUp = await mallory.browser.start('step-up');
  await mallory.browser.answer(signUp.body, { password: goodPassword });
  for (let i = 0; i < 8; i += 1) {
    await mallory.browser.start('address', { value: ada.address });
    await house.browser(stranger).start('recovery', { identifier: ada.address });
    await enterPassword(house.browser(stranger), ada);
  }
  const flow = await enterPassword(ada.browser, ada);
  const prompt = asked(flow, 'code');
  assert.ok(prompt.sentTo, 'a code was sent to the owner’s known browser');
  const done = await ada.browser.answer(flow, { code: await house.codeFor(ada.address) });
  assert.equal(done.body.done, true, done.text);
});

test('RATE-07 a right password whose code may not be sent now is no failure, and leads on', async () => {
  await using house = await openHouse();
  const ada = await register(house, 'email');
  house.clock.advance(tenMinutes);
  const browser = house.browser(stranger);
  const answers = [];
  for (let i = 0; i < 20; i += 1) answers.push(await enterPassword(house.browser(stranger), ada));
  const limited = answers.at(-1);
  assert.deepEqual([limited?.step, limited?.refused?.code], ['second-factor', 'limited']);
  house.clock.advance(tenMinutes);
  const flow = await enterPassword(browser, ada);
  assert.equal(asked(flow, 'code').kind, 'email');
});
