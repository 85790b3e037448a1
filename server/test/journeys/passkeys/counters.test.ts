/** Signature counters: one that does not grow may be a copy's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trail } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { registerWithKey, signInAlone, signInWithBoth, there, whyRefused } from './keys.ts';

const notGrown = [
  ['equal', 7],
  ['lower', 6],
  ['none any more', 0],
] as const;

inHouse(
  'counters of copies that are refused',
  (house) => {
    test('WAN-11: a counter that does not grow is refused and told, and costs the honest key nothing', async () => {
      const ada = await registerWithKey(house(), {}, { counter: 1 });
      assert.equal((await signInAlone(house().browser(), ada.key, { counter: 7 })).body.done, true);
      for (const [what, counter] of notGrown) {
        assert.equal(
          await whyRefused(house(), () => signInAlone(house().browser(), ada.key, { counter })),
          'counter',
          what,
        );
        const both = () => signInWithBoth(house().browser(), ada, { counter });
        assert.equal((await both()).body.refused?.code, 'wrong', what);
      }
      assert.equal((await signInWithBoth(house().browser(), ada, { counter: 8 })).body.done, true);
      assert.equal((await signInAlone(house().browser(), ada.key, { counter: 0xffffffff })).body.done, true);
    });

    test('WAN-11: a key that does not count is as good each time', async () => {
      const ada = await registerWithKey(house(), { counts: false });
      for (let time = 0; time < 3; time += 1) {
        assert.equal((await signInAlone(house().browser(), ada.key)).body.session?.level, 'aal3');
      }
      assert.equal((await signInAlone(house().browser(), ada.key, { counter: 3 })).body.done, true, 'it has begun to');
      const back = () => signInAlone(house().browser(), ada.key, { counter: 0 });
      assert.equal(await whyRefused(house(), back), 'counter');
    });
  },
  { options: there },
);

inHouse(
  'counters of copies that are accepted',
  (house) => {
    test('WAN-11: where the operator accepts them, a counter that does not grow is a risk that the audit hears of', async () => {
      const ada = await registerWithKey(house(), {}, { counter: 1 });
      assert.equal((await signInAlone(house().browser(), ada.key, { counter: 7 })).body.done, true);
      for (const [what, counter] of notGrown) {
        house().clock.advance(1);
        const { body, text } = await signInAlone(house().browser(), ada.key, { counter });
        assert.equal(body.done, true, `${what}: ${text}`);
        const risky = (await trail(house(), house().clock.now)).filter(({ type }) => type === 'proof.risky');
        assert.deepEqual(
          risky.map(({ details }) => [details.kind, details.risk, details.purpose]),
          [['passkey', 'counter', 'sign-in']],
        );
        await signInAlone(house().browser(), ada.key, { counter: 7 });
      }
      house().clock.advance(1);
      assert.equal((await signInAlone(house().browser(), ada.key, { counter: 9 })).body.done, true);
      const events = await trail(house(), house().clock.now);
      assert.ok(events.length > 0 && events.every(({ type }) => type !== 'proof.risky'));
    });
  },
  { options: { ...there, SECONDLOCK_WEBAUTHN_CLONES: 'accept' } },
);
