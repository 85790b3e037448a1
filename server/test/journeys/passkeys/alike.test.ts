/** What strangers learn and what they can use up: answers that are alike, and signatures that are rationed. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Answer } from '../../browser.ts';
import type { House } from '../../house.ts';
import { enterPassword, newAddress, register, signIn } from '../../people.ts';
import { trail } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { addKey, makeKey, openPage, registerWithKey, requestIn, signInAlone, there, whyRefused } from './keys.ts';

/** Everything of an answer that somebody can see, without what is random in every one. */
const seen = ({ status, headers, text }: Answer<unknown>) => ({
  status,
  size: Buffer.byteLength(text),
  text: text.replace(/"(id|challenge)":"[\w-]+"/g, '"$1":"…"'),
  headers: [...headers].map(([name, value]) => `${name}: ${value.replace(/(flow-)?[\w-]{12,}=[\w-]{43}/g, '…')}`),
});

/** Stops an account as an operator does. */
const stop = (house: House, address: string) =>
  house.database.all.k.updateTable('users').set({ state: 'held' }).where('email', '=', address).execute();

inHouse(
  'strangers with passkeys',
  (house) => {
    test('WAN-13: a page asks the same of whoever is there, and a name makes no difference to it', async () => {
      const ada = await registerWithKey(house());
      const ben = await register(house(), 'nothing');
      const pages: ReturnType<typeof seen>[] = [];
      for (const identifier of [undefined, ada.address, ada.address, ben.address, newAddress(), undefined]) {
        const browser = house().browser();
        const { flow } = await openPage(browser);
        if (identifier !== undefined) await browser.answer(flow, { identifier, password: 'nobody’s password at all' });
        pages.push(seen(await browser.get(`/api/v1/flows/${flow.id}`)));
      }
      for (const page of pages) assert.deepEqual(page, pages[0]);
      assert.ok(pages[0]?.text.includes('"allowCredentials":[]'));
    });

    test('WAN-13: a bad signature, a key that nobody has, and one of an account that is stopped are refused alike, and only the audit knows', async () => {
      const ada = await registerWithKey(house());
      const held = await registerWithKey(house());
      await stop(house(), held.address);
      const forged: [string, () => object, string, boolean][] = [
        ['a bad signature', () => ({ key: ada.key, how: { flip: 'signature' } }), 'signature', true],
        [
          'a key that nobody has',
          () => ({ key: ada.key, how: { outerId: randomBytes(32).toString('base64url') } }),
          'unknown-key',
          false,
        ],
        ['an account that is stopped', () => ({ key: held.key, how: {} }), 'unknown-key', false],
        ['not unlocked', () => ({ key: ada.key, how: { flags: { UV: false } } }), 'user-verification', true],
        ['another handle', () => ({ key: ada.key, how: { userHandle: 'b3RoZXI' } }), 'user-handle', true],
      ];
      const answers: [string, ReturnType<typeof seen>][] = [];
      for (const [what, make, reason, known] of forged) {
        house().clock.advance(1);
        const browser = house().browser();
        const { flow, options } = await openPage(browser);
        const { key, how } = make() as { key: typeof ada.key; how: object };
        const answer = await browser.answer(flow, { credential: key.assert(options, how) });
        answers.push([what, { ...seen(answer), text: seen(answer).text.replace(/"expiresAt":"[^"]+"/, '') }]);
        const [event, ...more] = await trail(house(), house().clock.now);
        assert.deepEqual(
          [event?.type, event?.details.reason, event?.user_id !== null, more],
          ['proof.refused', reason, known, []],
        );
      }
      for (const [what, answer] of answers) assert.deepEqual(answer, answers[0]?.[1], what);
    });

    test('RATE-03, RATE-04: signatures take no attempt from anybody, and no attempt is taken back by one', async () => {
      const ada = await register(house(), 'totp');
      const key = makeKey({ backup: 'synced' });
      await addKey(ada, key);
      const counts = () => house().database.all.k.selectFrom('attempts').selectAll().orderBy('kind').execute();
      const wrong = await house().browser().start('sign-in', { identifier: ada.address, password: 'not her password' });
      assert.equal(wrong.body.refused?.code, 'wrong');
      const before = await counts();
      const browser = house().browser();
      const { flow, options } = await openPage(browser);
      for (let time = 0; time < 12; time += 1) {
        const credential = key.assert(options, { flip: 'signature' });
        assert.equal((await browser.answer(flow, { credential })).body.refused?.attemptsLeft, undefined);
      }
      assert.equal((await browser.answer(flow, { credential: key.assert(options) })).body.done, true);
      assert.deepEqual(await counts(), before, 'the wrong password still counts, and nothing else does');
    });

    test('RATE-05: one flow is refused twenty signatures, those that come at once too, and the next sign-in begins anew', async () => {
      const ada = await registerWithKey(house());
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      const options = requestIn(flow);
      const forged = () => ({ credential: ada.key.assert(options, { flip: 'signature' }) });
      const answers = await Promise.all(Array.from({ length: 25 }, () => browser.answer(flow, forged())));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [
        ...Array.from({ length: 20 }, () => 200),
        ...Array.from({ length: 5 }, () => 429),
      ]);
      const late = await browser.answer(flow, forged());
      assert.deepEqual([late.status, late.body.code], [429, 'too-many-requests']);
      assert.ok(Number(late.headers.get('retry-after')) > 0);
      assert.equal((await browser.answer(flow, { credential: ada.key.assert(options) })).body.done, true);
      const again = house().browser();
      const next = await enterPassword(again, ada);
      assert.equal((await again.answer(next, { credential: ada.key.assert(requestIn(next)) })).body.done, true);
    });
  },
  { options: there },
);

inHouse(
  'a source of many signatures',
  (house) => {
    test('RATE-03: one source is refused three hundred signatures in ten minutes, another has its own, and a right one counts for nobody', async () => {
      const ada = await registerWithKey(house());
      const flood = { address: '203.0.113.9' };
      const taken: number[] = [];
      for (let flows = 0; flows < 16; flows += 1) {
        const browser = house().browser(flood);
        const { flow } = await openPage(browser);
        for (let time = 0; time < 19; time += 1) taken.push((await browser.answer(flow, { credential: {} })).status);
      }
      assert.deepEqual([taken.indexOf(429), taken.lastIndexOf(200)], [300, 299]);
      const wrong = { flip: 'signature' } as const;
      assert.equal((await signInAlone(house().browser(flood), ada.key, wrong)).status, 429);
      assert.equal((await signInAlone(house().browser({ address: '198.51.100.7' }), ada.key, wrong)).status, 200);
      assert.equal((await signInAlone(house().browser(flood), ada.key)).body.done, true);
      house().clock.advance(10 * 60_000);
      assert.equal((await signInAlone(house().browser(flood), ada.key)).body.done, true);
      const ben = await register(house(), 'totp');
      await signIn(house().browser(flood), ben);
      const forged = () => signInAlone(house().browser(flood), ada.key, { flip: 'signature' });
      assert.equal(await whyRefused(house(), forged), 'signature');
    });
  },
  { on: ['sqlite'], options: there },
);
