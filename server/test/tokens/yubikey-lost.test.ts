import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, reportLost } from '../account.ts';
import { openHouse } from '../house.ts';
import { ValidationServer, YubiKey } from '../peers/yubico.ts';
import { keepIn, register } from '../people.ts';

async function yubi() {
  const server = new ValidationServer();
  const listener = await server.listen();
  const house = await openHouse({
    options: {
      SECONDLOCK_YUBICO_URL: listener.url,
      SECONDLOCK_YUBICO_CLIENT_ID: server.clientId,
      SECONDLOCK_YUBICO_SECRET: server.secret,
    },
  });
  const add = async (person: Awaited<ReturnType<typeof register>>, key: YubiKey) => {
    const { body: flow } = await person.browser.start('enrolment');
    await person.browser.answer(flow, { accept: 'yubikey' });
    const added = await person.browser.answer(flow, { code: key.touch() });
    if (added.body.prompt?.ask !== 'keep') return added;
    keepIn(person, added.body);
    return person.browser.answer(flow, { kept: true });
  };
  return { server, listener, house, add };
}

test('a YubiKey that was reported lost and found can be somebody’s again', async (t) => {
  const { server, listener, house, add } = await yubi();
  t.after(async () => {
    await house[Symbol.asyncDispose]();
    await listener.close();
  });
  const key = server.learn(new YubiKey());
  const ada = await register(house);
  assert.equal((await add(ada, key)).body.done, true);
  const lost = await reportLost(ada.browser, (await factorOf(ada.browser, 'yubikey')).id);
  assert.equal(lost.status, 204, lost.text);
  const bob = await register(house);
  const added = await add(bob, key);
  assert.equal(added.body.done, true, added.text);
});
