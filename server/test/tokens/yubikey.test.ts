/** YubiKeys through the front door, against a validation server that decrypts what they type. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { factorOf, factorsOf, signedIn } from '../account.ts';
import { databases, type House, openHouse } from '../house.ts';
import { ValidationServer, YubiKey } from '../peers/yubico.ts';
import { asked, enterPassword, keepIn, type Person, register } from '../people.ts';
import { inHouse } from '../shared-house.ts';

/** Adds a key to an account that is signed in. */
async function addKey(person: Person, key: YubiKey) {
  const { body: flow } = await person.browser.start('enrolment');
  const prompt = asked((await person.browser.answer(flow, { accept: 'yubikey' })).body, 'code');
  assert.deepEqual([prompt.kind, prompt.format, prompt.length], ['yubikey', 'letters', 44]);
  const added = await person.browser.answer(flow, { code: key.touch() });
  if (added.status !== 200 || added.body.prompt.ask !== 'keep') return added;
  keepIn(person, added.body);
  return person.browser.answer(flow, { kept: true });
}

for (const on of databases) {
  describe(`YubiKeys, on ${on}`, () => {
    const server = new ValidationServer();
    let house: House & AsyncDisposable;
    let listener: Awaited<ReturnType<ValidationServer['listen']>>;

    before(async () => {
      listener = await server.listen();
      const options = {
        SECONDLOCK_YUBICO_URL: listener.url,
        SECONDLOCK_YUBICO_CLIENT_ID: server.clientId,
        SECONDLOCK_YUBICO_SECRET: server.secret,
      };
      house = await openHouse({ on, options });
    });
    beforeEach(() => {
      server.trouble = undefined;
      house.clock.advance(11 * 60_000);
    });
    after(async () => {
      await house[Symbol.asyncDispose]();
      await listener.close();
    });

    /** Somebody whose only everyday factor is a key. */
    const owner = async (): Promise<{ person: Person; key: YubiKey }> => {
      const person = await register(house, 'nothing');
      const key = server.learn(new YubiKey());
      const added = await addKey(person, key);
      assert.equal(added.body.done, true, added.text);
      return { person, key };
    };

    test('ENR-02 a touch turns the key on, another signs in, and none opens twice', async () => {
      const { person, key } = await owner();
      const factor = await factorOf(person.browser, 'yubikey');
      assert.equal(factor.level, 'aal2');
      assert.ok(!JSON.stringify(factor).includes(key.publicId));
      const browser = house.browser();
      const flow = await enterPassword(browser, person);
      const touch = key.touch();
      const done = await browser.answer(flow, { code: touch });
      assert.deepEqual([done.body.done, done.body.session?.level], [true, 'aal2'], done.text);
      const thief = house.browser();
      const again = await thief.answer(await enterPassword(thief, person), { code: touch });
      assert.deepEqual([again.body.done, again.body.refused?.code], [false, 'replayed'], again.text);
      assert.equal(await signedIn(thief), false);
    });

    test('OTP-03 the same touch sent ten times at once counts once', async () => {
      const { person, key } = await owner();
      const browsers = Array.from({ length: 10 }, () => house.browser());
      const flows = await Promise.all(browsers.map((browser) => enterPassword(browser, person)));
      const code = key.touch();
      const answers = await Promise.all(flows.map((flow, at) => browsers[at]?.answer(flow, { code })));
      assert.equal(answers.filter((answer) => answer?.body.done === true).length, 1);
      const open = await Promise.all(browsers.map(signedIn));
      assert.equal(open.filter(Boolean).length, 1);
    });

    test('ENR-04 a key belongs to one user: somebody else is told no, and its owner notices nothing', async () => {
      const { person, key } = await owner();
      const other = await register(house, 'nothing');
      const taken = await addKey(other, key);
      assert.equal(taken.body.refused?.code, 'wrong', taken.text);
      assert.deepEqual(await factorsOf(other.browser), []);
      const browser = house.browser();
      const done = await browser.answer(await enterPassword(browser, person), { code: key.touch() });
      assert.equal(done.body.done, true, done.text);
    });

    test('ENR-04 another’s key, and one that the server does not know, open nothing', async () => {
      const { person } = await owner();
      const { key: anothers } = await owner();
      const browser = house.browser();
      const flow = await enterPassword(browser, person);
      for (const code of [anothers.touch(), new YubiKey().touch(), 'c'.repeat(44)]) {
        const refused = await browser.answer(flow, { code });
        assert.equal(refused.body.refused?.code, 'wrong', refused.text);
      }
      assert.equal(await signedIn(browser), false);
    });

    test('FLOW-07 while the validation server is away or lies nobody signs in, and the same flow goes on afterwards', async () => {
      const { person, key } = await owner();
      const browser = house.browser();
      const flow = await enterPassword(browser, person);
      for (const trouble of ['error-500', 'unsigned', 'other-nonce'] as const) {
        server.trouble = trouble;
        const answer = await browser.answer(flow, { code: key.touch() });
        assert.deepEqual([answer.status, answer.body.code], [503, 'unavailable'], answer.text);
        assert.equal(await signedIn(browser), false);
      }
      server.trouble = undefined;
      const shown = await browser.get<{ prompt: { ask: string; kind: string } }>(`/api/v1/flows/${flow.id}`);
      assert.equal(shown.body.prompt.kind, 'yubikey');
      const done = await browser.answer(flow, { code: key.touch() });
      assert.equal(done.body.done, true, done.text);
    });

    test('FLOW-07 where the validation server is taken out of the configuration, no key is asked and no password is enough', async () => {
      const { person } = await owner();
      const app = await register(house);
      assert.equal((await addKey(app, server.learn(new YubiKey()))).body.done, true);
      const again = await openHouse({ like: house });
      const flow = await enterPassword(again.browser(), person);
      assert.deepEqual(
        [flow.done, flow.refused?.code, asked(flow, 'code').kind],
        [false, 'unavailable', 'backup-codes'],
      );
      const beside = asked(await enterPassword(again.browser(), app), 'code');
      assert.deepEqual([beside.kind, beside.others.some(({ kind }) => kind === 'yubikey')], ['totp', false]);
      await again.outbox.stop();
    });

    test('FLOW-07 an enrolment while the validation server is away leaves nothing behind', async () => {
      const person = await register(house, 'nothing');
      const key = server.learn(new YubiKey());
      server.trouble = 'error-500';
      assert.equal((await addKey(person, key)).status, 503);
      assert.deepEqual(await factorsOf(person.browser), []);
      assert.equal((await enterPassword(house.browser(), person)).done, true);
    });
  });
}

inHouse('without a validation server', (house) => {
  test('ENR-04 no key is offered, and none can be asked for', async () => {
    const person = await register(house(), 'nothing');
    const { body: flow } = await person.browser.start('enrolment');
    const { kinds } = asked(flow, 'offer');
    assert.ok(kinds.length > 0 && kinds.every(({ kind }) => kind !== 'yubikey'));
    assert.equal((await person.browser.answer(flow, { accept: 'yubikey' })).status, 400);
    assert.equal((await person.browser.start('enrolment', { kind: 'yubikey' })).status, 400);
  });
});
