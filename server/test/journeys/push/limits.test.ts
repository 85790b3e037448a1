/** How often a phone is asked, and what wrong numbers cost: a person who is asked without end approves in the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowAnswer } from '../../../src/flows/prompt.ts';
import { factorOf } from '../../account.ts';
import { type House, openHouse } from '../../house.ts';
import { asked, choose, enterPassword, type Person, register, stepUp } from '../../people.ts';
import { otherNumber } from '../../phone.ts';
import { told, trail } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { askPhone, numberIn, type Owner, pairPhone, signInByPhone, withPhone } from './phones.ts';

const second = 1000;
const minute = 60 * second;

/** Starts a sign-in as a stranger does; gives what the page shows. */
const startIn = async (house: House, person: Person) => (await enterPassword(house.browser(), person)).prompt;

/** Starts this many, one after the other; gives how many of them asked the phone. */
async function askedOf(house: House, person: Person, many: number, apart: number): Promise<number> {
  let phone = 0;
  for (let turn = 0; turn < many; turn += 1) {
    if ((await startIn(house, person)).ask === 'wait') phone += 1;
    house.clock.advance(apart);
  }
  return phone;
}

/** The phone is not asked: the other ways are, and the page says that it was not. */
function suspended(flow: FlowAnswer): void {
  const { kind, others } = asked(flow, 'code');
  assert.deepEqual([kind, ...others.map((way) => way.kind)], ['backup-codes', 'paper-key']);
  assert.equal(flow.refused?.code, 'unavailable');
}

/** A fresh proof by a backup code, in the browser that the phone was paired in. */
async function stepUpByCode(person: Person): Promise<void> {
  const { body: flow } = await person.browser.start('step-up');
  await choose(person.browser, flow, 'backup-codes');
  const done = await person.browser.answer(flow, { code: person.codes.pop() });
  assert.equal(done.body.done, true, done.text);
}

/** Types wrong numbers, with another proof whenever the phone may not be asked any more, until this many were judged. */
async function guessWrong(house: House, owner: Owner, many: number): Promise<number[]> {
  const waits: number[] = [];
  for (let judged = 0; judged < many; ) {
    const browser = house.browser();
    const flow = await enterPassword(browser, owner);
    if (flow.prompt.ask === 'wait') {
      const number = otherNumber(numberIn(flow));
      const told = await owner.phone.approve(number);
      if (told.status === 429) {
        const wait = Number(told.headers.get('retry-after'));
        waits.push(wait);
        house.clock.advance(wait * second);
        continue;
      }
      assert.equal(told.body.is, 'wrong', told.text);
      judged += 1;
    } else {
      assert.equal(asked(flow, 'code').kind, 'totp');
      await browser.answer(flow, { code: owner.nextCode() });
      house.clock.advance(31 * minute);
    }
    house.clock.advance(2 * minute);
  }
  return waits;
}

/** Somebody with a phone that they prefer to their app. */
async function prefersPhone(house: House): Promise<Owner> {
  const person = await register(house);
  const owner = Object.assign(person, { phone: await pairPhone(house, person) });
  await stepUp(person.browser, person);
  const { id } = await factorOf(person.browser, 'push');
  const preferred = await person.browser.call('PATCH', `/api/v1/account/factors/${id}`, { preferred: true });
  assert.ok(preferred.status < 300, preferred.text);
  return owner;
}

