/** A counter at the end of what a number holds is taken in, and the first code ends the account page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse } from '../house.ts';
import { asked, keepIn, register } from '../people.ts';
import { Desk, newDevice } from './desk.ts';

test('OATH-15 a token whose counter has no room left is refused at import, and breaks no account', async () => {
  await using house = await openHouse();
  const desk = await Desk.open(house);
  const last = Number.MAX_SAFE_INTEGER;
  const device = newDevice({ counter: last });
  const { pskcOf } = await import('./desk.ts');
  const { body: done } = await desk.import(pskcOf([device]));
  if (done.imported === 0) return;
  const ada = await register(house, 'nothing');
  const { body: flow } = await ada.browser.start('enrolment', { kind: 'hotp' });
  asked((await ada.browser.answer(flow, { value: device.serial })).body, 'code');
  const added = await ada.browser.answer(flow, { code: device.at(last) });
  if (added.body.prompt?.ask === 'keep') {
    keepIn(ada, added.body);
    await ada.browser.answer(flow, { kept: true });
  }
  const listed = await ada.browser.get('/api/v1/account/factors');
  assert.equal(listed.status, 200, `${added.text} ${listed.text}`);
});
