/** What passkeys are worth: levels and `amr` by what each answer has shown, and what is asked next to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, factorsOf } from '../../account.ts';
import type { Making } from '../../peers/webauthn/software-key.ts';
import { asked, choose, enterPassword, register, stepUp } from '../../people.ts';
import { inHouse } from '../../shared-house.ts';
import {
  addKey,
  type Keyed,
  makeKey,
  registerWithKey,
  requestIn,
  sessionOf,
  signInAlone,
  signInWithBoth,
  stepUpWith,
  there,
  whyRefused,
} from './keys.ts';

const device: Making = { backup: 'device' };
const synced: Making = { backup: 'synced' };
const unlocked = { flags: { UV: true } } as const;
const touched = { flags: { UV: false } } as const;

inHouse(
  'what passkeys are worth',
  (house) => {
    test('OIDC-08, WAN-05, WAN-16: each way of signing in says what happened and no more', async () => {
      const one = await registerWithKey(house(), device);
      const two = await registerWithKey(house(), synced);
      const rows: [string, Keyed, boolean, object, string, string[]][] = [
        ['synced, alone', two, true, unlocked, 'phishing-resistant', ['mfa', 'swk', 'user']],
        ['device-bound, alone', one, true, unlocked, 'aal3', ['hwk', 'mfa', 'user']],
        ['password and synced', two, false, unlocked, 'phishing-resistant', ['mfa', 'pwd', 'swk', 'user']],
        ['password and device-bound', one, false, unlocked, 'aal3', ['hwk', 'mfa', 'pwd', 'user']],
        ['password and synced, touched', two, false, touched, 'phishing-resistant', ['mfa', 'pop', 'pwd', 'user']],
        [
          'password and device-bound, touched',
          one,
          false,
          touched,
          'phishing-resistant',
          ['mfa', 'pop', 'pwd', 'user'],
        ],
      ];
      for (const [what, who, alone, how, level, amr] of rows) {
        const browser = house().browser();
        const call = await (alone ? signInAlone(browser, who.key, how) : signInWithBoth(browser, who, how));
        assert.deepEqual(await sessionOf(house(), browser, call), { level, amr }, what);
      }
    });

    test('WAN-16: a passkey that was unlocked is asked nothing more, whatever else is enrolled', async () => {
      const ada = await register(house(), 'totp');
      const key = makeKey(synced);
      assert.equal((await addKey(ada, key)).body.done, true);
      const { body } = await signInAlone(house().browser(), key);
      assert.deepEqual([body.done, body.prompt.ask, body.session?.level], [true, 'done', 'phishing-resistant']);
    });

    test('WAN-05: where nothing demands it, an answer that was not unlocked counts beside the password and not alone', async () => {
      const ada = await registerWithKey(house(), device);
      assert.equal(
        await whyRefused(house(), () => signInAlone(house().browser(), ada.key, touched)),
        'user-verification',
      );
      const browser = house().browser();
      const { level, amr } = await sessionOf(house(), browser, await signInWithBoth(browser, ada, touched));
      assert.deepEqual([level, amr.includes('hwk')], ['phishing-resistant', false]);
    });

    test('WAN-05, WAN-17: a key that cannot be unlocked is a second factor and never a first', async () => {
      const ada = await registerWithKey(house(), { verifies: false });
      assert.equal((await factorOf(ada.browser, 'passkey')).level, 'phishing-resistant');
      const alone = () => signInAlone(house().browser(), ada.key, { anyway: true });
      assert.equal(await whyRefused(house(), alone), 'user-verification');
      assert.equal((await signInWithBoth(house().browser(), ada)).body.session?.level, 'phishing-resistant');
    });

    test('WAN-17: a key that was never unlocked is not believed when it says so alone, until it did beside the password', async () => {
      const ada = await registerWithKey(house(), device, touched);
      assert.equal((await factorOf(ada.browser, 'passkey')).level, 'phishing-resistant');
      const alone = () => signInAlone(house().browser(), ada.key, unlocked);
      assert.equal(await whyRefused(house(), alone), 'not-verified');
      assert.equal((await signInWithBoth(house().browser(), ada, touched)).body.session?.level, 'phishing-resistant');
      assert.equal(await whyRefused(house(), alone), 'not-verified');
      const stepped = await stepUpWith(ada.browser, ada.key, unlocked);
      assert.equal(stepped.body.session?.level, 'phishing-resistant', 'a step-up has no other proof beside it');
      assert.equal(await whyRefused(house(), alone), 'not-verified');
      const waiting = house().browser();
      const flow = await enterPassword(waiting, ada);
      assert.equal((await signInWithBoth(house().browser(), ada, unlocked)).body.session?.level, 'aal3');
      assert.equal((await factorOf(ada.browser, 'passkey')).level, 'aal3');
      const late = await waiting.answer(flow, { credential: ada.key.assert(requestIn(flow)) });
      assert.equal(late.body.code, 'flow-over', 'what began before knows less');
      assert.equal((await alone()).body.session?.level, 'aal3');
    });

    test('WAN-15: the third level takes a device-bound key that was unlocked, and neither a synced one nor an app', async () => {
      const ada = await register(house(), 'totp');
      const [one, two] = [makeKey(device), makeKey(synced)];
      assert.equal((await addKey(ada, two)).body.done, true);
      const { body: none } = await ada.browser.start('step-up', { level: 'aal3' });
      assert.deepEqual([none.code, none.level], ['forbidden', 'aal3'], 'nothing of hers reaches it');
      assert.equal((await addKey(ada, one)).body.done, true);
      const browser = house().browser();
      assert.equal((await signInAlone(browser, two)).body.session?.level, 'phishing-resistant');
      const { body: flow } = await browser.start('step-up', { level: 'aal3' });
      const options = requestIn(flow);
      assert.deepEqual(
        [options.allowCredentials?.map(({ id }) => id), options.userVerification],
        [[one.id], 'required'],
      );
      const { others } = asked(flow, 'passkey-use');
      assert.ok(!others.some(({ kind }) => ['totp', 'passkey', 'email'].includes(kind)), JSON.stringify(others));
      const app = await factorOf(ada.browser, 'totp');
      assert.equal((await browser.answer(flow, { choose: app.id })).body.code, 'bad-request');
      assert.equal((await browser.answer(flow, { code: ada.nextCode() })).status, 400);
      const answer = (key: typeof one, how: object) => () =>
        browser.answer(flow, { credential: key.assert(options, { anyway: true, ...how }) });
      assert.equal(await whyRefused(house(), answer(two, unlocked)), 'foreign-key');
      assert.equal(await whyRefused(house(), answer(one, touched)), 'user-verification');
      assert.equal(await whyRefused(house(), answer(one, { flags: { UV: true, BE: true } })), 'backup-flags');
      const done = await answer(one, unlocked)();
      assert.deepEqual((await sessionOf(house(), browser, done)).level, 'aal3');
    });

    test('SES-01, SES-11: a step-up makes a new session, and one that shows less raises nothing', async () => {
      const ada = await registerWithKey(house(), device);
      const browser = house().browser();
      const first = await signInWithBoth(browser, ada, touched);
      const old = browser.cookies.get('secondlock') ?? '';
      const refused = await browser.start('enrolment');
      assert.deepEqual([refused.body.code, refused.body.level], ['step-up-required', 'aal3']);
      const again = await stepUpWith(browser, ada.key, touched);
      assert.equal(again.body.session?.level, 'phishing-resistant');
      assert.equal((await browser.start('enrolment')).body.code, 'step-up-required');
      const done = await stepUpWith(browser, ada.key, { level: 'aal3' });
      assert.equal(done.body.session?.level, 'aal3');
      assert.equal((await browser.start('enrolment')).status, 200);
      const ids = [first, again, done].map(({ body }) => body.session?.id);
      assert.equal(new Set(ids).size, 3);
      browser.cookies.set('secondlock', old);
      assert.equal((await browser.get('/api/v1/account')).status, 401);
    });

    test('STEP-02, ENR-01: a passkey is a fresh proof for ten minutes, and the password none in its place', async () => {
      const ada = await registerWithKey(house(), device);
      house().clock.advance(10 * 60_000 + 1);
      assert.equal((await ada.browser.start('enrolment')).body.code, 'step-up-required');
      const { body: flow } = await ada.browser.start('step-up');
      assert.equal((await ada.browser.answer(flow, { password: ada.password })).status, 400);
      assert.equal((await stepUpWith(ada.browser, ada.key)).body.session?.level, 'aal3');
      assert.equal((await ada.browser.start('enrolment')).status, 200);
    });

    test('FLOW-05: a key that is added is asked from then on, also where an app was preferred; the app is one answer away', async () => {
      const ada = await register(house(), 'totp');
      const app = await factorOf(ada.browser, 'totp');
      const preferred = await ada.browser.call('PATCH', `/api/v1/account/factors/${app.id}`, { preferred: true });
      assert.equal(preferred.status, 204, preferred.text);
      assert.equal((await addKey(ada, makeKey(synced))).body.done, true);
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      assert.equal(asked(flow, 'passkey-use').kind, 'passkey');
      const way = asked(flow, 'passkey-use').others.find(({ kind }) => kind === 'totp');
      const { body } = await browser.answer(flow, { choose: way?.factorId ?? '' });
      assert.equal(asked(body, 'code').kind, 'totp');
      const back = await choose(browser, body, 'passkey');
      assert.equal(back.prompt.ask, 'passkey-use');
      assert.equal((await browser.answer(flow, { choose: app.id })).status, 200);
      assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.session?.level, 'aal2');
      await browser.call('PATCH', `/api/v1/account/factors/${app.id}`, { preferred: true });
      assert.equal(
        (await browser.start('enrolment')).body.code,
        'step-up-required',
        'the app is not enough for a change',
      );
    });

    test('REC-01: a passkey is the second proof of a recovery', async () => {
      const ada = await registerWithKey(house(), synced);
      const browser = house().browser();
      const { body: flow } = await browser.start('recovery', { identifier: ada.address });
      const { body: second } = await browser.answer(flow, { code: await house().codeFor(ada.address) });
      const wrong = () =>
        browser.answer(flow, { credential: ada.key.assert(requestIn(second), { flip: 'signature' }) });
      assert.equal(await whyRefused(house(), wrong), 'signature');
      const next = await browser.answer(flow, { credential: ada.key.assert(requestIn(second)) });
      assert.equal(next.body.prompt.ask, 'new-password', next.text);
      const done = await browser.answer(flow, { password: 'crimson lanterns over the harbour' });
      assert.deepEqual([done.body.done, done.body.session], [true, undefined]);
    });

    test('WAN-06: whether a key is backed up may change, and whether it may be never does', async () => {
      const ada = await registerWithKey(house(), { backup: 'eligible' });
      const flags = [
        [{ BE: true, BS: false }, 'phishing-resistant'],
        [{ BE: true, BS: true }, 'phishing-resistant'],
        [{ BE: true, BS: false }, 'phishing-resistant'],
      ] as const;
      for (const [each, level] of flags) {
        const { body, text } = await signInAlone(house().browser(), ada.key, { flags: each });
        assert.equal(body.session?.level, level, text);
      }
      const unfit = { BE: false, BS: false };
      const call = () => signInAlone(house().browser(), ada.key, { flags: unfit });
      assert.equal(await whyRefused(house(), call), 'backup-flags');
      assert.equal((await factorsOf(ada.browser)).find(({ kind }) => kind === 'passkey')?.level, 'phishing-resistant');
      await assert.rejects(stepUp(ada.browser, ada), 'there is no app to step up with');
    });
  },
  { options: there },
);
