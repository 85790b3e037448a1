/** Enrolment, binding and removal of factors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addApp, addMailbox, factorOf, factorsOf, remove, reportLost, signedIn } from '../account.ts';
import { appCode } from '../authenticator.ts';
import { asked, choose, enterPassword, type Person, register, setUpOwner, signIn, stepUp } from '../people.ts';
import { inHouse } from '../shared-house.ts';

const minute = 60_000;

inHouse('factors', (house) => {
  test('ENR-01 adding, changing and removing need a fresh proof at the highest level, not just a session', async () => {
    const ada = await register(house());
    const { id } = await factorOf(ada.browser, 'totp');
    house().clock.advance(10 * minute + 1);
    const attempts = [
      () => ada.browser.start('enrolment'),
      () => ada.browser.start('enrolment', { kind: 'totp' }),
      () => ada.browser.start('enrolment', { kind: 'backup-codes' }),
      () => ada.browser.start('enrolment', { kind: 'paper-key' }),
      () => remove(ada.browser, id),
      () => ada.browser.call('PATCH', `/api/v1/account/factors/${id}`, { preferred: true }),
      () => ada.browser.call('PATCH', `/api/v1/account/factors/${id}`, { label: 'mine now' }),
      () => ada.browser.start('address', { value: 'elsewhere@example.org' }),
    ];
    for (const attempt of attempts) {
      const answer = (await attempt()) as { status: number; body: { code?: string; level?: string; maxAge?: number } };
      assert.deepEqual([answer.status, answer.body.code], [403, 'step-up-required']);
      assert.deepEqual([answer.body.level, answer.body.maxAge], ['aal2', 600]);
    }
    // A lost factor cannot be asked for: any other proof does, but a fresh one.
    assert.equal((await reportLost(ada.browser, id)).body.code, 'step-up-required');
    const { body: flow } = await ada.browser.start('step-up');
    assert.equal((await ada.browser.answer(flow, { password: ada.password })).status, 400);
    assert.equal((await ada.browser.answer(flow, { code: ada.nextCode() })).body.done, true);
    assert.equal((await remove(ada.browser, id)).status, 204);
  });

  test('ENR-01 a proof below the highest level changes nothing', async () => {
    const ada = await register(house());
    const mailbox = await addMailbox(ada);
    assert.equal(mailbox.asked, true);
    house().clock.advance(11 * minute);
    const { body: flow } = await ada.browser.start('step-up');
    await choose(ada.browser, flow, 'email');
    const weak = await ada.browser.answer(flow, { code: await house().codeFor(ada.address) });
    assert.equal(weak.body.session?.level, 'aal2');
    assert.equal((await ada.browser.start('enrolment')).body.code, 'step-up-required');
    assert.equal((await remove(ada.browser, mailbox.id)).body.code, 'step-up-required');
    await stepUp(ada.browser, ada);
    assert.equal((await remove(ada.browser, mailbox.id)).status, 204);
  });

  test('ENR-02 an enrolment that was begun and left demands nothing, accepts nothing and runs out', async () => {
    const ada = await register(house(), 'nothing');
    const { body: flow } = await ada.browser.start('enrolment');
    const shown = asked((await ada.browser.answer(flow, { accept: 'totp' })).body, 'scan-and-code');
    assert.equal((await enterPassword(house().browser(), ada)).done, true);
    assert.deepEqual(await factorsOf(ada.browser), []);
    const stepping = await ada.browser.start('step-up');
    asked(stepping.body, 'password');
    assert.equal(
      (await ada.browser.answer(stepping.body, { code: appCode(shown.uri, house().clock.now) })).status,
      400,
    );
    house().clock.advance(10 * minute);
    const late = await ada.browser.answer(flow, { code: appCode(shown.uri, house().clock.now) });
    assert.equal(late.body.refused?.code, 'expired', late.text);
    house().clock.advance(20 * minute);
    assert.equal(
      (await ada.browser.answer(flow, { code: appCode(shown.uri, house().clock.now) })).body.code,
      'flow-over',
    );
    assert.deepEqual(await factorsOf(ada.browser), []);
  });

  test('ENR-02 codes and keys that were shown and not kept are worth nothing, and the old ones stay', async () => {
    const ada = await register(house());
    const { body } = await ada.browser.start('enrolment', { kind: 'backup-codes' });
    const fresh = asked(body, 'keep').codes ?? [];
    assert.equal(fresh.length, 10);
    const browser = house().browser();
    const flow = await choose(browser, await enterPassword(browser, ada), 'backup-codes');
    assert.equal((await browser.answer(flow, { code: fresh[0] })).body.refused?.code, 'wrong');
    assert.equal((await browser.answer(flow, { code: ada.codes[0] })).body.done, true);
  });

  test('ENR-03 the secret is made here and belongs to the flow, the user and the browser that asked', async () => {
    const [ada, ben] = [await register(house(), 'nothing'), await register(house(), 'nothing')];
    const { body: flow } = await ada.browser.start('enrolment');
    const mine = 'otpauth://totp/x:y?secret=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&algorithm=SHA1&digits=6&period=30';
    const planted = appCode(mine, house().clock.now);
    const shown = asked((await ada.browser.answer(flow, { accept: 'totp' })).body, 'scan-and-code');
    const code = appCode(shown.uri, house().clock.now);
    const extras = [
      { secret: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
      { uri: mine },
      { userId: 'somebody' },
      { verified: true },
      { digits: 1 },
      { algorithm: 'MD5' },
    ];
    for (const extra of extras) {
      assert.equal((await ada.browser.answer(flow, { code, ...extra })).status, 400, JSON.stringify(extra));
      assert.equal((await ada.browser.answer(flow, { accept: 'totp', ...extra })).status, 400);
    }
    assert.equal((await ada.browser.answer(flow, { code: planted })).body.refused?.code, 'wrong');
    assert.equal((await ben.browser.answer(flow, { code })).body.code, 'no-such-flow');
    const { body: bens } = await ben.browser.start('enrolment');
    asked((await ben.browser.answer(bens, { accept: 'totp' })).body, 'scan-and-code');
    assert.equal((await ben.browser.answer(bens, { code })).body.refused?.code, 'wrong');
    const seen = await ada.browser.get(`/api/v1/flows/${flow.id}`);
    assert.ok(seen.text.includes(shown.secret));
    asked((await ada.browser.answer(flow, { code })).body, 'keep');
    assert.deepEqual(await factorsOf(ben.browser), []);
  });

  test('ENR-04 several of one kind can be bound, all of them open, and a second one is advised', async () => {
    const ada = await register(house());
    const advice = async () => (await ada.browser.get<{ advice: string[] }>('/api/v1/account')).body.advice;
    assert.deepEqual(await advice(), ['add-phone']);
    const second = await addApp(ada);
    await addMailbox(ada);
    assert.deepEqual(await advice(), []);
    const labels = (await factorsOf(ada.browser)).map((factor) => factor.label);
    assert.equal(new Set(labels).size, 5, labels.join());
    assert.equal((await signIn(house().browser(), ada)).done, true);
    const browser = house().browser();
    const flow = await choose(browser, await enterPassword(browser, ada), 'totp');
    assert.equal((await browser.answer(flow, { code: second.nextCode() })).body.done, true);
  });

  test('ENR-06 every factor is listed with its kind, name, origin and last use', async () => {
    const began = house().clock.now;
    const ada = await register(house());
    const iso = (at: number) => new Date(at).toISOString();
    const first = await factorOf(ada.browser, 'totp');
    assert.deepEqual([first.createdAt, first.createdFrom, first.lastUsedAt], [iso(began), '127.0.0.1', null]);
    const away = house().browser({ address: '198.51.100.7' });
    await signIn(away, ada);
    assert.equal((await factorOf(away, 'totp')).lastUsedAt, iso(house().clock.now));
    const added = await addApp({ ...ada, browser: away });
    const listed = await factorsOf(away);
    const second = listed.filter((factor) => factor.kind === 'totp')[1];
    assert.deepEqual([second?.createdFrom, second?.createdAt], ['198.51.100.7', iso(house().clock.now)]);
    assert.ok(!JSON.stringify(listed).includes(new URL(added.uri).searchParams.get('secret') ?? '?'));
    assert.equal((await remove(away, second?.id ?? '')).status, 204);
    assert.ok(!(await factorsOf(away)).some((factor) => factor.id === second?.id));
  });

  test('ENR-05 a factor that is reported lost stops at once, in what is pending too', async () => {
    const ada = await register(house());
    const second = await addApp(ada);
    const browser = house().browser();
    const flow = await enterPassword(browser, ada);
    const [first] = (await factorsOf(ada.browser)).filter((factor) => factor.kind === 'totp');
    assert.equal((await reportLost(ada.browser, first?.id ?? '')).status, 204);
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.code, 'flow-over');
    const next = await enterPassword(browser, ada);
    assert.equal((await browser.answer(next, { choose: first?.id })).status, 400);
    assert.equal((await browser.answer(next, { code: ada.code() })).body.refused?.code, 'wrong');
    assert.equal((await browser.answer(next, { code: second.nextCode() })).body.done, true);
  });
});

inHouse('the last factor', (house) => {
  test('ENR-10 the last factor of an owner stays, and of two removed at once one does', async () => {
    const owner = await setUpOwner(house());
    const { id } = await factorOf(owner.browser, 'totp');
    const refused = await remove(owner.browser, id);
    assert.deepEqual([refused.status, refused.body.code], [409, 'last-factor']);
    const second: Person = await addApp(owner);
    const apps = (await factorsOf(owner.browser)).filter((factor) => factor.kind === 'totp');
    const answers = await Promise.all(apps.map((factor) => remove(owner.browser, factor.id)));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [204, 409]);
    const [kept] = (await factorsOf(owner.browser)).filter((factor) => factor.kind === 'totp');
    const left = kept?.id === id ? owner : second;
    assert.equal((await signIn(house().browser(), left)).done, true);
    assert.equal(await signedIn(owner.browser), true);
  });

  test('ENR-10 a member may remove the last one, and the recovery codes end with it', async () => {
    const ada = await register(house());
    assert.equal((await remove(ada.browser, (await factorOf(ada.browser, 'totp')).id)).status, 204);
    assert.deepEqual(await factorsOf(ada.browser), []);
    assert.equal((await enterPassword(house().browser(), ada)).session?.level, 'password');
  });

  test('ENR-10 while a factor is lost the only other one stays', async () => {
    const ada = await register(house());
    await addApp(ada);
    const [first, second] = (await factorsOf(ada.browser)).filter((factor) => factor.kind === 'totp');
    assert.equal((await reportLost(ada.browser, first?.id ?? '')).status, 204);
    assert.equal((await remove(ada.browser, second?.id ?? '')).body.code, 'last-factor');
    assert.equal((await remove(ada.browser, first?.id ?? '')).status, 204);
    assert.equal((await remove(ada.browser, second?.id ?? '')).status, 204);
  });
});
