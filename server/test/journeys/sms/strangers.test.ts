/** The ration of risk checks of one source is one for strangers and known browsers: strangers keep owners out. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openHouse } from '../../house.ts';
import { gateway } from '../../peers/gateway.ts';
import { asked, enterPassword, register } from '../../people.ts';
import { newNumber, withPhone } from './phones.ts';

test('RATE-04 what strangers of one network ask leaves an owner in a known browser their text messages', async (t: TestContext) => {
  const service = await gateway(t, { status: 200, text: JSON.stringify({ risk: 'none' }) });
  const house = await openHouse({
    options: {
      SECONDLOCK_SMS_RISK_URL: `${service.url}/risk`,
      SECONDLOCK_SMS_RISK_SECRET: 'thirty-two characters or more of it',
    },
  });
  t.after(() => house[Symbol.asyncDispose]());
  const ada = await withPhone(house);
  // Known from now on.
  const first = await enterPassword(ada.browser, ada);
  assert.equal((await ada.browser.answer(first, { code: await house.smsCodeFor(ada.number) })).body.done, true);
  house.clock.advance(11 * 60_000);
  assert.equal(asked(await enterPassword(ada.browser, ada), 'code').kind, 'sms');
  // Five accounts behind the same address; the quotas refuse most of what they ask, the ration counts all of it.
  for (let stranger = 0; stranger < 6; stranger += 1) {
    const eve = await register(house, 'nothing');
    for (let turn = 0; turn < 20; turn += 1) {
      const { body: flow } = await eve.browser.start('enrolment', { kind: 'sms' });
      await eve.browser.answer(flow, { value: newNumber() });
    }
  }
  const flow = await enterPassword(ada.browser, ada);
  assert.equal(asked(flow, 'code').kind, 'sms', JSON.stringify(flow.refused));
});
