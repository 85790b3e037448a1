/** Tokens out of step: by their owner after another proof, by the desk, and never past the limits of guessing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addApp, factorOf, type Listed } from '../../account.ts';
import type { Browser } from '../../browser.ts';
import { asked, enterPassword, type Person, register } from '../../people.ts';
import { told } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { Desk, type Device, enrolToken, newDevice, outcome, tryToken } from '../../tokens/desk.ts';

const minute = 60_000;

/** Starts, and gives the flow where it asks for the first code. */
async function begin(person: Person, factor: Listed) {
  const { browser } = person;
  const { body: flow, text } = await browser.start('resynchronisation', { factor: factor.id });
  if (flow.prompt.ask === 'password') return (await browser.answer(flow, { password: person.password })).body;
  assert.equal(flow.prompt.ask, 'code', text);
  return flow;
}

/** Types two codes into a flow that asks for them. */
async function typeBoth(browser: Browser, flow: { readonly id: string }, codes: readonly [string, string]) {
  const first = await browser.answer(flow, { code: codes[0] });
  assert.deepEqual([asked(first.body, 'code').part, first.body.refused], ['second', undefined], first.text);
  return browser.answer(flow, { code: codes[1] });
}

inHouse('tokens out of step', (house) => {
  let opened: Promise<Desk> | undefined;
  const desk = (): Promise<Desk> => {
    opened ??= Desk.open(house());
    return opened;
  };

  const holder = async (device: Device, place = 0, more: 'totp' | 'nothing' = 'nothing') => {
    await (await desk()).stock(device);
    const person = await register(house(), more);
    const factor = await enrolToken(person, device, place);
    return { person, factor };
  };

  /** Two codes that follow each other. */
  const pair = (device: Device, place: number, next = place + 1) => [device.at(place), device.at(next)] as const;

  test('OATH-09 its owner puts a token at +40 back in step by two codes, with the password where it is the only factor', async () => {
    const device = newDevice();
    const { person, factor } = await holder(device);
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(41))), 'wrong');
    await loseSets();
    const { body: flow } = await person.browser.start('resynchronisation', { factor: factor.id });
    assert.equal(flow.prompt.ask, 'password');
    assert.equal((await person.browser.answer(flow, { password: 'wrong' })).body.refused?.code, 'wrong');
    const shown = (await person.browser.answer(flow, { password: person.password })).body;
    assert.deepEqual([asked(shown, 'code').part, asked(shown, 'code').length], ['first', 6]);
    const events = await told(house(), async () => {
      const { body, text } = await typeBoth(person.browser, flow, pair(device, 41));
      assert.deepEqual([body.done, body.session], [true, undefined], text);
    });
    assert.deepEqual(
      events.map(({ type, details }) => [type, details.by]),
      [['token.resynchronised', 'owner']],
    );
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(42))), 'replayed');
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(43))), 'in');
  });

  test('OATH-09 two codes that do not follow each other, or lie beyond the bound, end the flow and move nothing', async () => {
    const device = newDevice();
    const { person, factor } = await holder(device);
    await addApp(person);
    for (const codes of [pair(device, 41, 43), pair(device, 42, 41), pair(device, 1002), pair(device, 0)]) {
      const flow = await begin(person, factor);
      const { body } = await typeBoth(person.browser, flow, codes);
      assert.deepEqual([body.refused?.code, body.refused?.attemptsLeft], ['wrong', 0]);
      assert.equal((await person.browser.answer(flow, { code: device.at(41) })).status, 410);
      house().clock.advance(minute);
    }
    const flow = await begin(person, factor);
    const { body } = await typeBoth(person.browser, flow, pair(device, 1001));
    assert.equal(body.done, true);
  });

  test('OATH-07 a token ten steps ahead is denied until its owner resynchronises it after another proof', async () => {
    const device = newDevice({ kind: 'totp' });
    const { person, factor } = await holder(device, house().clock.now, 'totp');
    const away = 10 * 30_000;
    house().clock.advance(20 * minute);
    const { body: flow } = await person.browser.start('resynchronisation', { factor: factor.id });
    const other = asked(flow, 'code');
    assert.notEqual(other.factorId, factor.id, 'the token itself proves nothing here');
    assert.equal(
      other.others.some(({ factorId }) => factorId === factor.id),
      false,
    );
    const proved = await person.browser.answer(flow, { code: person.nextCode() });
    assert.equal(asked(proved.body, 'code').part, 'first', proved.text);
    const { now } = house().clock;
    const { body } = await typeBoth(person.browser, flow, pair(device, now + away, now + away + 30_000));
    assert.equal(body.done, true);
    house().clock.advance(11 * minute);
    const browser = house().browser();
    const { body: start } = await browser.start('sign-in', { identifier: person.address, password: person.password });
    const asks = asked(start, 'code');
    const chosen = asks.factorId === factor.id ? start : (await browser.answer(start, { choose: factor.id })).body;
    assert.equal(asked(chosen, 'code').factorId, factor.id);
    const late = await browser.answer(start, { code: device.at(house().clock.now) });
    assert.equal(late.body.refused?.code, 'wrong', 'where it is no longer');
    const signed = await browser.answer(start, { code: device.at(house().clock.now + away) });
    assert.equal(signed.body.done, true, signed.text);
  });

  test('OATH-07 OATH-09 the desk puts tokens back in step, whether somebody has them or nobody', async () => {
    const at = await desk();
    const [free, held] = [newDevice(), newDevice({ kind: 'totp', period: 60 })];
    await at.stock(free);
    const { person } = await holder(held, house().clock.now);
    const inStep = async (device: Device, codes: readonly [string, string]) =>
      (await at.act(device.serial, 'resynchronisation', { codes })).body.is;
    assert.equal(await inStep(free, pair(free, 300, 302)), 'wrong');
    const events = await told(house(), async () => assert.equal(await inStep(free, pair(free, 300)), 'in-step'));
    assert.ok(events.some(({ type, details }) => type === 'token.resynchronised' && details.by === 'console'));
    const other = await register(house(), 'nothing');
    await enrolToken(other, free, 302);
    house().clock.advance(11 * minute);
    await at.prove();
    const far = house().clock.now + 100 * 60_000;
    const { body } = await at.browser.call<{ is: string }>('POST', `/api/v1/tokens/${held.serial}/resynchronisation`, {
      codes: pair(held, far, far + 60_000),
    });
    assert.equal(body.is, 'in-step');
    house().clock.advance(2 * minute);
    const signed = await tryToken(house().browser(), person, held.at(house().clock.now + 100 * 60_000));
    assert.equal(outcome(signed), 'in');
    await at.act(free.serial, 'revocation');
    assert.equal((await at.act(free.serial, 'resynchronisation', { codes: pair(free, 310) })).body.code, 'conflict');
  });

  test('OATH-10 guesses at sign-in, at the owner’s resynchronisation and at the desk trip one limit at one total', async () => {
    const at = await desk();
    const device = newDevice();
    const { person, factor } = await holder(device);
    await loseSets();
    const stranger = async () => outcome(await tryToken(house().browser(), person, '000000'));
    const codes = ['000000', '000000'] as const;
    const own = async () => outcome((await typeBoth(person.browser, await begin(person, factor), codes)).body);
    const tellers = async () => (await at.act(device.serial, 'resynchronisation', { codes })).body.is;
    const { k } = house().database.all;
    const total = async () => {
      const rows = k
        .selectFrom('attempts')
        .select('count')
        .where('subject', '=', await idOf(person));
      return (await rows.where('kind', '=', 'hotp').where('lane', '=', 'all').executeTakeFirst())?.count;
    };
    assert.deepEqual([await stranger(), await own(), await tellers(), await total()], ['wrong', 'wrong', 'wrong', 3]);
    await k.updateTable('attempts').set({ count: 100 }).where('kind', '=', 'hotp').where('lane', '=', 'all').execute();
    assert.equal((await at.act(device.serial, 'resynchronisation', { codes: pair(device, 1) })).status, 429);
    const flow = await begin(person, factor);
    await person.browser.answer(flow, { code: device.at(1) });
    assert.equal((await person.browser.answer(flow, { code: device.at(2) })).status, 429);
    const refused = await tryToken(house().browser(), person, device.at(1));
    assert.equal(refused.refused?.code, 'unavailable');
  });

  test('OATH-10 twenty sessions at once guess no more often than one', async () => {
    const device = newDevice();
    const { person } = await holder(device);
    const flows: { browser: Browser; body: { readonly id: string } }[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const browser = house().browser();
      flows.push({ browser, body: await enterPassword(browser, person) });
    }
    const answers = await Promise.all(flows.map(({ browser, body }) => browser.answer(body, { code: '000000' })));
    const judged = answers.filter(({ body }) => body.refused?.code === 'wrong').length;
    assert.ok(judged <= 5, `${judged} judged`);
    assert.equal(answers.filter(({ status }) => status === 429).length, 20 - judged);
  });

  test('OATH-07 what is no token of this account cannot be resynchronised', async () => {
    const device = newDevice();
    const { factor } = await holder(device);
    const ada = await register(house(), 'email');
    const mailbox = await factorOf(ada.browser, 'email');
    for (const id of [factor.id, mailbox.id, 'nobody', undefined]) {
      const { status, body } = await ada.browser.start('resynchronisation', { factor: id });
      assert.deepEqual([status, body.code], [400, 'bad-request']);
    }
    assert.equal((await house().browser().start('resynchronisation', { factor: factor.id })).status, 401);
  });

  /** Backup codes and paper keys go: the token stays the only factor. */
  const loseSets = () =>
    house().database.all.k.deleteFrom('factors').where('kind', 'in', ['backup-codes', 'paper-key']).execute();

  const idOf = async (person: Person): Promise<string> => {
    const { k } = house().database.all;
    const found = k.selectFrom('users').select('id').where('email', '=', person.address);
    return (await found.executeTakeFirstOrThrow()).id;
  };
});