inHouse('a phone that is asked', (house) => {
  test('PUSH-04 of twenty sign-ins in five minutes three reach the phone, and the others offer other ways', async () => {
    const ada = await withPhone(house());
    house().clock.advance(5 * minute - (house().clock.now % (5 * minute)));
    const before = house().pushes.length;
    const events = await told(house(), async () => {
      assert.equal(await askedOf(house(), ada, 20, 10 * second), 3);
    });
    await house().outbox.drain();
    assert.equal(house().pushes.length, before, 'this phone has no subscription');
    const put = events.filter(({ type, details }) => type === 'challenge.put' && details.kind === 'push');
    assert.equal(put.length, 3);
    const refusals = events.filter(({ type }) => type === 'sending.refused');
    assert.equal(refusals.length, 17);
    assert.deepEqual(refusals[0]?.details, { channel: 'push', reason: 'quota' });
    suspended(await enterPassword(house().browser(), ada));
  });

  test('PUSH-04 ten without an approval suspend it, however slowly they come; an approval begins the count anew', async () => {
    const ada = await withPhone(house());
    for (let turn = 0; turn < 3; turn += 1) {
      assert.equal(await askedOf(house(), ada, 9, 6 * minute), 9);
      await signInByPhone(house(), ada);
      house().clock.advance(6 * minute);
    }
    assert.equal(await askedOf(house(), ada, 20, 6 * minute), 10);
    suspended(await enterPassword(house().browser(), ada));
  });

  test('PUSH-04 another factor opens it again, and so does a new pairing', async () => {
    const ada = await withPhone(house());
    assert.equal(await askedOf(house(), ada, 12, 6 * minute), 10);
    const browser = house().browser();
    const flow = await enterPassword(browser, ada);
    suspended(flow);
    assert.equal((await browser.answer(flow, { code: ada.codes.pop() })).body.done, true);
    assert.equal((await startIn(house(), ada)).ask, 'wait');
    assert.equal(await askedOf(house(), ada, 12, 6 * minute), 9);
    await stepUpByCode(ada);
    assert.equal((await startIn(house(), ada)).ask, 'wait', 'a step-up is a proof too');
    assert.equal(await askedOf(house(), ada, 12, 6 * minute), 9);
    await stepUpByCode(ada);
    assert.equal(await askedOf(house(), ada, 12, 10 * second), 3);
    await pairPhone(house(), ada);
    house().clock.advance(6 * minute);
    assert.equal((await startIn(house(), ada)).ask, 'wait', 'a new phone was never asked in vain');
  });

  test('PUSH-04 who knows the password and has a strange browser uses up nothing of the owner’s own', async () => {
    const ada = await withPhone(house());
    const own = house().browser();
    await signInByPhone(house(), ada, own);
    house().clock.advance(6 * minute);
    assert.equal(await askedOf(house(), ada, 15, 6 * minute), 10);
    suspended(await enterPassword(house().browser(), ada));
    await signInByPhone(house(), ada, own);
  });

  test('PUSH-04 one request is pending: the older page is told, shows the other ways, and can ask again', async () => {
    const ada = await withPhone(house());
    const first = await askPhone(house(), ada);
    const { id } = await ada.phone.request();
    const newer = await askPhone(house(), ada);
    assert.notEqual((await ada.phone.request()).id, id, 'one, and the newer one');
    const older = (await first.browser.answer(first.flow, {})).body;
    assert.deepEqual(
      asked(older, 'choose').options.map(({ kind }) => kind),
      ['push', 'backup-codes', 'paper-key'],
    );
    const again = (await first.browser.answer(first.flow, { choose: (await factorOf(ada.browser, 'push')).id })).body;
    assert.equal((await ada.phone.approve(numberIn(again))).body.is, 'approved');
    assert.equal((await first.browser.answer(first.flow, {})).body.done, true);
    assert.equal(asked((await newer.browser.answer(newer.flow, {})).body, 'choose').about, 'proof');
  });

  test('PUSH-04 showing the page again asks nobody, and asking again waits half a minute', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id } = await ada.phone.request();
    for (let turn = 0; turn < 5; turn += 1) {
      await browser.get(`/api/v1/flows/${flow.id}`);
      assert.equal(numberIn((await browser.answer(flow, {})).body), number);
      const chosen = await browser.answer(flow, { choose: (await factorOf(ada.browser, 'push')).id });
      assert.equal(numberIn(chosen.body), number);
    }
    assert.equal((await ada.phone.request()).id, id);
    assert.deepEqual((await browser.answer(flow, { resend: true })).body.refused?.code, 'limited');
    house().clock.advance(30 * second);
    const again = await browser.answer(flow, { resend: true });
    assert.notEqual((await ada.phone.request()).id, id);
    numberIn(again.body);
  });

  test('PUSH-03 RATE-01 each wrong number is a failure of the account: pauses, then the block, at the phone', async () => {
    const ada = await prefersPhone(house());
    const waits = await guessWrong(house(), ada, 9);
    assert.ok(
      waits.every((wait) => wait <= 80),
      JSON.stringify(waits),
    );
    // The tenth brings the block; until it is over nobody is asked what would not be judged.
    await guessWrong(house(), ada, 1);
    const browser = house().browser();
    const flow = await enterPassword(browser, ada);
    assert.equal(asked(flow, 'code').kind, 'totp');
    const done = await browser.answer(flow, { code: ada.nextCode() });
    assert.equal(done.body.done, true, done.text);
    assert.notEqual((await enterPassword(house().browser(), ada)).prompt.ask, 'wait', 'blocked still');
    house().clock.advance(31 * minute);
    await signInByPhone(house(), ada);
  });

  test('RATE-05 two hundred wrong numbers at once are one failure: a request takes one answer', async () => {
    const ada = await withPhone(house());
    const { number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    const { now } = house().clock;
    const events = await told(house(), async () => {
      const guesses = Array.from({ length: 200 }, (_, at) =>
        ada.phone.answer({ request, number: String(at % 100).padStart(2, '0') }, { time: now - at }),
      );
      const answers = (await Promise.all(guesses)).map(({ status, body }) => (status === 200 ? body.is : status));
      assert.equal(answers.filter((is) => is === 'wrong' || is === 'approved').length, 1);
      assert.ok(
        answers.every((is) => is === 'wrong' || is === 'approved' || is === 'over'),
        JSON.stringify(answers),
      );
    });
    const judged = events.filter(
      ({ type, details }) =>
        type === 'proof.given-elsewhere' || (type === 'proof.refused' && details.purpose === 'sign-in'),
    );
    assert.equal(judged.length, 1);
    assert.match(number, /^\d\d$/);
  });
});

