/** What an approval is worth: by the digits that were typed, in each profile, at sign-in, step-up and recovery. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, remove } from '../../account.ts';
import type { Browser } from '../../browser.ts';
import { type House, type HouseOptions, openHouse } from '../../house.ts';
import { asked, register, stepUp } from '../../people.ts';
import { told } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { askPhone, numberIn, pairPhone, signInByPhone, withPhone } from './phones.ts';

const minute = 60_000;

const sessionOf = async (browser: Browser) =>
  (await browser.get<{ id: string; level: string }>('/api/v1/account/sessions/current')).body;

/** What the session says was proved, which tokens and connected applications are told (RFC 8176). */
async function methodsOf(house: House, browser: Browser): Promise<string[]> {
  const { id } = await sessionOf(browser);
  const { amr } = await house.database.all.k
    .selectFrom('sessions')
    .select('amr')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return (JSON.parse(amr) as string[]).toSorted();
}

/** How strong the kind is offered as. */
async function offeredIn(house: House): Promise<string | undefined> {
  const ada = await register(house, 'totp');
  const { body } = await ada.browser.start('enrolment');
  return asked(body, 'offer').kinds.find(({ kind }) => kind === 'push')?.level;
}

const profiles: Record<string, [options: HouseOptions['options'], digits: number, level: string]> = {
  balanced: [{}, 2, 'two-step'],
  'balanced with six digits': [{ SECONDLOCK_PUSH_DIGITS: '6' }, 6, 'aal2'],
  nist: [{ SECONDLOCK_PROFILE: 'nist' }, 6, 'aal2'],
  pci: [{ SECONDLOCK_PROFILE: 'pci' }, 6, 'aal2'],
  'nist, told two digits': [{ SECONDLOCK_PROFILE: 'nist', SECONDLOCK_PUSH_DIGITS: '2' }, 6, 'aal2'],
};

for (const [name, [options, digits, level]] of Object.entries(profiles)) {
  test(`PUSH-02 ${name}: ${digits} digits are typed, and the sign-in is ${level} and no more`, async () => {
    await using house = await openHouse({ ...(options ? { options } : {}) });
    const ada = await withPhone(house);
    const browser = house.browser();
    const { flow, number } = await askPhone(house, ada, browser);
    assert.equal(number.length, digits);
    assert.equal((await ada.phone.request()).digits, digits);
    await ada.phone.approve(number);
    assert.equal((await browser.answer(flow, {})).body.session?.level, level);
    assert.equal((await sessionOf(browser)).level, level);
    const methods = digits === 6 ? ['mca', 'mfa', 'pwd', 'swk'] : ['pwd', 'swk'];
    assert.deepEqual(await methodsOf(house, browser), methods);
    assert.equal((await factorOf(browser, 'push')).level, level);
    assert.equal(await offeredIn(house), level);
  });
}

test('PUSH-02 a phone that was paired for two digits reaches aal2 with its first six, and six are asked from then on', async () => {
  await using house = await openHouse();
  await using stricter = await openHouse({ like: house, options: { SECONDLOCK_PUSH_DIGITS: '6' } });
  const ada = await withPhone(house);
  house.clock.advance(6 * minute);
  const { browser, flow, number } = await askPhone(stricter, ada, stricter.browser());
  assert.equal(number.length, 6);
  await ada.phone.approve(number);
  assert.equal((await browser.answer(flow, {})).body.session?.level, 'aal2');
  assert.equal((await factorOf(browser, 'push')).level, 'aal2');
});

inHouse('an approval with two digits', (house) => {
  test('SES-11 STEP-01 steps up a session that has nothing stronger, under a new id, for its own purpose', async () => {
    const ada = await withPhone(house());
    const before = await sessionOf(ada.browser);
    const old = new Map(ada.browser.cookies);
    house().clock.advance(11 * minute);
    assert.equal((await ada.browser.start('enrolment')).body.code, 'step-up-required');
    const { body: flow } = await ada.browser.start('step-up', { action: 'send-campaign' });
    const number = numberIn(flow);
    assert.equal((await ada.phone.request()).purpose, 'step-up');
    await ada.phone.approve(number);
    const events = await told(house(), async () => {
      assert.equal((await ada.browser.answer(flow, {})).body.done, true);
    });
    assert.deepEqual(events.find(({ type }) => type === 'step-up.proved')?.details, { for: 'send-campaign' });
    assert.notEqual((await sessionOf(ada.browser)).id, before.id);
    const stale = house().browser();
    for (const [name, value] of old) stale.cookies.set(name, value);
    assert.equal((await stale.get('/api/v1/account')).status, 401, 'SES-01: the old one is dead');
    assert.equal((await ada.browser.start('enrolment')).status, 200);
  });

  test('SES-11 does not open what the app guards: the session stays as strong as it was and no fresher', async () => {
    const ada = await register(house());
    const phone = await pairPhone(house(), ada);
    house().clock.advance(11 * minute);
    const { id } = await factorOf(ada.browser, 'push');
    const { body: flow } = await ada.browser.start('step-up');
    const shown = await ada.browser.answer(flow, { choose: id });
    await phone.approve(numberIn(shown.body));
    assert.equal((await ada.browser.answer(flow, {})).body.done, true);
    const refused = await remove(ada.browser, id);
    assert.deepEqual([refused.status, refused.body.code, refused.body.level], [403, 'step-up-required', 'aal2']);
    const high = await ada.browser.start('step-up', { level: 'aal2' });
    const ways = asked(high.body, 'code').others.map(({ kind }) => kind);
    assert.ok(!ways.includes('push'), 'it is not even asked where aal2 is wanted');
    await stepUp(ada.browser, ada);
    assert.ok((await remove(ada.browser, id)).status < 300);
  });

  test('STEP-02 STEP-03 an approval of the sign-in is none for a step-up, and freshness is the server’s', async () => {
    const ada = await withPhone(house());
    const browser = house().browser();
    const { flow, number } = await askPhone(house(), ada, browser);
    const { id: request } = await ada.phone.request();
    await ada.phone.approve(number);
    await browser.answer(flow, {});
    house().clock.advance(11 * minute);
    const { body: step } = await browser.start('step-up');
    numberIn(step);
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'over');
    assert.equal((await browser.answer(step, {})).body.done, false);
    assert.equal((await browser.answer(step, { stepUp: true })).status, 400);
    assert.equal((await browser.start('enrolment', { stepUp: true })).body.code, 'step-up-required');
  });

  test('REC-01 is the second channel of a recovery, and its request says that it is one', async () => {
    const ada = await withPhone(house());
    const browser = house().browser();
    const { body: flow } = await browser.start('recovery', { identifier: ada.address });
    assert.deepEqual(await ada.phone.waiting(), [], 'before the mailbox is proved nobody is asked');
    const next = await browser.answer(flow, { code: await house().codeFor(ada.address) });
    const number = numberIn(next.body);
    assert.equal((await ada.phone.request()).purpose, 'recovery');
    assert.equal((await browser.answer(flow, { password: 'crimson lantern over harbour' })).status, 400);
    await ada.phone.approve(number);
    asked((await browser.answer(flow, {})).body, 'new-password');
    const done = await browser.answer(flow, { password: 'crimson lantern over harbour' });
    assert.deepEqual([done.body.done, done.body.session], [true, undefined]);
    ada.password = 'crimson lantern over harbour';
    house().clock.advance(6 * minute);
    await signInByPhone(house(), ada);
  });
});
