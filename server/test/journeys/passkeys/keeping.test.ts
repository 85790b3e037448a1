/** Keeping passkeys: several with names, told of, lost, taken off; and the files that browsers and managers look for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, factorsOf, remove, reportLost } from '../../account.ts';
import type { Browser } from '../../browser.ts';
import { asked, enterPassword, keepIn, register } from '../../people.ts';
import { inHouse } from '../../shared-house.ts';
import {
  addKey,
  addKeys,
  creationIn,
  type Keyed,
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

interface Accepted {
  readonly rpId: string;
  readonly userId: string;
  readonly allAcceptedCredentialIds: string[];
}

/** What the Signal API of the browser is told. */
const acceptedBy = async (browser: Browser): Promise<Accepted> =>
  (await browser.get<{ credentials: Accepted }>('/api/v1/account/factors')).body.credentials;

const passkeysOf = async (browser: Browser) => (await factorsOf(browser)).filter(({ kind }) => kind === 'passkey');

/** The model that Windows Hello says it is. */
const windowsHello = '08987058-cadc-4b81-b6e1-30de50dcbe96';

const subjectsTo = (house: { mails: { to: string; subject?: string }[] }, address: string) =>
  house.mails.filter(({ to }) => to === address).map(({ subject = '' }) => subject);

inHouse(
  'keeping passkeys',
  (house) => {
    test('ENR-04, WAN-14: several keys are bound one after the other, a weaker one too, each under a name of its own', async () => {
      const ada = await registerWithKey(house());
      await addKeys(
        house(),
        ada,
        makeKey({ backup: 'synced' }),
        makeKey({ aaguid: windowsHello }),
        makeKey({ verifies: false }),
      );
      const labels = (await passkeysOf(ada.browser)).map(({ label }) => label);
      assert.deepEqual(labels, ['Passkey', 'Passkey 2', 'Windows Hello', 'Passkey 3']);
      const listed = await passkeysOf(ada.browser);
      assert.deepEqual(
        listed.map(({ level }) => level),
        ['aal3', 'phishing-resistant', 'aal3', 'phishing-resistant'],
      );
      const [{ id } = { id: '' }] = listed;
      const renamed = await ada.browser.call('PATCH', `/api/v1/account/factors/${id}`, { label: 'On my keyring' });
      assert.equal(renamed.status, 204, renamed.text);
      assert.equal((await factorOf(ada.browser, 'passkey')).label, 'On my keyring');
    });

    test('WAN-14: the browser is told which keys are in use, and no more of those that were removed or lost', async () => {
      const ada = await registerWithKey(house());
      const [second, third] = [makeKey(), makeKey()];
      await addKeys(house(), ada, second, third);
      const { rpId, userId, allAcceptedCredentialIds } = await acceptedBy(ada.browser);
      const { flow, options } = await openPage(house().browser());
      assert.equal(rpId, options.rpId);
      assert.equal(userId, ada.key.assert(requestIn(flow)).response.userHandle);
      assert.deepEqual(allAcceptedCredentialIds.sort(), [ada.key.id, second.id, third.id].sort());
      const [first, next] = await passkeysOf(ada.browser);
      assert.equal((await remove(ada.browser, first?.id ?? '')).status, 204);
      assert.deepEqual((await acceptedBy(ada.browser)).allAcceptedCredentialIds.sort(), [second.id, third.id].sort());
      assert.equal((await reportLost(ada.browser, next?.id ?? '')).status, 204);
      assert.deepEqual((await acceptedBy(ada.browser)).allAcceptedCredentialIds, [third.id]);
    });

    test('ENR-05: a key that is reported lost stops at once, in a sign-in that has begun too, and may be bound again', async () => {
      const ada = await registerWithKey(house());
      const spare = makeKey();
      await addKeys(house(), ada, spare);
      const [waiting, page] = [house().browser(), house().browser()];
      const flow = await enterPassword(waiting, ada);
      const open = await openPage(page);
      const owner = house().browser();
      assert.equal((await signInAlone(owner, spare)).body.done, true);
      const [lost] = await passkeysOf(owner);
      assert.equal((await reportLost(owner, lost?.id ?? '')).status, 204);
      const credential = ada.key.assert(requestIn(flow));
      assert.equal((await waiting.answer(flow, { credential })).body.code, 'flow-over');
      const alone = () => page.answer(open.flow, { credential: ada.key.assert(open.options) });
      assert.equal(await whyRefused(house(), alone), 'unknown-key');
      const again = await enterPassword(house().browser(), ada);
      assert.deepEqual(
        requestIn(again).allowCredentials?.map(({ id }) => id),
        [spare.id],
      );
      const found = await addKey({ ...ada, browser: owner }, ada.key);
      assert.equal(found.body.done, true, found.text);
      assert.equal((await signInAlone(house().browser(), ada.key)).body.done, true);
    });

    test('ENR-05, SES-09: a key that is removed signs nobody in, and who signed in with it is out', async () => {
      const ada = await registerWithKey(house());
      const spare = makeKey();
      await addKeys(house(), ada, spare);
      const thief = house().browser();
      assert.equal((await signInAlone(thief, ada.key)).body.done, true);
      const [first] = await passkeysOf(ada.browser);
      assert.equal((await remove(ada.browser, first?.id ?? '')).status, 204);
      assert.equal((await thief.get('/api/v1/account')).status, 401);
      assert.equal(await whyRefused(house(), () => signInAlone(house().browser(), ada.key)), 'unknown-key');
    });

    test('NOTI-01: the owner is told of a key that is added, reported lost and removed', async () => {
      const ada = await registerWithKey(house());
      await addKeys(house(), ada, makeKey());
      const [first, second] = await passkeysOf(ada.browser);
      assert.equal((await remove(ada.browser, first?.id ?? '')).status, 204);
      assert.equal((await reportLost(ada.browser, second?.id ?? '')).status, 204);
      await house().outbox.drain();
      const subjects = subjectsTo(house(), ada.address).reverse();
      const added = subjects.filter((subject) => subject.startsWith('A new way to sign in'));
      assert.equal(added.length, 2, subjects.join());
      assert.equal(subjects.filter((subject) => subject.startsWith('A way to sign in was reported lost')).length, 1);
      assert.equal(subjects.filter((subject) => subject.startsWith('A way to sign in was removed')).length, 1);
      const mail = house().mails.find(({ to, text }) => to === ada.address && text.includes('Passkey 2'));
      assert.ok(mail);
    });

    test('FLOW-15, ENR-02: a passkey can be turned on while registering, and opens the account that way', async () => {
      const address = `new${house().clock.now}@example.org`;
      const browser = house().browser();
      const { body: flow } = await browser.start('registration', { identifier: address });
      await browser.answer(flow, { code: await house().codeFor(address) });
      const offered = await browser.answer(flow, { password: 'violet anchors drift under rain' });
      assert.ok(asked(offered.body, 'offer').kinds.some(({ kind }) => kind === 'passkey'));
      const key = makeKey({ backup: 'synced' });
      const { body: made } = await browser.answer(flow, { accept: 'passkey' });
      const kept = await browser.answer(flow, { credential: key.register(creationIn(made)) });
      const person = { address, codes: [], paperKey: '' } as unknown as Keyed;
      keepIn(person, kept.body);
      const done = await browser.answer(flow, { kept: true });
      assert.equal(done.body.session?.level, 'phishing-resistant', done.text);
      assert.equal((await signInAlone(house().browser(), key)).body.done, true);
    });

    test('REC-01: where the keys are gone, the codes of that day sign in', async () => {
      const ada = await registerWithKey(house());
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      const way = asked(flow, 'passkey-use').others.find(({ kind }) => kind === 'backup-codes');
      assert.equal((await browser.answer(flow, { choose: way?.factorId ?? '' })).body.prompt.ask, 'code');
      const { body } = await browser.answer(flow, { code: ada.codes[0] ?? '' });
      assert.deepEqual([body.done, body.codesLeft], [true, 9]);
    });

    test('STEP-01: what is dangerous takes a fresh proof of the highest level, by key', async () => {
      const ada = await registerWithKey(house());
      const browser = house().browser();
      assert.equal((await signInWithBoth(browser, ada, { flags: { UV: false } })).body.done, true);
      const { id } = await factorOf(browser, 'passkey');
      assert.deepEqual((await remove(browser, id)).body.level, 'aal3');
      assert.equal((await stepUpWith(browser, ada.key, { level: 'aal3' })).body.session?.level, 'aal3');
      assert.equal((await remove(browser, id)).status, 204);
    });
  },
  { options: there },
);

