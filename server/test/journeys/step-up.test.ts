/** Step-up: a fresh proof before what is dangerous. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flows } from '../../src/flows/index.ts';
import { addMailbox, factorOf } from '../account.ts';
import type { Browser } from '../browser.ts';
import { asked, enterPassword, type Person, register, signIn, stepUp } from '../people.ts';
import { told } from '../records.ts';
import { inHouse } from '../shared-house.ts';

const minute = 60_000;

/** What needs a fresh proof: how it is asked for, and what it answers once the proof is there. */
type Ask = (browser: Browser) => Promise<{ status: number; body: { code?: string } }>;
const dangerous = async (person: Person): Promise<Record<string, Ask>> => {
  const { id } = await factorOf(person.browser, 'totp');
  const factor = `/api/v1/account/factors/${id}`;
  return {
    'adding a factor': (browser) => browser.start('enrolment'),
    'new backup codes': (browser) => browser.start('enrolment', { kind: 'backup-codes' }),
    'a new paper key': (browser) => browser.start('enrolment', { kind: 'paper-key' }),
    'a new address': (browser) => browser.start('address'),
    'naming a factor': (browser) => browser.call('PATCH', factor, { label: 'Pocket' }),
    'preferring a factor': (browser) => browser.call('PATCH', factor, { preferred: true }),
    'ending a session': (browser) => browser.call('DELETE', '/api/v1/account/sessions/nobodys'),
    'ending all sessions': (browser) => browser.call('DELETE', '/api/v1/account/sessions'),
    'reporting a factor lost': (browser) => browser.call('POST', `${factor}/lost`, {}),
    'removing a factor': (browser) => browser.call('DELETE', factor),
  };
};

