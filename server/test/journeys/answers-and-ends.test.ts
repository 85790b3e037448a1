/** What a flow does with answers that are no answers, with parts that are away, and when it is over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import type { Browser } from '../browser.ts';
import { type House, openHouse } from '../house.ts';
import { asked, enterPassword, type Person, register } from '../people.ts';
import { inHouse } from '../shared-house.ts';

const minute = 60_000;

/** Codes that are none: the first list has the wrong shape, the second is one wrong guess each. */
const shapeless: readonly unknown[] = [
  null,
  '',
  [],
  ['000000', '000001'],
  {},
  { code: '000000' },
  true,
  0,
  123456,
  '1'.repeat(129),
];
const judgedWrong = (code: string): string[] => [
  [...code].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join(''),
  [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join(''),
  `${code},${code}`,
];

const account = async (browser: Browser): Promise<number> => (await browser.get('/api/v1/account')).status;

inHouse(
  'answers that are none',
  (house) => {
    test('FLOW-08 a code of the wrong shape is no attempt, and one in another script is one', async () => {
      const ada = await register(house());
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      for (const code of shapeless) {
        const answer = await browser.answer(flow, { code } as object);
        assert.deepEqual([answer.status, answer.body.code], [400, 'bad-request'], JSON.stringify(code));
      }
      const huge = await browser.answer(flow, { code: '1'.repeat(1_000_000) });
      assert.equal(huge.status, 413);
      for (const text of ['', '[]', '"000000"', 'null', '{"code":"000000"', '{"code":"000000"}{"code":"000001"}']) {
        assert.equal((await browser.call('POST', `/api/v1/flows/${flow.id}`, text)).status, 400, text);
      }
      let left = 5;
      for (const code of judgedWrong(ada.nextCode())) {
        left -= 1;
        const { refused } = (await browser.answer(flow, { code })).body;
        assert.deepEqual([refused?.code, refused?.attemptsLeft], ['wrong', left]);
      }
      const twice = `{"code":"000000","code":"${ada.code()}"}`;
      const { body } = await browser.call<{ done: boolean }>('POST', `/api/v1/flows/${flow.id}`, twice);
      assert.equal(body.done, true);
    });

    test('FLOW-08 a password or identifier of the wrong shape signs nobody in', async () => {
      const ada = await register(house(), 'nothing');
      const browser = house().browser();
      for (const wrong of shapeless.filter((each) => typeof each !== 'string' || each === '')) {
        for (const body of [
          { identifier: ada.address, password: wrong },
          { identifier: wrong, password: ada.password },
          { identifier: [ada.address], password: [ada.password] },
        ]) {
          assert.equal((await browser.start('sign-in', body)).status, 400, JSON.stringify(body));
        }
      }
      const huge = { identifier: ada.address, password: 'x'.repeat(1_000_000) };
      assert.equal((await browser.start('sign-in', huge)).status, 413);
      assert.equal(await account(browser), 401);
      assert.equal((await enterPassword(browser, ada)).done, true);
    });
  },
  { on: ['sqlite'] },
);

inHouse('ends', (house) => {
  test('FLOW-10 a pending sign-in ends after ten minutes, whatever was done in it', async () => {
    const ada = await register(house());
    const browser = house().browser();
    const flow = await enterPassword(browser, ada);
    house().clock.advance(9 * minute + 59_000);
    assert.equal((await browser.get(`/api/v1/flows/${flow.id}`)).status, 200);
    await browser.answer(flow, { code: '000000' });
    house().clock.advance(1000);
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.code, 'flow-over');
    assert.equal((await browser.get(`/api/v1/flows/${flow.id}`)).body.code, 'flow-over');
    assert.equal(await account(browser), 401);
  });

  test('FLOW-10 a step is done once, in its order, in a flow that exists and is one’s own', async () => {
    const ada = await register(house());
    const browser = house().browser();
    const { body: flow } = await browser.start('sign-in');
    for (const body of [
      { code: ada.nextCode() },
      { kept: true },
      { choose: 'none' },
      { accept: false },
      { password: 'x' },
    ]) {
      assert.equal((await browser.answer(flow, body)).status, 400, JSON.stringify(body));
    }
    assert.equal((await browser.answer({ id: 'no-such-flow' }, { code: ada.code() })).status, 404);
    assert.equal((await house().browser().answer(flow, { code: ada.code() })).status, 404);
    const right = { identifier: ada.address, password: ada.password };
    await browser.answer(flow, right);
    assert.equal((await browser.answer(flow, right)).status, 400);
    const mine = new Map(browser.cookies);
    const done = await browser.answer(flow, { code: ada.nextCode() });
    assert.equal(done.body.done, true, done.text);
    for (const [name, value] of mine) browser.cookies.set(name, value);
    for (const body of [{ code: ada.nextCode() }, right, {}, { resend: true }]) {
      assert.equal((await browser.answer(flow, body)).body.code, 'flow-over', JSON.stringify(body));
    }
    const seen = await browser.get<{ done: boolean; session?: unknown }>(`/api/v1/flows/${flow.id}`);
    assert.deepEqual([seen.body.done, seen.body.session], [true, undefined]);
  });

  test('FLOW-10 any change of the account ends what was pending', async () => {
    const ada = await register(house());
    const browser = house().browser();
    const flow = await enterPassword(browser, ada);
    const { body: enrolling } = await ada.browser.start('enrolment');
    assert.equal((await ada.browser.answer(enrolling, { accept: 'email' })).body.done, true);
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.code, 'flow-over');
    assert.equal(await account(browser), 401);
  });
});

