/** Guesses at one token in the store room, by many accounts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse } from '../../house.ts';
import { asked, register } from '../../people.ts';
import { Desk, newDevice } from '../../tokens/desk.ts';

test('OATH-10 guesses at one token are counted together, whichever account makes them', async () => {
  await using house = await openHouse();
  const desk = await Desk.open(house);
  const device = newDevice();
  await desk.stock(device);
  let judged = 0;
  const right = new Set(Array.from({ length: 11 }, (_, at) => device.at(at)));
  const wrong = ['111111', '222222', '333333', '444444'].filter((code) => !right.has(code));
  for (let at = 0; at < 30; at += 1) {
    house.clock.advance(11 * 60_000);
    const eve = await register(house, 'nothing');
    const { body: flow } = await eve.browser.start('enrolment', { kind: 'hotp' });
    asked((await eve.browser.answer(flow, { value: device.serial })).body, 'code');
    for (const code of wrong) {
      const { body } = await eve.browser.answer(flow, { code });
      if (body.refused?.code === 'wrong') judged += 1;
    }
  }
  assert.ok(judged <= 100, `${judged} guesses at one token were judged`);
});

test('OATH-17 serial numbers cannot be tried without end', async () => {
  await using house = await openHouse();
  const desk = await Desk.open(house);
  const device = newDevice({ serial: '8800123' });
  await desk.stock(device);
  const eve = await register(house, 'nothing');
  const { body: flow } = await eve.browser.start('enrolment', { kind: 'hotp' });
  let looked = 0;
  for (let serial = 8_800_000; serial < 8_800_400; serial += 1) {
    const { status, body } = await eve.browser.answer(flow, { value: String(serial) });
    if (status === 429) break;
    looked += 1;
    if (body.prompt?.ask === 'code') break;
  }
  assert.ok(
    looked < 100,
    `${looked} serial numbers were looked up, and ${looked === 124 ? 'the token was found' : ''}`,
  );
});
