import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databases, openHouse } from '../house.ts';
import { asked, choose, enterPassword, keepIn, register, setUpOwner, signIn } from '../people.ts';

for (const on of databases) {
  test(`a person registers, signs out and signs in with password and code, on ${on}`, async () => {
    await using house = await openHouse({ on });
    const ada = await register(house);
    const account = await ada.browser.get('/api/v1/account');
    assert.equal(account.body.email, ada.address);
    assert.equal((await ada.browser.call('POST', '/api/v1/account/sign-out', {})).status, 204);
    assert.equal((await ada.browser.get('/api/v1/account')).status, 401);
    const done = await signIn(house.browser(), ada);
    assert.equal(done.session?.level, 'aal2');
  });

  test(`LUS-08 a backup code signs in with the password and says how many are left, on ${on}`, async () => {
    await using house = await openHouse({ on });
    const ada = await register(house);
    const browser = house.browser();
    const flow = await choose(browser, await enterPassword(browser, ada), 'backup-codes');
    const [first = ''] = ada.codes;
    const { body } = await browser.answer(flow, { code: first.toLowerCase().replaceAll('-', ' ') });
    assert.equal(body.done, true);
    assert.equal(body.codesLeft, 9);
  });

  test(`LUS-07 the paper key signs in once, shows its successor and asks which factor is lost, on ${on}`, async () => {
    await using house = await openHouse({ on });
    const ada = await register(house);
    const browser = house.browser();
    const used = ada.paperKey;
    const flow = await choose(browser, await enterPassword(browser, ada), 'paper-key');
    const shown = await browser.answer(flow, { code: used });
    keepIn(ada, shown.body);
    assert.notEqual(ada.paperKey, used);
    const question = await browser.answer(flow, { kept: true });
    assert.equal(asked(question.body, 'choose').about, 'lost');
    const done = await browser.answer(flow, { choose: 'none' });
    assert.equal(done.body.session?.level, 'aal2', done.text);
    await house.outbox.drain();
    assert.ok(house.mails.some((mail) => mail.to === ada.address && mail.subject?.includes('paper key was used')));
    const again = await choose(browser, await enterPassword(browser, ada), 'paper-key');
    assert.equal((await browser.answer(again, { code: used })).body.refused?.code, 'wrong');
  });

  test(`an owner who says later is asked for an e-mailed code from the first day, on ${on}`, async () => {
    await using house = await openHouse({ on });
    const owner = await setUpOwner(house, 'nothing');
    const browser = house.browser();
    const flow = await enterPassword(browser, owner);
    assert.equal(asked(flow, 'code').kind, 'email');
    const { body } = await browser.answer(flow, { code: await house.codeFor(owner.address) });
    assert.equal(body.session?.level, 'two-step');
  });

  test(`REC-01 a forgotten password asks the second factor, opens no session and touches no factor, on ${on}`, async () => {
    await using house = await openHouse({ on });
    const ada = await register(house);
    const browser = house.browser();
    const { body: flow } = await browser.start('recovery', { identifier: ada.address });
    const second = await browser.answer(flow, { code: await house.codeFor(ada.address) });
    assert.equal(asked(second.body, 'code').kind, 'totp');
    const next = await browser.answer(flow, { code: ada.nextCode() });
    asked(next.body, 'new-password');
    const done = await browser.answer(flow, { password: 'crimson lantern over harbour' });
    assert.deepEqual([done.body.done, done.body.session], [true, undefined]);
    assert.equal((await browser.get('/api/v1/account')).status, 401);
    ada.password = 'crimson lantern over harbour';
    assert.equal((await signIn(browser, ada)).session?.level, 'aal2');
  });
}
