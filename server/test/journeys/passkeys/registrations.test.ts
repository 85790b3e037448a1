/** Registrations: how a passkey comes into being, and what is refused instead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorsOf } from '../../account.ts';
import { asked, register } from '../../people.ts';
import { told } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { type Forgery, inBoth, origins, registrations } from './forgeries.ts';
import {
  addKey,
  addKeys,
  beginKey,
  creationIn,
  makeKey,
  openPage,
  registerWithKey,
  requestIn,
  signInAlone,
  there,
  whyRefused,
} from './keys.ts';

const forgeries: readonly Forgery[] = [...origins, ...inBoth('webauthn.get'), ...registrations];

inHouse(
  'registrations',
  (house) => {
    test('WAN-01, WAN-02, WAN-03, WAN-04, WAN-06, WAN-07, WAN-09, WAN-10: each forgery is refused for what it is and adds nothing', async () => {
      const ada = await register(house(), 'nothing');
      for (const part of [forgeries.slice(0, 18), forgeries.slice(18)]) {
        const { flow, options } = await beginKey(ada);
        const key = makeKey();
        for (const [what, how, why] of part) {
          const call = () => ada.browser.answer(flow, { credential: key.register(options, how) });
          assert.equal(await whyRefused(house(), call), why, what);
        }
        assert.deepEqual(await factorsOf(ada.browser), []);
      }
      const added = await addKey(ada, makeKey());
      assert.equal(added.body.done, true, added.text);
    });

    test('WAN-07: an algorithm that was not offered is refused', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, options } = await beginKey(ada);
      assert.deepEqual(
        options.pubKeyCredParams.map(({ alg }) => alg),
        [-8, -7, -257],
      );
      for (const alg of [-35, -36] as const) {
        const credential = makeKey({ alg }).register(options, { anyway: true });
        assert.equal(await whyRefused(house(), () => ada.browser.answer(flow, { credential })), 'algorithm');
      }
    });

    test('WAN-01: a challenge of another enrolment, another person or a sign-in makes no key, nor does one that is too old or was used', async () => {
      const [ada, ben] = [await register(house(), 'nothing'), await register(house(), 'nothing')];
      const foreign = [
        (await beginKey(ada)).options.challenge,
        (await beginKey(ben)).options.challenge,
        (await openPage(house().browser())).options.challenge,
      ];
      const { flow, options } = await beginKey(ada);
      const key = makeKey();
      for (const challenge of foreign) {
        const credential = key.register(options, { challenge });
        assert.equal(await whyRefused(house(), () => ada.browser.answer(flow, { credential })), 'challenge');
      }
      house().clock.advance(300_000);
      const late = await ada.browser.answer(flow, { credential: key.register(options) });
      assert.equal(late.body.refused?.code, 'expired', late.text);
      const { body: again } = await ada.browser.answer(flow, { resend: true });
      const credential = key.register(creationIn(again));
      assert.equal((await ada.browser.answer(flow, { credential })).body.prompt.ask, 'keep');
      assert.equal((await ada.browser.answer(flow, { credential })).status, 400);
      await ada.browser.answer(flow, { kept: true });
      const next = await beginKey(ada);
      assert.equal(await whyRefused(house(), () => ada.browser.answer(next.flow, { credential })), 'challenge');
    });

    test('WAN-01, FLOW-11: the same registration many times at once adds one key', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, options } = await beginKey(ada);
      const credential = makeKey().register(options);
      const answers = await Promise.all(Array.from({ length: 6 }, () => ada.browser.answer(flow, { credential })));
      assert.equal(answers.filter(({ body }) => body.prompt?.ask === 'keep' && !body.refused).length, 1);
      assert.equal((await factorsOf(ada.browser)).length, 1);
    });

    test('WAN-09: a key that is somebody’s cannot be registered by another, whose stays as it is', async () => {
      const [ada, ben] = [await registerWithKey(house()), await register(house(), 'nothing')];
      const { flow, options } = await beginKey(ben);
      const thief = makeKey();
      const credential = thief.register(options, { id: ada.key.id });
      assert.equal(await whyRefused(house(), () => ben.browser.answer(flow, { credential })), 'somebody-elses');
      const own = ada.key.register(options, { anyway: true });
      assert.equal(await whyRefused(house(), () => ben.browser.answer(flow, { credential: own })), 'somebody-elses');
      assert.deepEqual(await factorsOf(ben.browser), []);
    });

    test('WAN-09: of two who register one id at once, one gets it', async () => {
      const people = [await register(house(), 'nothing'), await register(house(), 'nothing')];
      const begun = await Promise.all(people.map(beginKey));
      const { id } = makeKey();
      const answers = await Promise.all(
        people.map(({ browser }, at) => {
          const { flow, options } = begun[at] ?? assert.fail();
          return browser.answer(flow, { credential: makeKey().register(options, { id }) });
        }),
      );
      const outcomes = answers.map(({ body }) => body.refused?.code ?? body.prompt?.ask ?? body.code).sort();
      // The database has the last word.
      assert.ok(['conflict,keep', 'keep,wrong'].includes(outcomes.join()), outcomes.join());
    });

    test('WAN-09: the longest id that is allowed works', async () => {
      const ada = await register(house(), 'nothing');
      const key = makeKey();
      const id = Buffer.alloc(1023, 9).toString('base64url');
      assert.equal((await addKey(ada, key, { id })).body.done, true);
      const done = await signInAlone(house().browser(), key, { id });
      assert.equal(done.body.done, true, done.text);
    });

    test('WAN-12: user handles are 64 random bytes, the same for one person, and say nothing', async () => {
      const people = [await register(house(), 'nothing'), await register(house(), 'nothing')];
      const handles: string[] = [];
      for (const person of people) {
        const [first, second] = [await beginKey(person), await beginKey(person)];
        assert.equal(first.options.user.id, second.options.user.id);
        const bytes = Buffer.from(first.options.user.id, 'base64url');
        assert.equal(bytes.length, 64);
        const { body } = await person.browser.get<{ id: string }>('/api/v1/account');
        for (const known of [person.address, 'person', body.id]) {
          assert.ok(![...(['latin1', 'hex', 'base64url'] as const)].some((as) => bytes.toString(as).includes(known)));
        }
        handles.push(first.options.user.id);
      }
      assert.equal(new Set(handles).size, 2);
    });

    test('WAN-14, ENR-04: keys that are there are named to the authenticator, which makes none twice', async () => {
      const ada = await registerWithKey(house());
      const second = makeKey({ backup: 'synced' });
      await addKeys(house(), ada, second);
      const { flow, options } = await beginKey(ada);
      assert.deepEqual(
        options.excludeCredentials?.map(({ id, transports }) => [id, transports]),
        [
          [ada.key.id, ['usb', 'nfc']],
          [second.id, ['internal', 'hybrid']],
        ],
      );
      assert.throws(() => ada.key.register(options), { name: 'InvalidStateError' });
      const credential = ada.key.register(options, { anyway: true });
      const events = await told(house(), async () => {
        const refused = await ada.browser.answer(flow, { credential });
        assert.equal(refused.body.refused?.code, 'yours-already', refused.text);
      });
      assert.deepEqual(
        events.map(({ type, details }) => [type, details.reason]),
        [['proof.refused', 'yours-already']],
      );
      assert.equal((await factorsOf(ada.browser)).filter(({ kind }) => kind === 'passkey').length, 2);
    });

    test('WAN-17: extensions that nobody asked for, and none at all, change nothing', async () => {
      const extensions = new Map([
        ['credProtect', 3],
        ['unknown', 1],
      ] as const);
      const clientExtensions = { unknown: { deep: [1, 2, 3] }, appid: true, __proto__: null };
      const ada = await registerWithKey(house(), {}, { extensions, clientExtensions });
      const with_ = await signInAlone(house().browser(), ada.key, { extensions, clientExtensions });
      assert.equal(with_.body.session?.level, 'aal3', with_.text);
      const without = await signInAlone(house().browser(), ada.key);
      assert.equal(without.body.session?.level, 'aal3', without.text);
    });

    test('WAN-18: every ceremony has five to ten minutes', async () => {
      const ada = await registerWithKey(house());
      const { body: stepUp } = await ada.browser.start('step-up', { level: 'aal3' });
      const found = [
        (await beginKey(ada)).options.timeout,
        (await openPage(house().browser())).options.timeout,
        requestIn(stepUp).timeout,
      ];
      for (const timeout of found) assert.ok(timeout !== undefined && timeout >= 300_000 && timeout <= 600_000);
    });

    test('FLOW-15, WAN-05: everybody is offered a passkey, whoever is there may use one, and the holder is asked to unlock it', async () => {
      const ada = await register(house(), 'nothing');
      const { body: flow } = await ada.browser.start('enrolment');
      const [first] = asked(flow, 'offer').kinds;
      assert.deepEqual([first?.kind, first?.level], ['passkey', 'phishing-resistant']);
      const { options } = await beginKey(ada);
      assert.equal(options.authenticatorSelection?.userVerification, 'preferred');
      assert.equal(options.authenticatorSelection?.residentKey, 'preferred');
      assert.equal(options.attestation, 'none');
      assert.equal((await openPage(house().browser())).options.rpId, 'login.example.org');
    });
  },
  { options: there },
);
