/** Assertions: the answer of a passkey that is somebody's already, forged in every way that the standard names. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { enterPassword, register } from '../../people.ts';
import { inHouse } from '../../shared-house.ts';
import { assertions, type Forgery, inBoth, origins } from './forgeries.ts';
import {
  addKey,
  beginKey,
  makeKey,
  openPage,
  registerWithKey,
  requestIn,
  signInAlone,
  signInWithBoth,
  stepUpWith,
  there,
  whyRefused,
} from './keys.ts';

const forgeries: readonly Forgery[] = [...origins, ...inBoth('webauthn.create'), ...assertions];

inHouse(
  'assertions',
  (house) => {
    test('WAN-01, WAN-02, WAN-03, WAN-04, WAN-06, WAN-07, WAN-08: beside a password, each forgery is refused for what it is', async () => {
      const ada = await registerWithKey(house());
      for (const part of [forgeries.slice(0, 18), forgeries.slice(18)]) {
        const browser = house().browser();
        const flow = await enterPassword(browser, ada);
        const options = requestIn(flow);
        for (const [what, how, why] of part) {
          const call = () => browser.answer(flow, { credential: ada.key.assert(options, how) });
          assert.equal(await whyRefused(house(), call), why, what);
        }
        const done = await browser.answer(flow, { credential: ada.key.assert(options) });
        assert.equal(done.body.done, true, `and the honest answer is taken: ${done.text}`);
      }
    });

    test('FLOW-08: an answer that is nested deeper than anything can be is a bad request, not a fault', async () => {
      const browser = house().browser();
      const { flow } = await openPage(browser);
      const deep = `{"credential":{"id":${'['.repeat(15_000)}${']'.repeat(15_000)}}}`;
      const { status } = await browser.call('POST', `/api/v1/flows/${flow.id}`, deep);
      assert.equal(status, 400);
    });

    test('WAN-01, WAN-02, WAN-03, WAN-04, WAN-05, WAN-06, WAN-07, WAN-08: without a password, each forgery is refused for what it is', async () => {
      const ada = await registerWithKey(house());
      const alone: readonly Forgery[] = [
        ...forgeries,
        ['no handle', { userHandle: null }, 'user-handle'],
        ['an empty handle', { userHandle: '' }, 'user-handle'],
        ['not unlocked', { flags: { UV: false } }, 'user-verification'],
        ['an id that nobody has', { outerId: randomBytes(32).toString('base64url') }, 'unknown-key'],
      ];
      for (const part of [alone.slice(0, 19), alone.slice(19)]) {
        const browser = house().browser();
        const { flow, options } = await openPage(browser);
        assert.deepEqual([options.allowCredentials, options.userVerification], [[], 'required']);
        for (const [what, how, why] of part) {
          const call = () => browser.answer(flow, { credential: ada.key.assert(options, how) });
          assert.equal(await whyRefused(house(), call), why, what);
        }
        const done = await browser.answer(flow, { credential: ada.key.assert(options) });
        assert.equal(done.body.session?.level, 'aal3', done.text);
      }
    });

    test('WAN-01, STEP-03: what was accepted once is worth nothing in any other flow', async () => {
      const ada = await registerWithKey(house());
      const browser = house().browser();
      const { flow, options } = await openPage(browser);
      const credential = ada.key.assert(options);
      assert.equal((await browser.answer(flow, { credential })).body.done, true);
      assert.equal((await browser.answer(flow, { credential })).body.code, 'no-such-flow');
      const other = house().browser();
      const page = await openPage(other);
      assert.equal(await whyRefused(house(), () => other.answer(page.flow, { credential })), 'challenge');
      const beside = await enterPassword(other, ada);
      assert.equal(await whyRefused(house(), () => other.answer(beside, { credential })), 'challenge');
      const { body: stepUp } = await browser.start('step-up');
      assert.equal(await whyRefused(house(), () => browser.answer(stepUp, { credential })), 'challenge');
    });

    test('WAN-01, FLOW-04: a challenge is of one flow, one purpose and one person', async () => {
      const [ada, ben] = [await registerWithKey(house()), await registerWithKey(house())];
      const [one, other] = [house().browser(), house().browser()];
      const [mine, again] = [await enterPassword(one, ada), await enterPassword(other, ada)];
      const { body: stepUp } = await ada.browser.start('step-up');
      const foreign = [
        requestIn(again).challenge,
        requestIn(await enterPassword(house().browser(), ben)).challenge,
        requestIn(stepUp).challenge,
        (await openPage(house().browser())).options.challenge,
        (await beginKey(ada)).options.challenge,
      ];
      assert.equal(new Set([...foreign, requestIn(mine).challenge]).size, 6);
      for (const challenge of foreign) {
        assert.ok(Buffer.from(challenge, 'base64url').length >= 16);
        const credential = ada.key.assert(requestIn(mine), { challenge });
        assert.equal(await whyRefused(house(), () => one.answer(mine, { credential })), 'challenge');
      }
      const right = { credential: ada.key.assert(requestIn(mine)) };
      assert.equal((await other.answer(mine, right)).body.code, 'no-such-flow', 'another browser holds no such flow');
      assert.equal((await one.answer(mine, right)).body.done, true);
    });

    test('WAN-01: a challenge ends after five minutes, and another may be asked for', async () => {
      const ada = await registerWithKey(house());
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      const credential = ada.key.assert(requestIn(flow));
      house().clock.advance(300_000);
      assert.equal((await browser.answer(flow, { credential })).body.refused?.code, 'expired');
      const again = await browser.answer(flow, { resend: true });
      assert.notEqual(requestIn(again.body).challenge, requestIn(flow).challenge);
      assert.equal(await whyRefused(house(), () => browser.answer(flow, { credential })), 'challenge');
      const done = await browser.answer(flow, { credential: ada.key.assert(requestIn(again.body)) });
      assert.equal(done.body.done, true, done.text);
      const page = await openPage(browser);
      house().clock.advance(600_000);
      const late = await browser.answer(page.flow, { credential: ada.key.assert(page.options) });
      assert.equal(late.body.code, 'flow-over');
    });

    test('WAN-08, FLOW-03: another’s key opens nothing, whatever it says of itself', async () => {
      const [ada, ben] = [await registerWithKey(house()), await registerWithKey(house())];
      const stranger = makeKey();
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      const options = requestIn(flow);
      const { userHandle = '' } = ada.key.assert(options).response;
      assert.ok(userHandle);
      const tries: [string, typeof stranger, object, string][] = [
        ['another’s key', ben.key, {}, 'foreign-key'],
        ['a key that nobody has', stranger, {}, 'foreign-key'],
        ['another’s key under her id', ben.key, { outerId: ada.key.id }, 'user-handle'],
        ['the same with her handle', ben.key, { outerId: ada.key.id, userHandle }, 'signature'],
      ];
      for (const [what, key, how, why] of tries) {
        const call = () => browser.answer(flow, { credential: key.assert(options, { anyway: true, ...how }) });
        const found = await whyRefused(house(), call);
        // The signature is looked at before whose it is.
        assert.equal(found, why === 'user-handle' ? 'signature' : why, what);
      }
      const page = await openPage(browser);
      const alone: [string, typeof stranger, object, string][] = [
        ['his key with her handle', ben.key, { userHandle }, 'user-handle'],
        ['his key under her id', ben.key, { outerId: ada.key.id, userHandle }, 'signature'],
        ['her key under his id', ada.key, { outerId: ben.key.id }, 'signature'],
        ['a key that nobody has', stranger, { userHandle }, 'unknown-key'],
      ];
      for (const [what, key, how, why] of alone) {
        const call = () =>
          browser.answer(page.flow, { credential: key.assert(page.options, { anyway: true, ...how }) });
        assert.equal(await whyRefused(house(), call), why, what);
      }
      const done = await browser.answer(page.flow, { credential: ben.key.assert(page.options) });
      assert.equal(done.body.done, true, done.text);
      assert.equal((await browser.get('/api/v1/account')).body.email, ben.address);
    });

    test('WAN-08: of several keys each answers for itself, one that keeps no handle too, also on a page that asked anybody first', async () => {
      const ada = await registerWithKey(house());
      const token = makeKey({ resident: false });
      assert.equal((await addKey(ada, token)).body.done, true);
      const browser = house().browser();
      const { flow } = await openPage(browser);
      const { body: asked } = await browser.answer(flow, { identifier: ada.address, password: ada.password });
      const options = requestIn(asked);
      assert.deepEqual(options.allowCredentials?.map(({ id }) => id).sort(), [ada.key.id, token.id].sort());
      assert.equal(options.userVerification, 'preferred');
      const done = await browser.answer(flow, { credential: token.assert(options) });
      assert.equal(done.body.done, true, done.text);
      assert.equal((await signInWithBoth(house().browser(), ada)).body.done, true);
    });

    test('FLOW-08, WAN-07: what is no answer of a browser never passes, and never breaks anything', async () => {
      const ada = await registerWithKey(house());
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      const good = ada.key.assert(requestIn(flow));
      const { response } = good;
      const wrong: unknown[] = [
        {},
        { ...good, id: '' },
        { ...good, id: [good.id] },
        { ...good, rawId: 'b3RoZXI' },
        { ...good, type: 'password' },
        { ...good, response: undefined },
        { ...good, response: { ...response, signature: null } },
        { ...good, response: { ...response, signature: [response.signature] } },
        { ...good, response: { ...response, authenticatorData: '' } },
        { ...good, response: { ...response, clientDataJSON: `${response.clientDataJSON}=` } },
        { ...good, response: { ...response, userHandle: 7 } },
        { ...good, clientExtensionResults: [] },
      ];
      for (const credential of wrong) {
        const why = await whyRefused(house(), () => browser.answer(flow, { credential }));
        assert.ok(['malformed', 'foreign-key'].includes(why), `${why}: ${JSON.stringify(credential)}`);
      }
      for (const credential of [null, 'key', [], 7, true, { pad: 'x'.repeat(40_000) }]) {
        assert.equal((await browser.answer(flow, { credential })).status, 400);
      }
      for (const body of [
        { code: '123456' },
        { credential: good, code: '123456' },
        { credential: good, userId: 'x' },
      ]) {
        assert.equal((await browser.answer(flow, body)).status, 400);
      }
      assert.equal((await browser.answer(flow, { credential: good })).body.done, true);
    });

    test('FLOW-11: the same assertion many times at once opens once', async () => {
      const ada = await registerWithKey(house());
      const [browser, page] = [house().browser(), house().browser()];
      const beside = await enterPassword(browser, ada);
      const alone = await openPage(page);
      const races = [
        [browser, beside, ada.key.assert(requestIn(beside))],
        [page, alone.flow, ada.key.assert(alone.options)],
      ] as const;
      for (const [at, flow, credential] of races) {
        const answers = await Promise.all(Array.from({ length: 8 }, () => at.answer(flow, { credential })));
        assert.equal(answers.filter(({ body }) => body.done && body.session).length, 1);
        for (const { body, text } of answers.filter(({ body }) => !body.session)) {
          assert.ok(['replayed', 'expired', 'flow-over'].includes(body.refused?.code ?? body.code), text);
        }
      }
    });

    test('ENR-02, WAN-08: a key that was begun and left opens nothing', async () => {
      const ada = await register(house(), 'totp');
      const { options } = await beginKey(ada);
      const key = makeKey();
      key.register(options);
      assert.equal(await whyRefused(house(), () => signInAlone(house().browser(), key)), 'unknown-key');
      const flow = await enterPassword(house().browser(), ada);
      assert.equal(flow.prompt.ask === 'code' && flow.prompt.kind, 'totp');
      assert.ok(!JSON.stringify(flow).includes('passkey'));
    });

    test('WAN-07: the algorithms on offer all sign in and step up', async () => {
      for (const alg of [-7, -8, -257] as const) {
        const ada = await registerWithKey(house(), { alg });
        const browser = house().browser();
        assert.equal((await signInAlone(browser, ada.key)).body.done, true);
        assert.equal((await stepUpWith(browser, ada.key)).body.done, true);
      }
    });
  },
  { options: there },
);