inHouse(
  'a site of several names',
  (house) => {
    test('WAN-03: each origin that is configured signs in, and no other', async () => {
      const ada = await registerWithKey(house());
      assert.equal((await openPage(house().browser())).options.rpId, 'example.org');
      for (const at of ['https://login.example.org', 'https://panel.example.net']) {
        const { body, text } = await signInAlone(house().browser({ origin: at }), ada.key, { origin: at });
        assert.equal(body.done, true, text);
      }
      const elsewhere = () => signInAlone(house().browser(), ada.key, { origin: 'https://example.org' });
      assert.equal(await whyRefused(house(), elsewhere), 'origin', 'the name of the keys is no origin by itself');
    });

    test('WAN-19: the well-known files name the pages, and the origins that are configured and no other', async () => {
      const browser = house().browser();
      const endpoints = await browser.get<{ enroll: string; manage: string }>('/.well-known/passkey-endpoints');
      assert.equal(endpoints.status, 200);
      assert.match(endpoints.headers.get('content-type') ?? '', /^application\/json/);
      const account = 'https://login.example.org/account';
      assert.deepEqual(endpoints.body, { enroll: account, manage: account });
      const related = await browser.get('/.well-known/webauthn');
      assert.equal(related.status, 200);
      assert.match(related.headers.get('content-type') ?? '', /^application\/json/);
      assert.deepEqual(related.body, { origins: ['https://login.example.org', 'https://panel.example.net'] });
    });
  },
  {
    on: ['sqlite'],
    options: {
      SECONDLOCK_ORIGIN: 'https://login.example.org,https://panel.example.net',
      SECONDLOCK_WEBAUTHN_RP_ID: 'example.org',
    },
  },
);

inHouse(
  'a password that somebody else knows',
  (house) => {
    test('PW-06: a sign-in by key alone asks for a new one as well', async () => {
      const ada = { ...(await register(house(), 'nothing')), key: makeKey() };
      await addKey(ada, ada.key);
      await house()
        .database.all.k.updateTable('users')
        .set({ password_exposed_at: house().clock.now })
        .where('email', '=', ada.address)
        .execute();
      const browser = house().browser();
      const { body: flow } = await signInAlone(browser, ada.key);
      assert.deepEqual([flow.done, flow.prompt.ask], [false, 'new-password']);
      const done = await browser.answer(flow, { password: 'crimson lanterns over the harbour' });
      assert.equal(done.body.session?.level, 'aal3', done.text);
      assert.equal((await signInAlone(house().browser(), ada.key)).body.done, true);
    });
  },
  { on: ['sqlite'], options: there },
);
