import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse } from '../house.ts';
import { asked, keepIn, register } from '../people.ts';
import { Desk, newDevice } from './desk.ts';

test('OATH-11 revoking a token that somebody has destroys its seed', async () => {
  await using house = await openHouse();
  const desk = await Desk.open(house);
  const device = newDevice();
  await desk.stock(device);
  const ada = await register(house, 'nothing');
  const { body: flow } = await ada.browser.start('enrolment', { kind: 'hotp' });
  asked((await ada.browser.answer(flow, { value: device.serial })).body, 'code');
  const added = await ada.browser.answer(flow, { code: device.at(0) });
  keepIn(ada, added.body);
  await ada.browser.answer(flow, { kept: true });
  assert.equal((await desk.act(device.serial, 'revocation')).status, 204);
  const rows = await house.database.all.k.selectFrom('factors').selectAll().where('kind', '=', 'hotp').execute();
  assert.deepEqual(
    rows.map(({ state, data }) => ({ state, data })),
    [{ state: 'lost', data: '' }],
  );
});
