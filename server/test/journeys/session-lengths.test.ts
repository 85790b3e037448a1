/** How long sessions last, by profile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedIn } from '../account.ts';
import type { Browser } from '../browser.ts';
import { type House, openHouse } from '../house.ts';
import { register, setUpOwner, signIn, stepUp } from '../people.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

type Lengths = readonly [profile: string, who: 'member' | 'owner', absolute: number, idle: number];
const lengths: readonly Lengths[] = [
  ['balanced', 'member', 14 * day, day],
  ['balanced', 'owner', 12 * hour, 30 * minute],
  ['nist', 'member', day, hour],
  ['nist', 'owner', 8 * hour, 15 * minute],
  ['pci', 'member', day, 15 * minute],
  ['psd2', 'member', day, 5 * minute],
];

/** Clicks often enough to stay until just before the end, and looks on both sides of it. */
async function staysUntil(house: House, browser: Browser, end: number, idle: number): Promise<void> {
  const pace = Math.floor(idle / 2);
  while (house.clock.now + pace < end - 1) {
    house.clock.advance(pace);
    assert.equal(await signedIn(browser), true, new Date(house.clock.now).toISOString());
  }
  house.clock.advance(end - 1 - house.clock.now);
  assert.equal(await signedIn(browser), true);
  house.clock.advance(1);
  assert.equal(await signedIn(browser), false);
}

test('SES-05 SES-06 a session ends at its profile’s age however busy it is, and after its idle time', async () => {
  for (const [profile, who, absolute, idle] of lengths) {
    await using house = await openHouse({ options: { SECONDLOCK_PROFILE: profile } });
    const ada = await (who === 'owner' ? setUpOwner(house) : register(house));
    const began = house.clock.now;
    await staysUntil(house, ada.browser, began + absolute, idle);
    const later = house.browser();
    await signIn(later, ada);
    for (const [wait, stays] of [
      [idle - 1, true],
      [idle, false],
    ] as const) {
      house.clock.advance(wait);
      assert.equal(await signedIn(later), stays, `${profile}, ${who}, idle`);
    }
  }
});

test('SES-05 a step-up proves again and lengthens nothing', async () => {
  await using house = await openHouse({ options: { SECONDLOCK_PROFILE: 'nist' } });
  const ada = await register(house);
  const end = house.clock.now + day;
  for (let hours = 0; hours < 23; hours += 1) {
    house.clock.advance(hour - 1 - 30_000);
    await stepUp(ada.browser, ada);
  }
  await staysUntil(house, ada.browser, end, hour);
});
