/** How many text messages leave: they cost money, and a number that many ask for is somebody's phone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Browser } from '../browser.ts';
import type { House } from '../house.ts';
import { addPhone, fillIn, newNumber, textsTo, withPhone } from '../journeys/sms/phones.ts';
import { enterPassword, type Person, register } from '../people.ts';
import { dump, trail } from '../records.ts';
import { inHouse } from '../shared-house.ts';

const minute = 60_000;

/** Whether nothing was sent, and that the answer then says when to come back, as a problem or beside the other ways. */
function limited({ status, body, headers }: Answer<{ refused?: { code: string; retryAfter?: number } }>): boolean {
  if (status === 200 && body.refused?.code !== 'limited') return false;
  if (status === 200) assert.ok((body.refused?.retryAfter ?? 0) > 0);
  else assert.deepEqual([status, Number(headers.get('retry-after')) > 0], [429, true]);
  return true;
}

/** Fills a number in and goes no further, from a source. */
async function typeIn(house: House, person: Person, number: string, address: string): Promise<boolean> {
  const browser: Browser = house.browser({ address });
  for (const [name, value] of person.browser.cookies) browser.cookies.set(name, value);
  const { body: flow } = await browser.start('enrolment', { kind: 'sms' });
  return !limited((await browser.answer(flow, { value: number })) as Answer<never>);
}

inHouse('text messages', (house) => {
  test('OOB-07 a hundred requests in a minute send no more than the limit, and say when to come back', async () => {
    const ada = await withPhone(house());
    const before = await textsTo(house(), ada.number);
    const browser = house().browser();
    let refused = 0;
    for (let turn = 0; turn < 100; turn += 1) {
      const started = await browser.start('sign-in', { identifier: ada.address, password: ada.password });
      if (limited(started as Answer<never>)) refused += 1;
    }
    assert.deepEqual([(await textsTo(house(), ada.number)) - before, refused], [6, 94]);
    house().clock.advance(10 * minute);
    const again = await browser.start('sign-in', { identifier: ada.address, password: ada.password });
    assert.equal(again.body.refused, undefined);
  });

  test('OOB-07 RATE-07 strangers with the password use up nothing of a browser that the owner is known in', async () => {
    const ada = await withPhone(house());
    house().clock.advance(minute);
    const known = ada.browser;
    const stranger = house().browser({ address: '203.0.113.9' });
    for (let turn = 0; turn < 20; turn += 1) await enterPassword(stranger, ada);
    const before = await textsTo(house(), ada.number);
    assert.equal((await enterPassword(known, ada)).refused, undefined);
    assert.equal((await textsTo(house(), ada.number)) - before, 1);
  });

  test('OOB-07 where the text message may not be sent, the other ways stay open', async () => {
    const ada = await register(house());
    const number = newNumber();
    await addPhone(house(), ada, number);
    const browser = house().browser();
    const statuses: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      const flow = await enterPassword(browser, ada);
      const way = flow.prompt.ask === 'code' ? flow.prompt.others.find(({ kind }) => kind === 'sms') : undefined;
      statuses.push((await browser.answer(flow, { choose: way?.factorId })).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200, 429, 429]);
    const flow = await enterPassword(browser, ada);
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.done, true);
  });
});

inHouse(
  'numbers that nobody has proved',
  (house) => {
    test('OOB-07 fifty people cannot flood one number', async () => {
      const number = newNumber();
      let sent = 0;
      for (let turn = 0; turn < 50; turn += 1) {
        const person = await register(
          { ...house(), browser: () => house().browser({ address: `203.0.113.${turn}` }) },
          'nothing',
        );
        if (await typeIn(house(), person, number, `203.0.113.${turn}`)) sent += 1;
      }
      assert.deepEqual([sent, await textsTo(house(), number)], [5, 5]);
    });

    test('OOB-07 one source cannot reach fifty numbers, whoever asks there', async () => {
      const numbers = Array.from({ length: 50 }, newNumber);
      let sent = 0;
      let person: Person | undefined;
      for (const [turn, number] of numbers.entries()) {
        // Each account stays below its own limit.
        if (turn % 4 === 0) {
          const from = `198.51.100.${turn}`;
          person = await register({ ...house(), browser: () => house().browser({ address: from }) }, 'nothing');
        }
        if (person && (await typeIn(house(), person, number, '198.51.100.250'))) sent += 1;
      }
      assert.equal(sent, 20);
    });

    test('OOB-07 one account cannot text many numbers, in a minute or in a day', async () => {
      const ada = await register(house(), 'nothing');
      const reached = async () => {
        let sent = 0;
        for (let turn = 0; turn < 8; turn += 1) {
          if (await typeIn(house(), ada, newNumber(), `192.0.2.${turn}`)) sent += 1;
        }
        return sent;
      };
      assert.equal(await reached(), 5);
      house().clock.advance(10 * minute);
      const { body: up } = await ada.browser.start('step-up');
      await ada.browser.answer(up, { password: ada.password });
      assert.equal(await reached(), 5);
      house().clock.advance(10 * minute);
      const { body: again } = await ada.browser.start('step-up');
      await ada.browser.answer(again, { password: ada.password });
      assert.equal(await reached(), 0);
    });

    test('OOB-07 a country is limited as a whole, and the others are not with it', async () => {
      const ada = await register(house(), 'nothing');
      assert.equal((await fillIn(ada.browser, newNumber())).refused, undefined);
      const { k } = house().database.all;
      const full = await k
        .updateTable('throttles')
        .set({ count: 300 })
        .where('key', 'like', '%:country:%:1')
        .executeTakeFirst();
      assert.equal(Number(full.numUpdatedRows), 1);
      assert.equal(await typeIn(house(), ada, newNumber(), '192.0.2.1'), false);
      assert.equal(await typeIn(house(), ada, '+49 1512 3456789', '192.0.2.1'), true);
      await k.deleteFrom('throttles').where('key', 'like', '%:country:%').execute();
    });

    test('OOB-07 no count holds a number in the clear, and what is refused has its entry', async () => {
      const ada = await register(house(), 'nothing');
      const number = newNumber();
      for (let turn = 0; turn < 6; turn += 1) await typeIn(house(), ada, number, '192.0.2.77');
      const keys = (await dump(house())).filter(({ table, column }) => table === 'throttles' && column === 'key');
      assert.ok(keys.length > 0 && keys.every(({ value }) => !String(value).includes(number.slice(2))));
      const events = (await trail(house())).filter(({ type }) => type === 'sending.refused');
      assert.deepEqual(events.at(-1)?.details, { channel: 'sms', reason: 'quota' });
    });
  },
  { on: ['sqlite'] },
);