inHouse(
  'a hundred wrong numbers',
  (house) => {
    test('RATE-01 RATE-04 disable phone approval and nothing else, whatever was proved meanwhile; the owner is told', async () => {
      const ada = await prefersPhone(house());
      await guessWrong(house(), ada, 100);
      const disabled = (await trail(house())).filter(({ type }) => type === 'factor.disabled');
      assert.deepEqual(
        disabled.map(({ details }) => details.kind),
        ['push'],
      );
      const browser = house().browser();
      house().clock.advance(24 * 60 * minute);
      const flow = await enterPassword(browser, ada);
      assert.equal(asked(flow, 'code').kind, 'totp', 'disabled, and so not asked');
      const done = await browser.answer(flow, { code: ada.nextCode() });
      assert.equal(done.body.done, true, done.text);
      await house().outbox.drain();
      assert.ok(
        house().mails.some(({ to, subject }) => to === ada.address && /stopped|disabled|failed/i.test(subject ?? '')),
      );
      await pairPhone(house(), Object.assign(ada, { browser }), ada.phone);
      assert.equal((await startIn(house(), ada)).ask, 'wait', 'bound anew, it works again');
    });
  },
  { on: ['sqlite'] },
);

test('RATE-03 wrong numbers are counted over addresses, processes and a restart', async () => {
  await using house = await openHouse();
  await using other = await openHouse({ like: house });
  const ada = await withPhone(house);
  const judged: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    const here = turn % 2 === 0 ? house : other;
    const browser = here.browser({ address: `198.51.100.${turn}` });
    const { number } = await askPhone(here, ada, browser);
    assert.equal((await ada.phone.approve(otherNumber(number))).body.is, 'wrong');
    judged.push(turn);
    house.clock.advance(6 * minute);
  }
  await using third = await openHouse({ like: house });
  const { number } = await askPhone(third, ada);
  assert.equal((await ada.phone.approve(otherNumber(number))).body.is, 'wrong');
  const last = await askPhone(third, ada);
  const told = await ada.phone.approve(last.number);
  assert.deepEqual([told.status, told.headers.get('retry-after')], [429, '5'], 'the fifth brings a pause');
  assert.equal(judged.length, 4);
});
