/** Anybody with two accounts keeps a number from being added for a day. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse } from '../../house.ts';
import { enterPassword, register } from '../../people.ts';
import { newNumber } from './phones.ts';

test('RATE-04 what strangers send to a number does not keep its owner from adding it', async () => {
  await using house = await openHouse();
  const number = newNumber();
  for (let stranger = 0; stranger < 2; stranger += 1) {
    const eve = await register(house, 'nothing');
    for (let turn = 0; turn < 5; turn += 1) {
      const { body: flow } = await eve.browser.start('enrolment', { kind: 'sms' });
      await eve.browser.answer(flow, { value: number });
    }
    house.clock.advance(11 * 60_000);
  }
  house.clock.advance(60 * 60_000);
  const ada = await register(house, 'nothing');
  const elsewhere = house.browser({ address: '203.0.113.77' });
  await enterPassword(elsewhere, ada);
  const { body: flow } = await elsewhere.start('enrolment', { kind: 'sms' });
  const filled = await elsewhere.answer(flow, { value: number });
  assert.equal(filled.status, 200, filled.text);
});