inHouse('step-up', (house) => {
  test('STEP-01 what is dangerous is refused to a stale session and done for a fresh one', async () => {
    const ada = await register(house());
    const asks = await dangerous(ada);
    house().clock.advance(10 * minute + 1);
    for (const [what, ask] of Object.entries(asks)) {
      assert.equal((await ask(ada.browser)).body.code, 'step-up-required', what);
    }
    await stepUp(ada.browser, ada);
    for (const what of Object.keys(asks).filter((each) => each !== 'removing a factor')) {
      const answer = await asks[what]?.(ada.browser);
      assert.ok(answer && (answer.status < 300 || answer.status === 404), `${what}: ${JSON.stringify(answer?.body)}`);
    }
  });

  test('STEP-01 PW-10 a new password needs the current one and, in a stale session, a second factor', async () => {
    const ada = await register(house());
    house().clock.advance(10 * minute + 1);
    const { body: flow } = await ada.browser.start('password');
    asked(flow, 'password');
    const second = await ada.browser.answer(flow, { password: ada.password });
    asked(second.body, 'code');
    assert.equal((await ada.browser.answer(flow, { password: 'crimson lantern over harbour' })).status, 400);
    asked((await ada.browser.answer(flow, { code: ada.nextCode() })).body, 'new-password');
  });

  test('STEP-02 freshness is the server’s, is not lengthened by clicking, and holds to the second', async () => {
    const ada = await register(house());
    await stepUp(ada.browser, ada);
    const proved = house().clock.now;
    const { body } = await ada.browser.get<{ session: { freshUntil: string } }>('/api/v1/account');
    assert.equal(Date.parse(body.session.freshUntil), proved + 10 * minute);
    for (let clicks = 0; clicks < 10; clicks += 1) {
      house().clock.advance(minute);
      assert.equal((await ada.browser.get('/api/v1/account/sessions')).status, 200);
    }
    assert.equal((await ada.browser.start('enrolment')).status, 200);
    house().clock.advance(1);
    assert.equal((await ada.browser.start('enrolment')).body.code, 'step-up-required');
    const { id } = await factorOf(ada.browser, 'totp');
    const forged = { stepUp: true, fresh: true, freshUntil: '2999-01-01T00:00:00Z' };
    const headers = { 'x-step-up': 'true', 'x-fresh-until': '2999-01-01T00:00:00Z' };
    const tries = [
      ada.browser.start('enrolment', forged),
      ada.browser.call('DELETE', `/api/v1/account/factors/${id}?stepUp=true`, undefined, headers),
      ada.browser.call('PATCH', `/api/v1/account/factors/${id}`, { label: 'x', ...forged }),
      ada.browser.call('POST', `/api/v1/account/factors/${id}/lost`, forged),
    ];
    for (const answer of await Promise.all(tries)) assert.ok([400, 403].includes(answer.status), answer.text);
    const listed = await factorOf(ada.browser, 'totp');
    assert.deepEqual([listed.state, listed.label], ['active', 'Authenticator app']);
  });

  test('STEP-03 a code that signed somebody in, or enrolled the app, steps nobody up, nor the reverse', async () => {
    const ada = await register(house());
    const enrolling = await ada.browser.start('step-up');
    assert.equal((await ada.browser.answer(enrolling.body, { code: ada.code() })).body.refused?.code, 'replayed');
    const browser = house().browser();
    await signIn(browser, ada);
    const { body: flow } = await browser.start('step-up');
    assert.equal((await browser.answer(flow, { code: ada.code() })).body.refused?.code, 'replayed');
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.done, true);
    const other = house().browser();
    const signing = await enterPassword(other, ada);
    assert.equal((await other.answer(signing, { code: ada.code() })).body.refused?.code, 'replayed');
  });

  test('STEP-03 a mailed code for signing in steps nobody up', async () => {
    const ada = await register(house(), 'email');
    const browser = house().browser();
    const signing = await enterPassword(browser, ada);
    const code = await house().codeFor(ada.address);
    const { body: flow } = await ada.browser.start('step-up');
    assert.equal((await ada.browser.answer(flow, { code })).body.refused?.code, 'wrong');
    assert.equal((await browser.answer(signing, { code })).body.done, true);
    assert.equal((await ada.browser.answer(flow, { code })).body.refused?.code, 'wrong');
  });

  test('STEP-01 a level that is asked for is offered only ways that reach it', async () => {
    const ada = await register(house());
    await addMailbox(ada);
    const { body: any } = await ada.browser.start('step-up');
    assert.ok(asked(any, 'code').others.some((way) => way.kind === 'email'));
    const { body: strong } = await ada.browser.start('step-up', { level: 'aal2' });
    const ways = asked(strong, 'code').others.map((way) => way.kind);
    assert.ok(!ways.includes('email'), ways.join());
    const { body: most } = await ada.browser.start('step-up', { level: 'aal3' });
    assert.equal(most.code, 'forbidden');
    assert.equal((await ada.browser.start('step-up', { level: 'highest' })).status, 400);
  });

  test('what it is proved for stands in the audit and in the activity, and other flows take no such name', async () => {
    const ada = await register(house());
    const action = 'payout.create-2';
    const { body: flow } = await ada.browser.start('step-up', { action });
    const events = await told(house(), () => ada.browser.answer(flow, { code: ada.nextCode() }));
    assert.deepEqual(events.find(({ type }) => type === 'step-up.proved')?.details, { for: action });
    await stepUp(ada.browser, ada);
    const { body } = await ada.browser.get<{ events: { type: string; for?: string }[] }>('/api/v1/account/activity');
    const proved = body.events.filter(({ type }) => type === 'step-up.proved');
    assert.deepEqual(
      proved.map((event) => event.for),
      [undefined, action],
    );
    for (const wrong of ['', 'Payout', '2nd', 'pay out', 'päy', `a${'b'.repeat(64)}`, 7, { in: 'it' }]) {
      const refused = await ada.browser.start('step-up', { action: wrong });
      assert.deepEqual([refused.status, refused.body.fields?.[0]?.field], [400, 'action'], refused.text);
    }
    assert.equal((await ada.browser.start('step-up', { action: 'a'.repeat(64) })).status, 200);
    for (const { name } of flows.filter((each) => each.name !== 'step-up')) {
      const refused = await ada.browser.start(name, { action });
      assert.deepEqual([refused.status, refused.body.fields?.[0]?.field], [400, 'action'], `${name}: ${refused.text}`);
    }
  });

  test('STEP-01 without a second factor the password is the fresh proof', async () => {
    const ada = await register(house(), 'nothing');
    house().clock.advance(11 * minute);
    assert.equal((await ada.browser.start('enrolment')).body.code, 'step-up-required');
    const { body: flow } = await ada.browser.start('step-up');
    asked(flow, 'password');
    assert.equal((await ada.browser.answer(flow, { password: 'not this one' })).body.refused?.code, 'wrong');
    assert.equal((await ada.browser.answer(flow, { password: ada.password })).body.session?.level, 'password');
    assert.equal((await ada.browser.start('enrolment')).status, 200);
  });
});
