/** Saying no on the phone: it ends what was asked at once, tells the owner, and, where a stranger was it, changes the password. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, signedIn } from '../../account.ts';
import { Events } from '../../events.ts';
import { asked, enterPassword, register, stepUp } from '../../people.ts';
import { told } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { askPhone, numberIn, pairPhone, signInByPhone, withPhone } from './phones.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const newPassword = 'crimson lantern over harbour';

inHouse('a phone that says no', (house) => {
  test('PUSH-07 deny ends the sign-in at once: its page fails, a later approval is refused, owner and audit are told', async () => {
    const ada = await withPhone(house());
    const stranger = house().browser({ address: '198.51.100.7' });
    const { flow, number } = await askPhone(house(), ada, stranger);
    await using events = new Events(await stranger.open('GET', `/api/v1/flows/${flow.id}/events`));
    numberIn(await events.take('state'));
    const { id: request } = await ada.phone.request();
    const written = await told(house(), async () => {
      const answer = await ada.phone.answer({ request, decision: 'deny' });
      assert.deepEqual(answer.body, { is: 'denied' });
    });
    const state = await events.take<typeof flow>('state');
    assert.deepEqual([state.done, state.refused?.code, state.session], [true, 'denied', undefined]);
    assert.equal(await events.next(), undefined, 'the stream ends with the flow');
    const looked = (await stranger.get<typeof flow>(`/api/v1/flows/${flow.id}`)).body;
    assert.deepEqual([looked.done, looked.refused?.code], [true, 'denied']);
    house().clock.advance(1);
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'over');
    assert.equal((await stranger.answer(flow, {})).body.code, 'flow-over');
    assert.equal((await stranger.answer(flow, { resend: true })).body.code, 'flow-over');
    assert.equal(await signedIn(stranger), false);
    const [denied] = written.filter(({ type }) => type === 'proof.denied');
    assert.deepEqual([denied?.details.reason, denied?.details.kind, denied?.correlation], ['deny', 'push', flow.id]);
    const notice = await house().mailTo(ada.address);
    assert.match(notice.text, /198\.51\.100\.7/, 'it tells of who asked, not of the phone');
    assert.match(notice.text, /Firefox on Linux/);
    assert.equal(await signedIn(ada.browser), true, 'nobody else is signed out');
    assert.equal((await enterPassword(house().browser(), ada)).prompt.ask, 'wait', 'the password is as good as before');
  });

  test('PUSH-07 a denial takes no number, and comes too late after an approval or the end', async () => {
    const ada = await withPhone(house());
    const first = await askPhone(house(), ada);
    await ada.phone.approve(first.number);
    assert.equal((await first.browser.answer(first.flow, {})).body.done, true);
    const next = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    assert.equal((await ada.phone.answer({ request, decision: 'deny', number: next.number })).body.is, 'denied');
    house().clock.advance(1);
    assert.equal((await ada.phone.answer({ request, decision: 'deny' })).body.is, 'over');
    assert.equal((await ada.phone.answer({ request, decision: 'not-me' })).body.is, 'over');
  });

  test('PUSH-07 PW-06 “this was not me” leads to recovery, ends what a stranger began, and has the password changed once', async () => {
    const ada = await withPhone(house());
    const [strangers, older] = [house().browser(), house().browser()];
    const { body: recovery } = await older.start('recovery', { identifier: ada.address });
    await older.answer(recovery, { code: await house().codeFor(ada.address) });
    house().clock.advance(6 * minute);
    const behind = await askPhone(house(), ada, house().browser());
    const { flow, number } = await askPhone(house(), ada, strangers);
    const { id: request } = await ada.phone.request();
    const written = await told(house(), async () => {
      assert.deepEqual((await ada.phone.answer({ request, decision: 'not-me' })).body, {
        is: 'denied',
        next: '/recovery',
      });
    });
    assert.deepEqual(
      written.map(({ type }) => type).filter((type) => /^p/.test(type)),
      ['proof.denied', 'password.exposed'],
    );
    assert.equal((await strangers.get<typeof flow>(`/api/v1/flows/${flow.id}`)).body.refused?.code, 'denied');
    for (const [browser, begun] of [
      [older, recovery],
      [behind.browser, behind.flow],
    ] as const) {
      assert.equal((await browser.answer(begun, {})).body.code, 'flow-over');
    }
    house().clock.advance(1);
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'over');
    assert.match((await house().mailTo(ada.address)).text, /recovery|password/i);
    // The next sign-in asks for a new password, after both factors and never before.
    house().clock.advance(6 * minute);
    const own = house().browser();
    const asking = await askPhone(house(), ada, own);
    assert.equal((await own.answer(asking.flow, { password: newPassword })).status, 400);
    await ada.phone.approve(asking.number);
    const collected = (await own.answer(asking.flow, {})).body;
    asked(collected, 'new-password');
    assert.equal(await signedIn(own), false, 'no session before it');
    assert.equal((await own.answer(asking.flow, { password: ada.password })).body.refused?.code, 'same');
    const done = await own.answer(asking.flow, { password: newPassword });
    assert.deepEqual([done.body.done, done.body.session?.level], [true, 'two-step']);
    assert.equal(await signedIn(ada.browser), false, 'older sessions end with the password');
    const refused = await house().browser().start('sign-in', { identifier: ada.address, password: ada.password });
    assert.equal(refused.body.refused?.code, 'wrong');
    ada.password = newPassword;
    house().clock.advance(400 * day);
    await signInByPhone(house(), ada);
  });

  test('PUSH-07 after “this was not me” a recovery sets the password too, and the next sign-in asks for none', async () => {
    const ada = await withPhone(house());
    await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    await ada.phone.answer({ request, decision: 'not-me' });
    const browser = house().browser();
    const { body: flow } = await browser.start('recovery', { identifier: ada.address });
    const next = await browser.answer(flow, { code: await house().codeFor(ada.address) });
    await ada.phone.approve(numberIn(next.body));
    asked((await browser.answer(flow, {})).body, 'new-password');
    assert.equal((await browser.answer(flow, { password: newPassword })).body.done, true);
    ada.password = newPassword;
    house().clock.advance(6 * minute);
    await signInByPhone(house(), ada);
  });

  test('PUSH-07 whoever asked with a session loses it with “this was not me”, and keeps it where it was only denied', async () => {
    const ada = await register(house());
    const phone = await pairPhone(house(), ada);
    await stepUp(ada.browser, ada);
    const { id } = await factorOf(ada.browser, 'push');
    for (const [decision, stays] of [
      ['deny', true],
      ['not-me', false],
    ] as const) {
      const { body: flow } = await ada.browser.start('step-up', { action: 'payout' });
      numberIn((await ada.browser.answer(flow, { choose: id })).body);
      const request = await phone.request();
      assert.equal(request.purpose, 'step-up');
      assert.equal((await phone.answer({ request: request.id, decision })).body.is, 'denied');
      assert.equal(await signedIn(ada.browser), stays, decision);
      house().clock.advance(6 * minute);
    }
  });

  test('PUSH-07 “this was not me” of a request that a newer one replaced counts too, and signs everybody out', async () => {
    const ada = await withPhone(house());
    const first = await askPhone(house(), ada, house().browser());
    const { id: request } = await ada.phone.request();
    await askPhone(house(), ada, house().browser());
    const written = await told(house(), async () => {
      const { body } = await ada.phone.answer({ request, decision: 'not-me' });
      assert.deepEqual(body, { is: 'denied', next: '/recovery' });
    });
    assert.ok(written.some(({ type }) => type === 'password.exposed'));
    assert.equal((await first.browser.answer(first.flow, {})).body.code, 'flow-over');
    assert.equal(await signedIn(ada.browser), false);
  });

  test('PUSH-07 of a denial and fifty approvals at once one counts', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    const { now } = house().clock;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        ada.phone.answer(at % 2 === 0 ? { request, number } : { request, decision: 'deny' }, { time: now + at }),
      ),
    );
    const heard = answers.map(({ status, body }) => (status === 200 ? body.is : status));
    const won = heard.filter((is) => is === 'approved' || is === 'denied');
    assert.equal(won.length, 1, JSON.stringify(heard));
    const { body } = await browser.answer(flow, {});
    assert.equal(body.session !== undefined, won[0] === 'approved', JSON.stringify(body));
  });
});
