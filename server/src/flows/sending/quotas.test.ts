import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databases, openHouse } from '../../../test/house.ts';
import { type Circumstance, commit } from '../../accounts/commit.ts';
import type { Message } from '../../delivery/deliver.ts';
import type { BrowserLane } from '../../policy/limits.ts';
import type { Scene } from '../flow.ts';
import { keepToQuotas } from './quotas.ts';

const minute = 60_000;
const usual = { parameters: {}, locale: 'en' } as const;
const push: Message = { ...usual, channel: 'push', to: 'a subscription', text: 'push.request' };
const sms: Message = { ...usual, channel: 'sms', to: '+447700900123', text: 'sms.sign-in' };
const mail: Message = { ...usual, channel: 'email', to: 'ann@example.org', text: 'code.sign-in' };

for (const on of databases) {
  test(`OOB-07 pushes to a person are few, whoever asks, and use up nobody else’s nor any other channel’s, on ${on}`, async (t) => {
    const house = await openHouse({ on });
    t.after(() => house[Symbol.asyncDispose]());
    const source = { address: '192.0.2.1', network: '192.0.2.1', browser: '', place: '', browserToken: undefined };
    const tenant = await house.tenants.get('main');
    const by: Circumstance = { deps: house.deps, tenant, source: { ...source, locale: 'en' }, correlation: 'c' };
    /** Takes a place; gives the seconds to wait where there is none. */
    const ask = (send: Message, id = 'ann', lane: BrowserLane = 'other'): Promise<number | undefined> => {
      const person = { user: { id, email_canonical: 'ann@example.org' }, factors: [] };
      const scene = { by, facts: { proofs: [{ use: 'password' }] }, person } as unknown as Scene;
      return commit(by, (c) => keepToQuotas(c, scene, send, lane));
    };
    const several = async (count: number, ...given: Parameters<typeof ask>): Promise<boolean[]> => {
      const waits = [];
      for (let n = 0; n < count; n += 1) waits.push(await ask(...given));
      return waits.map((wait) => wait === undefined);
    };
    assert.deepEqual(await several(5, push), [true, true, true, false, false]);
    assert.ok(((await ask(push)) ?? 0) <= 300);
    assert.deepEqual(await several(4, push, 'ann', 'known'), [true, true, true, false], 'the owner is not kept out');
    assert.deepEqual(await several(1, push, 'bob'), [true]);
    for (const other of [sms, mail]) assert.deepEqual(await several(3, other), [true, true, true], other.channel);
    house.clock.advance(5 * minute);
    assert.deepEqual(await several(1, push), [true]);
  });
}