/** Sign-in to the second step, something goes, the answer is no; it comes back and the factor is still asked. */
async function whileAway(
  house: House,
  ada: Person,
  away: () => Promise<() => Promise<void>>,
  status: number,
): Promise<void> {
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  const back = await away();
  const code = ada.nextCode();
  const refused = await browser.answer(flow, { code });
  assert.equal(refused.status, status, refused.text);
  assert.ok(refused.headers.get('content-type')?.includes('problem') && !/at |select|sql|pg/i.test(refused.text));
  const looked = await browser.get('/api/v1/account');
  assert.ok(looked.status === status || looked.status === 401);
  assert.equal(
    (await browser.start('sign-in', { identifier: ada.address, password: ada.password })).body.done,
    undefined,
  );
  await back();
  assert.equal(await account(browser), 401);
  assert.equal(asked((await browser.get<typeof flow>(`/api/v1/flows/${flow.id}`)).body, 'code').kind, 'totp');
  const done = await browser.answer(flow, { code: ada.nextCode() });
  assert.equal(done.body.done, true, done.text);
}

async function cutOff(url: string, allowed: boolean): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  const client = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
  await client.connect();
  await client.query(`alter database ${name} allow_connections ${allowed}`);
  if (!allowed) await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  await client.end();
}

test('FLOW-07 with the database away nobody gets in, and the same sign-in still needs its factor afterwards', async () => {
  await using house = await openHouse({ on: 'postgres' });
  const ada = await register(house);
  const away = async () => {
    await cutOff(house.where, false);
    return () => cutOff(house.where, true);
  };
  await whileAway(house, ada, away, 503);
});

test('FLOW-07 with a locked embedded database the answer is no as well', async () => {
  await using house = await openHouse();
  const ada = await register(house);
  const { transaction } = house.database;
  const locked = Object.assign(new Error('database is locked'), { errcode: 5 });
  const away = async () => {
    Object.assign(house.database, { transaction: () => Promise.reject(locked) });
    return async () => void Object.assign(house.database, { transaction });
  };
  await whileAway(house, ada, away, 503);
});

test('FLOW-07 a factor that cannot be unsealed, or a policy that cannot be read, opens nothing', async () => {
  await using house = await openHouse();
  const ada = await register(house);
  const { k } = house.database.all;
  const damage = (column: 'factors' | 'tenants') => async () => {
    const read =
      column === 'factors'
        ? k.selectFrom('factors').select(['id', 'data as text'])
        : k.selectFrom('tenants').select(['id', 'roles as text']);
    const rows = await read.execute();
    const write = async (text: (kept: string) => string): Promise<void> => {
      for (const { id, text: kept } of rows) {
        if (column === 'factors')
          await k
            .updateTable('factors')
            .set({ data: text(kept) })
            .where('id', '=', id)
            .execute();
        else
          await k
            .updateTable('tenants')
            .set({ roles: text(kept) })
            .where('id', '=', id)
            .execute();
      }
      house.clock.advance(1000);
    };
    await write((kept) => `${kept.slice(0, -4)}AAAA`);
    return () => write((kept) => kept);
  };
  await whileAway(house, ada, damage('factors'), 500);
  await whileAway(house, ada, damage('tenants'), 500);
});

test('FLOW-07 with the mail relay away a mailed code is late, and nobody is let in without it', async () => {
  await using house = await openHouse();
  const ada = await register(house, 'email');
  await house.outbox.drain();
  const { unshift } = house.mails;
  house.mails.unshift = () => {
    throw new Error('the relay is away');
  };
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  await house.outbox.drain();
  assert.equal(asked(flow, 'code').kind, 'email');
  assert.equal(await account(browser), 401);
  assert.equal((await browser.answer(flow, { code: '000000' })).body.done, false);
  house.mails.unshift = unshift;
  house.clock.advance(minute);
  assert.equal((await browser.answer(flow, { code: await house.codeFor(ada.address) })).body.done, true);
});
