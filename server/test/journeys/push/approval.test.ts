/** Approval on a phone, through the front door: with the number and never without it, once, in time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, signedIn } from '../../account.ts';
import { asked, enterPassword, register, signIn } from '../../people.ts';
import { otherNumber } from '../../phone.ts';
import { told, trail } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { askPhone, numberIn, pairPhone, signInByPhone, withPhone } from './phones.ts';

const second = 1000;

inHouse('a phone that approves', (house) => {
  test('PUSH-01 approving takes the number that the page shows, and nothing else will do', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const { phone } = ada;
    const { id: request, digits } = await phone.request();
    assert.equal(digits, 2);
    assert.doesNotMatch(JSON.stringify(await phone.waiting()), new RegExp(`"${number}"`), 'the phone is not told it');
    for (const sent of [
      { approved: true },
      { approved: true, number: undefined },
      { choose: number, number: undefined },
      { number: '' },
      { number: Number(number) },
      { number: [number] },
      { number: null },
      { number: `${number} ` },
      { number: number.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))) },
      { number: `${number}0000000` },
      { decision: 'approved' },
      { decision: true },
    ]) {
      const { status, text } = await phone.answer({ request, number }, { sent });
      assert.equal(status, 400, `${JSON.stringify(sent)}: ${text}`);
    }
    for (const body of ['[]', 'null', '{}', '"approve"', 'approve']) {
      const { status } = await phone.call('POST', '/api/v1/authenticator/answer', body);
      assert.equal(status, 400, body);
    }
    const waiting = (await browser.answer(flow, {})).body;
    assert.equal(numberIn(waiting), number, 'what is no answer ends nothing');
    assert.equal(asked(waiting, 'wait').answered, undefined);
    assert.equal((await phone.answer({ request, number })).body.is, 'approved');
    assert.equal((await browser.answer(flow, {})).body.done, true);
    assert.equal(await signedIn(browser), true);
  });

  test('PUSH-01 an approval that is signed without a number ends the request like a wrong one', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    assert.equal((await ada.phone.answer({ request, number: undefined })).body.is, 'wrong');
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'over');
    assert.equal((await browser.answer(flow, {})).body.done, false);
    assert.equal(await signedIn(browser), false);
  });

  test('PUSH-01 a number of six digits in place of the two is wrong', async () => {
    const ada = await withPhone(house());
    const { number } = await askPhone(house(), ada);
    assert.equal((await ada.phone.approve(`0000${number}`)).body.is, 'wrong');
  });

  test('PUSH-03 a wrong number ends the request, and the right one after it comes too late', async () => {
    const ada = await withPhone(house());
    const since = house().clock.now;
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    assert.equal((await ada.phone.answer({ request, number: otherNumber(number) })).body.is, 'wrong');
    assert.deepEqual(await ada.phone.waiting(), []);
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'over');
    const { body } = await browser.answer(flow, {});
    assert.equal(body.done, false);
    assert.deepEqual(
      asked(body, 'choose').options.map(({ kind }) => kind),
      ['push', 'backup-codes', 'paper-key'],
      'the page offers to ask again, and the other ways',
    );
    const reasons = (await trail(house(), since)).filter(({ type }) => type === 'proof.refused').map((e) => e.details);
    assert.deepEqual(
      reasons.map(({ kind, purpose, reason }) => `${kind} ${purpose} ${reason}`),
      ['push sign-in wrong', 'push elsewhere over'],
    );
    // Asked again, it is another number for another request.
    const again = (await browser.answer(flow, { choose: (await factorOf(ada.browser, 'push')).id })).body;
    assert.notEqual((await ada.phone.request()).id, request);
    assert.equal((await ada.phone.approve(numberIn(again))).body.is, 'approved');
    assert.equal((await browser.answer(flow, {})).body.done, true);
  });

  test('PUSH-03 two minutes are what a request lives, and the number dies with it', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const shown = await ada.phone.request();
    assert.equal(Date.parse(shown.expiresAt) - Date.parse(shown.at), 120 * second);
    house().clock.advance(120 * second);
    assert.deepEqual(await ada.phone.waiting(), []);
    assert.equal((await ada.phone.answer({ request: shown.id, number })).body.is, 'over');
    assert.equal((await browser.answer(flow, {})).body.done, false);
    const again = await browser.answer(flow, { resend: true });
    const newer = await ada.phone.request();
    assert.notEqual(newer.id, shown.id);
    assert.equal((await ada.phone.approve(numberIn(again.body))).body.is, 'approved');
    assert.equal((await browser.answer(flow, {})).body.done, true);
  });

  test('PUSH-03 an approval is collected within a minute, or is worth nothing', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    house().clock.advance(119 * second);
    assert.equal((await ada.phone.approve(number)).body.is, 'approved');
    house().clock.advance(61 * second);
    const late = await browser.answer(flow, {});
    assert.equal(late.body.done, false, late.text);
    assert.equal(await signedIn(browser), false);
    assert.equal(asked(late.body, 'wait').answered, undefined, 'there is nothing to collect any more');
    const again = (await browser.answer(flow, { resend: true })).body;
    assert.equal((await ada.phone.approve(numberIn(again))).body.is, 'approved');
    assert.equal((await browser.answer(flow, {})).body.done, true);
  });

  test('PUSH-03 an approval counts once: given twice, and collected twice', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'approved');
    house().clock.advance(1);
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'over');
    assert.equal((await ada.phone.answer({ request, decision: 'deny' })).body.is, 'over');
    assert.equal((await browser.answer(flow, {})).body.done, true);
    const again = await browser.answer(flow, {});
    assert.notEqual(again.status, 200);
    house().clock.advance(1);
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'over');
  });

  test('PUSH-03 request and number are new each time, and the number of one is none for another', async () => {
    const ada = await withPhone(house());
    const seen = new Set<string>();
    const numbers: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const { flow, browser, number } = await askPhone(house(), ada);
      const { id } = await ada.phone.request();
      assert.match(id, /^[\w-]{22}$/);
      seen.add(id);
      numbers.push(number);
      await ada.phone.answer({ request: id, number });
      await browser.answer(flow, {});
    }
    assert.equal(seen.size, 3);
    house().clock.advance(6 * 60 * second);
    let first = await askPhone(house(), ada);
    let next = await askPhone(house(), ada);
    // One time in a hundred chance gives the same number again.
    if (next.number === first.number) [first, next] = [next, await askPhone(house(), ada)];
    assert.notEqual(next.number, first.number);
    assert.equal((await ada.phone.approve(first.number)).body.is, 'wrong');
  });

  test('FLOW-04 an approval of one sign-in finishes no other, though both are the same person’s', async () => {
    const ada = await withPhone(house());
    const first = await askPhone(house(), ada);
    const { id: dead } = await ada.phone.request();
    const second = await askPhone(house(), ada);
    assert.equal((await ada.phone.answer({ request: dead, number: first.number })).body.is, 'over');
    assert.equal((await ada.phone.approve(second.number)).body.is, 'approved');
    for (const answer of [{}, { code: second.number }, { resend: true }]) {
      assert.notEqual((await first.browser.answer(first.flow, answer)).body.done, true);
    }
    assert.equal(await signedIn(first.browser), false);
  });

  test('PUSH-08 only the browser that began collects the approval, and the phone opens nothing', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    await ada.phone.answer({ request, number });
    const stranger = house().browser();
    await enterPassword(stranger, { ...ada, password: 'not the right one at all' });
    for (const other of [house().browser(), stranger, ada.phone.browser]) {
      for (const id of [flow.id, request]) {
        assert.equal((await other.get(`/api/v1/flows/${id}`)).status, 404);
        assert.equal((await other.answer({ id }, {})).status, 404);
        assert.equal((await other.get(`/api/v1/flows/${id}/events`)).status, 404);
      }
      assert.equal(await signedIn(other), false);
    }
    const signed = ada.phone.authorization('POST', `/api/v1/flows/${flow.id}`, '{}');
    const byPhone = await ada.phone.browser.call('POST', `/api/v1/flows/${flow.id}`, '{}', { authorization: signed });
    assert.equal(byPhone.status, 404);
    const account = ada.phone.authorization('GET', '/api/v1/account', '');
    assert.equal(
      (await ada.phone.browser.call('GET', '/api/v1/account', undefined, { authorization: account })).status,
      401,
    );
    assert.deepEqual([...ada.phone.browser.cookies], []);
    assert.equal((await browser.answer(flow, {})).body.session?.level, 'two-step');
  });

  test('FLOW-11 fifty approvals and fifty collections at once open one session', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    const fifty = Array.from({ length: 50 }, (_, at) => at);
    const events = await told(house(), async () => {
      const answers = await Promise.all(
        fifty.map((at) => ada.phone.answer({ request, number }, { time: house().clock.now + at })),
      );
      const heard = answers.map(({ status, body }) => (status === 200 ? body.is : status));
      assert.equal(heard.filter((is) => is === 'approved').length, 1, JSON.stringify(heard));
      assert.ok(
        heard.every((is) => is === 'approved' || is === 'over'),
        JSON.stringify(heard),
      );
      const collected = await Promise.all(fifty.map(() => browser.answer(flow, {})));
      assert.equal(collected.filter(({ body }) => body.session !== undefined).length, 1);
      assert.ok(collected.every(({ status }) => status < 500));
    });
    assert.equal(events.filter(({ type }) => type === 'session.started').length, 1);
    assert.equal(events.filter(({ type }) => type === 'proof.given-elsewhere').length, 1);
  });

  test('FLOW-08 what is no approval cannot be handed in at the page either', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    for (const body of [
      { code: number },
      { collected: number },
      { collected: { answer: 'x', at: 1 } },
      { answered: true },
    ]) {
      const { status, text } = await browser.answer(flow, body);
      assert.equal(status, 400, `${JSON.stringify(body)}: ${text}`);
    }
    assert.equal(await signedIn(browser), false);
  });

  test('FLOW-03 a phone answers for its own account only, whatever the answer names', async () => {
    const [ada, bob] = [await withPhone(house()), await withPhone(house())];
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    assert.deepEqual(await bob.phone.waiting(), []);
    assert.equal((await bob.phone.answer({ request, number })).body.is, 'over');
    assert.equal((await bob.phone.answer({ request, decision: 'not-me' })).body.is, 'over');
    assert.equal((await browser.answer(flow, {})).body.done, false);
    assert.equal((await ada.phone.request()).id, request, 'nothing has happened to it');
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'approved');
  });

  test('ENR-04 two phones: each answers what it was asked, and the stronger app is asked first', async () => {
    const ada = await withPhone(house());
    const spare = await pairPhone(house(), ada);
    const { browser, flow, number } = await askPhone(house(), ada);
    const asks = [await ada.phone.waiting(), await spare.waiting()].map((list) => list.length);
    assert.deepEqual(asks.toSorted(), [0, 1]);
    const [asked1, other] = asks[0] === 1 ? [ada.phone, spare] : [spare, ada.phone];
    const { id: request } = await asked1.request();
    assert.equal((await other.answer({ request, number })).body.is, 'over');
    assert.equal((await asked1.answer({ request, number })).body.is, 'approved');
    assert.equal((await browser.answer(flow, {})).body.done, true);
    const eve = await register(house());
    await pairPhone(house(), eve);
    assert.equal(asked(await enterPassword(house().browser(), eve), 'code').kind, 'totp');
    await signIn(house().browser(), eve);
  });

  test('RATE-04 a right approval ends the count of wrong numbers and no other', async () => {
    const ada = await withPhone(house());
    for (let turn = 0; turn < 8; turn += 1) {
      house().clock.advance(6 * 60 * second);
      if (turn % 3 === 2) await signInByPhone(house(), ada);
      else {
        const { number } = await askPhone(house(), ada);
        assert.equal((await ada.phone.approve(otherNumber(number))).body.is, 'wrong');
      }
    }
    await signInByPhone(house(), ada, house().browser());
  });
});
