/** Hardware tokens are on offer where one is there to be had, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from '../browser.ts';
import { asked, type Person, register } from '../people.ts';
import { inHouse } from '../shared-house.ts';
import { Desk, enrolToken, newDevice } from './desk.ts';

const hour = 60 * 60_000;
const day = 24 * hour;

/** Whether a token is on offer: the account page and the enrolment must say the same, and do what they say. */
async function isOffered({ browser }: Person): Promise<boolean> {
  const { body } = await browser.get<{ kinds: { kind: string }[] }>('/api/v1/account/factors');
  const listed = body.kinds.some(({ kind }) => kind === 'hotp');
  const { body: flow } = await browser.start('enrolment');
  assert.equal(
    asked(flow, 'offer').kinds.some(({ kind }) => kind === 'hotp'),
    listed,
  );
  const { status } = await browser.answer(flow, { accept: 'hotp' });
  assert.equal(status, listed ? 200 : 400);
  assert.equal(await startsAtOnce(browser), listed);
  return listed;
}

async function startsAtOnce(browser: Browser): Promise<boolean> {
  const { status, body } = await browser.start('enrolment', { kind: 'hotp' });
  if (status !== 200) assert.match(JSON.stringify(body), /not on offer/);
  return status === 200;
}

inHouse('the store room', (house) => {
  test('ENR-04 a token is offered while one is there that this very person could take, within its dates', async () => {
    const desk = await Desk.open(house());
    const [ada, bob] = [await register(house(), 'nothing'), await register(house(), 'nothing')];
    const offered = async () => [await isOffered(ada), await isOffered(bob)];
    assert.deepEqual(await offered(), [false, false], 'an empty store room');

    const device = newDevice();
    await desk.stock(device);
    assert.deepEqual(await offered(), [true, true]);

    const { id } = (await ada.browser.get<{ id: string }>('/api/v1/account')).body;
    const { body: slow } = await bob.browser.start('enrolment', { kind: 'hotp' });
    await desk.act(device.serial, 'assignment', { userId: id });
    assert.deepEqual(await offered(), [true, false], 'kept for one');
    const late = await bob.browser.answer(slow, { value: device.serial });
    assert.equal(late.body.refused?.code, 'no-such-token', 'asked before, and too late');

    await enrolToken(ada, device, 0);
    assert.equal(await isOffered(bob), false, 'with somebody');

    const at = (ms: number): string => new Date(house().clock.now + ms).toISOString();
    await desk.stock(newDevice({ starts: at(day) }), newDevice({ expires: at(2 * hour) }));
    assert.equal(await isOffered(bob), true);
    house().clock.advance(3 * hour);
    assert.equal(await isOffered(await register(house(), 'nothing')), false, 'one is over, the other has not begun');
    house().clock.advance(day);
    assert.equal(await isOffered(await register(house(), 'nothing')), true);
  });
});
