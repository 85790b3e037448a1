/** Hardware tokens from the file to the front door: imported, confirmed by a code, signed in with, lost, revoked, over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorsOf, remove, reportLost } from '../account.ts';
import { asked, enterPassword, register } from '../people.ts';
import { cellsWith, dump, told } from '../records.ts';
import { inHouse } from '../shared-house.ts';
import { Desk, enrolToken, nameToken, newDevice, outcome, pskcOf, tryToken } from './desk.ts';

const minute = 60_000;

inHouse('hardware tokens', (house) => {
  let opened: Promise<Desk> | undefined;
  const desk = (): Promise<Desk> => {
    opened ??= Desk.open(house());
    return opened;
  };

  /** Somebody with one token and nothing else. */
  const holder = async (device: ReturnType<typeof newDevice>, place = 0) => {
    await (await desk()).stock(device);
    const person = await register(house(), 'nothing');
    const factor = await enrolToken(person, device, place);
    return { person, factor };
  };

  test('OATH-02 ENR-04 a token is imported, named by its number, confirmed by a code, and signs in', async () => {
    const device = newDevice();
    const { person, factor } = await holder(device);
    assert.deepEqual([factor.kind, factor.label, factor.level], ['hotp', `Token ${device.serial}`, 'aal2']);
    const browser = house().browser();
    for (const counter of [1, 2, 3, 4]) {
      const signed = await tryToken(browser, person, device.at(counter));
      assert.deepEqual([outcome(signed), signed.session?.level], ['in', 'aal2']);
    }
    assert.equal(outcome(await tryToken(browser, person, device.at(15))), 'in', 'ten presses later');
    assert.equal(await (await desk()).stateOf(device.serial), 'assigned');
  });

  test('OATH-08 a used counter and those before it are denied, and ten wrong guesses move nothing', async () => {
    const device = newDevice({ counter: 5 });
    const { person } = await holder(device, 5);
    const results = async (code: string) => outcome(await tryToken(house().browser(), person, code));
    assert.equal(await results(device.at(5)), 'replayed', 'the enrolment’s own');
    assert.equal(await results(device.at(4)), 'wrong');
    for (let turn = 0; turn < 8; turn += 1) {
      assert.equal(await results('000000'), 'wrong');
      house().clock.advance(31 * minute);
    }
    assert.equal(await results(device.at(6)), 'in');
  });

  test('OATH-09 eleven presses too many are denied', async () => {
    const device = newDevice();
    const { person } = await holder(device);
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(12))), 'wrong');
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(11))), 'in');
  });

  test('OATH-04 tokens by the clock come with 30 or 60 seconds, one step of delay and no more', async () => {
    for (const period of [30, 60] as const) {
      const device = newDevice({ kind: 'totp', period, digits: 7 });
      const { person, factor } = await holder(device, house().clock.now);
      assert.equal(factor.kind, 'totp');
      const try_ = async (steps: number) => {
        house().clock.advance(11 * minute);
        const at = house().clock.now + steps * period * 1000;
        return outcome(await tryToken(house().browser(), person, device.at(at)));
      };
      for (const [steps, is] of [
        [-2, 'wrong'],
        [2, 'wrong'],
        [-1, 'in'],
        [1, 'in'],
        [0, 'in'],
      ] as const) {
        assert.equal(await try_(steps), is, `${period} s, ${steps} steps`);
      }
    }
  });

  test('OATH-13 a token that is bound anew makes a second factor of nothing: its old codes stay dead', async () => {
    const device = newDevice();
    const { person, factor } = await holder(device);
    assert.equal(outcome(await tryToken(person.browser, person, device.at(1))), 'in');
    assert.equal((await remove(person.browser, factor.id)).status, 204);
    assert.equal(await (await desk()).stateOf(device.serial), 'free');
    const other = await register(house(), 'nothing');
    const named = await nameToken(other.browser, device.serial.toLowerCase());
    assert.equal((await other.browser.answer(named, { code: device.at(1) })).body.refused?.code, 'replayed');
    assert.equal((await other.browser.answer(named, { code: device.at(2) })).body.prompt?.ask, 'keep');
  });

  test('OATH-17 a token belongs to one user: reserved for one it is nobody else’s, and of two at once one has it', async () => {
    const [kept, raced] = [newDevice(), newDevice()];
    const at = await desk();
    await at.stock(kept, raced);
    const [ada, bob] = [await register(house(), 'nothing'), await register(house(), 'nothing')];
    const { body } = await ada.browser.get<{ id: string }>('/api/v1/account');
    const { body: bobs } = await bob.browser.get<{ id: string }>('/api/v1/account');
    assert.equal((await at.act(kept.serial, 'assignment', { userId: body.id })).status, 204);
    assert.equal((await at.act(kept.serial, 'assignment', { userId: bobs.id })).body.code, 'conflict');
    assert.equal((await nameToken(bob.browser, kept.serial)).refused?.code, 'no-such-token');
    assert.equal((await nameToken(bob.browser, 'HT-NOBODY')).refused?.code, 'no-such-token', 'it looks the same');
    await enrolToken(ada, kept, 0);
    assert.equal((await at.act(kept.serial, 'assignment', { userId: bobs.id })).body.code, 'conflict');
    assert.equal((await at.act(kept.serial, 'assignment', {}, 'DELETE')).body.code, 'conflict');
    const [one, other] = [await nameToken(ada.browser, raced.serial), await nameToken(bob.browser, raced.serial)];
    const ends = await Promise.all([
      ada.browser.answer(one, { code: raced.at(0) }),
      bob.browser.answer(other, { code: raced.at(1) }),
    ]);
    const lost = ends.filter(({ body: end }) => end.refused?.code === 'no-such-token');
    assert.equal(lost.length, 1, ends.map(({ text }) => text).join('\n'));
    const all = [...(await factorsOf(ada.browser)), ...(await factorsOf(bob.browser))];
    assert.equal(all.filter(({ label }) => label === `Token ${raced.serial}`).length, 1);
  });

  test('OATH-17 an import neither overwrites nor reassigns, and the holder’s token still works', async () => {
    const device = newDevice();
    const { person } = await holder(device);
    const at = await desk();
    const free = newDevice();
    await at.stock(free);
    const [impostor, other] = [newDevice({ serial: device.serial }), newDevice({ serial: free.serial })];
    const { body } = await at.import(pskcOf([impostor, other, newDevice({ serial: `${free.serial}-NEW` })]));
    assert.deepEqual([body.imported, body.refused.map(({ why }) => why)], [1, ['serial-taken', 'serial-taken']]);
    const same = await at.import(pskcOf([device, free]));
    assert.deepEqual([same.body.imported, same.body.unchanged], [0, 1]);
    assert.deepEqual(same.body.refused, [{ serial: device.serial, why: 'serial-taken' }]);
    assert.equal(outcome(await tryToken(house().browser(), person, impostor.at(1))), 'wrong');
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(1))), 'in');
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(1))), 'replayed');
  });

  test('ENR-05 NOTI-01 a token that its owner reports lost stops at once, and is nobody’s until it is found', async () => {
    const device = newDevice();
    const { person, factor } = await holder(device);
    const waiting = house().browser();
    const flow = await enterPassword(waiting, person);
    assert.equal((await reportLost(person.browser, factor.id)).status, 204);
    assert.equal((await waiting.answer(flow, { code: device.at(1) })).body.code, 'flow-over');
    assert.match((await house().mailTo(person.address)).text, new RegExp(`Token ${device.serial}`));
    const at = await desk();
    assert.equal(await at.stateOf(device.serial), 'lost');
    assert.equal(
      (await nameToken((await register(house(), 'nothing')).browser, device.serial)).refused?.code,
      'no-such-token',
    );
    assert.equal((await at.act(device.serial, 'assignment', {}, 'DELETE')).status, 204);
    assert.equal(await at.stateOf(device.serial), 'free');
    await enrolToken(await register(house(), 'nothing'), device, 1);
  });

  test('ENR-05 NOTI-01 a token that the desk revokes stops at once, for good, with its sessions, and its owner is told', async () => {
    const device = newDevice();
    const { person } = await holder(device);
    const elsewhere = house().browser();
    assert.equal(outcome(await tryToken(elsewhere, person, device.at(1))), 'in');
    const waiting = await enterPassword(house().browser(), person);
    const at = await desk();
    const events = await told(house(), () => at.act(device.serial, 'revocation'));
    assert.ok(events.some(({ type, details }) => type === 'token.revoked' && details.serial === device.serial));
    assert.equal((await elsewhere.get('/api/v1/account')).status, 401);
    assert.equal(
      (
        await house()
          .browser()
          .answer(waiting, { code: device.at(2) })
      ).status,
      404,
    );
    const mail = await house().mailTo(person.address);
    assert.match(mail.text, /revoked/);
    const flow = await enterPassword(house().browser(), person);
    assert.notEqual(flow.prompt.ask === 'code' && flow.prompt.kind, 'hotp', 'it is not asked any more');
    assert.equal(flow.done, false, 'and the password alone opens nothing');
    assert.equal(await at.stateOf(device.serial), 'revoked');
    for (const [what, method] of [
      ['assignment', 'DELETE'],
      ['loss', 'POST'],
    ] as const) {
      assert.equal((await at.act(device.serial, what, {}, method)).body.code, 'conflict');
    }
    const [refused] = (await at.import(pskcOf([device]))).body.refused;
    assert.equal(refused?.why, 'serial-taken');
  });

  test('ENR-05 a token that the desk reports lost stops at once too', async () => {
    const device = newDevice();
    const { person } = await holder(device);
    const at = await desk();
    assert.equal((await at.act(device.serial, 'loss')).status, 204);
    assert.equal((await person.browser.get('/api/v1/account')).status, 401);
    assert.match((await house().mailTo(person.address)).subject ?? '', /lost/);
    const unused = newDevice();
    await at.stock(unused);
    assert.equal((await at.act(unused.serial, 'loss')).status, 204);
    assert.equal(await at.stateOf(unused.serial), 'lost');
  });

  test('ENR-10 a token past its date is refused as expired after the password, and the list says so', async () => {
    const day = 24 * 60 * minute;
    const expires = new Date(house().clock.now + day).toISOString();
    const device = newDevice({ expires });
    const { person } = await holder(device);
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(1))), 'in');
    assert.equal(
      (await factorsOf(person.browser)).some((row) => 'expired' in row),
      false,
    );
    house().clock.advance(day);
    assert.equal(outcome(await tryToken(house().browser(), person, device.at(2))), 'expired');
    const flow = await enterPassword(person.browser, person);
    const { id } = asked(flow, 'code').others.find(({ kind }) => kind === 'backup-codes')
      ? { id: asked(flow, 'code').others.find(({ kind }) => kind === 'backup-codes')?.factorId }
      : assert.fail('no backup codes');
    await person.browser.answer(flow, { choose: id });
    await person.browser.answer(flow, { code: person.codes[0] });
    const row = (await factorsOf(person.browser)).find(({ kind }) => kind === 'hotp');
    assert.equal((row as { expired?: boolean } | undefined)?.expired, true);
    const late = newDevice({ starts: new Date(house().clock.now + day).toISOString() });
    await (await desk()).stock(late);
    assert.equal(
      (await nameToken((await register(house(), 'nothing')).browser, late.serial)).refused?.code,
      'no-such-token',
    );
  });

  test('OATH-11 no token is ever shown: not to its owner, not to the desk; the database holds ciphertext only', async () => {
    const [device, other] = [newDevice(), newDevice({ kind: 'totp' })];
    const { person } = await holder(device);
    const at = await desk();
    await at.stock(other);
    const seen = [
      (await person.browser.get('/api/v1/account/factors')).text,
      (await at.browser.get('/api/v1/tokens')).text,
      (await at.browser.get(`/api/v1/tokens?after=${device.serial}`)).text,
      (await at.import(pskcOf([other]))).text,
    ];
    const secrets = [device, other].flatMap(({ seed }) => [seed.toString('hex'), seed.toString('base64')]);
    for (const text of seen) assert.ok(!secrets.some((secret) => text.includes(secret)), text);
    assert.deepEqual(cellsWith(await dump(house()), secrets), []);
  });

  test('CRY-02 a sealed seed that is moved to another token does not open', async () => {
    const [one, other] = [newDevice(), newDevice()];
    const at = await desk();
    await at.stock(one, other);
    const { k } = house().database.all;
    const { data } = await k
      .selectFrom('tokens')
      .select('data')
      .where('serial', '=', one.serial)
      .executeTakeFirstOrThrow();
    await k.updateTable('tokens').set({ data }).where('serial', '=', other.serial).execute();
    const person = await register(house(), 'nothing');
    const { body: flow } = await person.browser.start('enrolment', { kind: 'hotp' });
    const answer = await person.browser.answer(flow, { value: other.serial });
    assert.deepEqual([answer.status, answer.body.code], [500, 'internal']);
    await enrolToken(person, one, 0);
  });
});
