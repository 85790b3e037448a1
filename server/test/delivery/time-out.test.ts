/** Accounts that take nothing, as an operator meets them who has configured nothing about it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sender } from '../../src/delivery/deliver.ts';
import { openHouse } from '../house.ts';
import { newAddress } from '../people.ts';
import { told } from '../records.ts';

const sender = (name: string, send: Sender['send']): Sender => ({ name, send, close: async () => {} });

test('OTP-08 an account that hangs delays a message by three seconds, unless the operator says otherwise', async () => {
  const seen: (string | undefined)[] = [];
  const hanging = sender('hanging', async ({ text }) => {
    seen.push(/\b\d{6}\b/.exec(text)?.[0]);
    return new Promise(() => {});
  });
  await using house = await openHouse({ accounts: () => [{ channel: 'email', prefixes: [], sender: hanging }] });
  const address = newAddress();
  await house.browser().start('registration', { identifier: address });
  const begun = performance.now();
  const code = await house.codeFor(address);
  const took = performance.now() - begun;
  assert.ok(took > 2900 && took < 6000, `${took} ms`);
  assert.deepEqual(seen, [code], 'never two codes');
});

test('AUD-01 an account that fails again and again is told once, and again after it has worked', async () => {
  let works = false;
  const broken = sender('broken', async () => {
    if (works) return {};
    throw new Error('answered nonsense');
  });
  await using house = await openHouse({ accounts: () => [{ channel: 'email', prefixes: [], sender: broken }] });
  const send = async (): Promise<void> => {
    await house.browser().start('registration', { identifier: newAddress() });
    await house.outbox.drain();
  };
  const failing = async (count: number) => {
    const events = await told(house, async () => {
      for (let turn = 0; turn < count; turn += 1) await send();
    });
    return events.filter(({ type }) => type === 'account.failing').map(({ details }) => details);
  };
  const once = [{ account: 'broken', channel: 'email', reason: 'answered nonsense' }];
  assert.deepEqual(await failing(2), []);
  assert.deepEqual(await failing(3), once);
  house.clock.advance(31_000);
  works = true;
  assert.deepEqual(await failing(1), []);
  works = false;
  assert.deepEqual(await failing(4), once);
});
