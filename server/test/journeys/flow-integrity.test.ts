/** The second factor cannot be skipped: what a flow takes, from whom, and what it opens before it is done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Browser } from '../browser.ts';
import type { House } from '../house.ts';
import { asked, choose, enterPassword, type Person, register, setUpOwner, signIn } from '../people.ts';
import { inHouse } from '../shared-house.ts';

interface Operation {
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Calls every route that needs a session, and starts every flow that does; gives what did not deny. */
async function whatOpens(browser: Browser, headers: Record<string, string> = {}): Promise<string[]> {
  const { body: document } = await browser.get<ApiDocument>('/api/v1/openapi.json');
  const guarded = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.security?.some((scheme) => 'session' in scheme))
      .map(([method]) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, 'someone') })),
  );
  assert.ok(guarded.length >= 12);
  const flows = ['step-up', 'enrolment', 'password', 'address'].map((name) => `/api/v1/flows/${name}`);
  const open: string[] = [];
  for (const { method, path } of [...guarded, ...flows.map((flow) => ({ method: 'POST', path: flow }))]) {
    const answer = await browser.call(method, path, method === 'GET' || method === 'DELETE' ? undefined : {}, headers);
    if (answer.status !== 401 || /session"|@example/.test(answer.text))
      open.push(`${method} ${path}: ${answer.status}`);
  }
  return open;
}

const userOf = async (person: Person): Promise<string> => {
  const { body } = await person.browser.get<{ id: string }>('/api/v1/account');
  return body.id;
};

const factorOf = async (person: Person, kind: string): Promise<string> => {
  const { body } = await person.browser.get<{ factors: { id: string; kind: string }[] }>('/api/v1/account/factors');
  return body.factors.find((factor) => factor.kind === kind)?.id ?? '';
};

/** Adds the confirmed address as a factor beside the app. */
async function addMailbox(person: Person): Promise<string> {
  const { body: flow } = await person.browser.start('enrolment');
  const added = await person.browser.answer(flow, { accept: 'email' });
  assert.equal(added.body.done, true, added.text);
  return factorOf(person, 'email');
}

const mailsTo = async (house: House, address: string): Promise<number> => {
  await house.outbox.drain();
  return house.mails.filter((mail) => mail.to === address).length;
};

inHouse('flow integrity', (house) => {
  test('FLOW-01 the password alone opens no route, by cookie and by token', async () => {
    const ada = await register(house());
    const browser = house().browser();
    asked(await enterPassword(browser, ada), 'code');
    assert.deepEqual(await whatOpens(browser), []);
    const program = house().browser();
    const credentials = { identifier: ada.address, password: ada.password, transport: 'token' };
    const { body } = await program.start('sign-in', credentials);
    assert.ok(body.flowToken && body.session === undefined);
    assert.deepEqual(await whatOpens(program, { authorization: `Bearer ${body.flowToken}` }), []);
    program.cookies.set('secondlock', body.flowToken);
    assert.deepEqual(await whatOpens(program), []);
  });

  test('FLOW-02 no session before both, and the session says what happened', async () => {
    const ada = await register(house());
    const browser = house().browser();
    const { body: flow } = await browser.start('sign-in');
    for (const early of [{ code: ada.nextCode() }, { code: ada.codes[0] }, { code: ada.paperKey }]) {
      assert.equal((await browser.answer(flow, early)).body.code, 'bad-request');
    }
    const second = await browser.answer(flow, { identifier: ada.address, password: ada.password });
    assert.equal(second.body.session, undefined);
    const again = await browser.answer(flow, { identifier: ada.address, password: ada.password });
    assert.equal(again.body.code, 'bad-request');
    const done = await browser.answer(flow, { code: ada.nextCode() });
    assert.equal(done.body.session?.level, 'aal2', done.text);
  });

  test('FLOW-03 step two takes the account from the flow and from nothing that the client names', async () => {
    const [ada, ben] = [await register(house()), await register(house(), 'email')];
    const browser = house().browser();
    const flow = await enterPassword(browser, ada);
    const before = await mailsTo(house(), ben.address);
    const [user, mailbox] = [await userOf(ben), await factorOf(ben, 'email')];
    const refused = [
      { code: ada.code(), userId: user },
      { code: ada.code(), identifier: ben.address },
      { identifier: ben.address, password: ben.password },
      { choose: mailbox },
      { choose: mailbox, userId: user },
      { resend: true, to: ben.address },
      { resend: true },
    ];
    for (const body of refused) {
      assert.equal((await browser.answer(flow, body)).body.code, 'bad-request', JSON.stringify(body));
    }
    const benFlow = await enterPassword(house().browser(), ben);
    const bensCode = await house().codeFor(ben.address);
    assert.equal((await browser.answer(flow, { code: bensCode })).body.refused?.code, 'wrong');
    for (const [name, value] of ben.browser.cookies) if (!name.includes('flow')) browser.cookies.set(name, value);
    browser.cookies.delete('secondlock');
    assert.equal((await browser.answer(benFlow, { code: bensCode })).body.code, 'no-such-flow');
    const done = await browser.answer(flow, { code: ada.nextCode() });
    assert.equal(done.body.done, true, done.text);
    assert.equal((await browser.get('/api/v1/account')).body.email, ada.address);
    assert.equal(await mailsTo(house(), ben.address), before + 1);
  });

  test('FLOW-03 a recovery is mailed to the address on record, however it was spelled in the request', async () => {
    const ada = await register(house(), 'totp', 'ada.lovelace@firm.example');
    for (const typed of [
      'ADA.Lovelace@FIRM.example',
      'ada.lovelace@\ufb01rm.example',
      'ada.lovelace@\uff46irm.example',
    ]) {
      const before = await mailsTo(house(), ada.address);
      const browser = house().browser();
      const { body: flow } = await browser.start('recovery', { identifier: typed });
      assert.equal(await mailsTo(house(), ada.address), before + 1, typed);
      const next = await browser.answer(flow, { code: await house().codeFor(ada.address) });
      assert.equal(asked(next.body, 'code').kind, 'totp');
    }
  });

  test('FLOW-04 a code that was sent to one sign-in finishes no other', async () => {
    const ada = await register(house(), 'email');
    const [one, other] = [house().browser(), house().browser()];
    const first = await enterPassword(one, ada);
    const firstCode = await house().codeFor(ada.address);
    const second = await enterPassword(other, ada);
    const secondCode = await house().codeFor(ada.address);
    assert.notEqual(firstCode, secondCode);
    assert.equal((await other.answer(second, { code: firstCode })).body.refused?.code, 'wrong');
    assert.equal((await one.answer(first, { code: secondCode })).body.refused?.code, 'wrong');
    for (const [browser, flow] of [
      [one, second],
      [other, first],
    ] as const) {
      assert.equal((await browser.answer(flow, { code: secondCode })).body.code, 'no-such-flow');
      assert.equal((await browser.get(`/api/v1/flows/${flow.id}`)).body.code, 'no-such-flow');
    }
    assert.equal((await one.answer(first, { code: firstCode })).body.done, true);
    assert.equal((await other.answer(second, { code: secondCode })).body.done, true);
  });

  test('FLOW-05 no client chooses a way that is weaker, lost, not enrolled or not there', async () => {
    const ada = await register(house());
    const mailbox = await addMailbox(ada);
    await ada.browser.call('PATCH', `/api/v1/account/factors/${mailbox}`, { kept: false });
    const browser = house().browser();
    const flow = await enterPassword(browser, ada);
    assert.ok(!asked(flow, 'code').others.some((way) => way.kind === 'email'));
    const before = await mailsTo(house(), ada.address);
    for (const name of [mailbox, 'email', 'sms', 'none', 'password', '../totp', '*']) {
      assert.equal((await browser.answer(flow, { choose: name })).body.code, 'bad-request', name);
    }
    assert.equal((await browser.answer(flow, { code: '123456', method: 'email' })).body.code, 'bad-request');
    assert.equal(await mailsTo(house(), ada.address), before);
    const seen = await browser.get<{ prompt: { kind: string } }>(`/api/v1/flows/${flow.id}`);
    assert.equal(seen.body.prompt.kind, 'totp');
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.session?.level, 'aal2');
  });

  test('FLOW-05 what the profile or the role rules out is not enrolled either', async () => {
    const ada = await register(house());
    const { body: flow } = await ada.browser.start('enrolment');
    for (const kind of ['retina', 'backup-codes', 'paper-key', 'password', 'none']) {
      assert.equal((await ada.browser.answer(flow, { accept: kind })).body.code, 'bad-request', kind);
    }
    assert.equal((await ada.browser.answer(flow, { accept: false })).body.code, 'bad-request');
  });

  test('FLOW-09 no answer holds an expected code, and nothing that a client changes opens a page', async () => {
    const ada = await register(house(), 'email');
    const browser = house().browser();
    const started = await browser.start('sign-in', { identifier: ada.address, password: ada.password });
    const code = await house().codeFor(ada.address);
    const seen = await browser.get(`/api/v1/flows/${started.body.id}`);
    const wrong = await browser.answer(started.body, { code: code === '000000' ? '000001' : '000000' });
    const chosen = await choose(browser, wrong.body, 'backup-codes');
    const texts = [started, seen, wrong].map((each) => each.text + JSON.stringify([...each.headers]));
    for (const text of [...texts, JSON.stringify(chosen)]) {
      assert.ok(!text.includes(code), text);
      assert.ok(ada.codes.every((each) => !text.includes(each)) && !text.includes(ada.paperKey));
    }
    const bob = await register(house(), 'totp');
    const seeded = await house().browser().start('sign-in', { identifier: bob.address, password: bob.password });
    // Nothing but what the page shows: neither the seed nor what was kept to judge by.
    const shown = ['ask', 'factorId', 'format', 'kind', 'length', 'others'];
    assert.deepEqual(Object.keys(seeded.body.prompt).sort(), shown);
    for (const other of asked(seeded.body, 'code').others) {
      assert.deepEqual(Object.keys(other).sort(), ['factorId', 'hint', 'kind', 'label']);
    }
    for (const claim of [
      { done: true },
      { success: true },
      { session: { level: 'aal2' } },
      { kept: true },
      { accept: false },
    ]) {
      assert.equal((await browser.answer(started.body, claim)).status, 400);
    }
    assert.equal((await browser.get('/api/v1/account')).status, 401);
  });
});

inHouse(
  'ways in that are refused',
  (house) => {
    test('FLOW-05 in nist a mailbox is nobody’s second factor, whatever is asked for', async () => {
      const owner = await register(house(), 'totp');
      const { body: flow } = await owner.browser.start('enrolment');
      assert.ok(!asked(flow, 'offer').kinds.some((each) => each.kind === 'email'));
      assert.equal((await owner.browser.answer(flow, { accept: 'email' })).body.code, 'bad-request');
      const browser = house().browser();
      const signing = await enterPassword(browser, owner);
      assert.equal((await browser.answer(signing, { choose: 'email' })).body.code, 'bad-request');
    });

    test('ENR-09 whoever must have a second factor and has none reaches only enrolment', async () => {
      const address = 'first-owner@example.org';
      const browser = house().browser();
      const { body: setUp } = await browser.start('set-up', { link: house().setUpLink?.split('#')[1] });
      await browser.answer(setUp, { value: address });
      await browser.answer(setUp, { code: await house().codeFor(address) });
      const offered = await browser.answer(setUp, { password: 'violet anchors drift under rain' });
      assert.equal(asked(offered.body, 'offer').skippable, false);
      assert.equal((await browser.answer(setUp, { accept: false })).status, 400);
      const later = house().browser();
      const credentials = { identifier: address, password: 'violet anchors drift under rain' };
      const { body: flow } = await later.start('sign-in', credentials);
      asked(flow, 'code');
      for (const body of [{ accept: 'totp' }, { accept: false }, { kept: true }]) {
        assert.equal((await later.answer(flow, body)).status, 400);
      }
      assert.deepEqual(await whatOpens(later), []);
      const confirmed = await later.answer(flow, { code: await house().codeFor(address) });
      assert.equal(asked(confirmed.body, 'offer').skippable, false);
      for (const body of [{ accept: false }, { kept: true }, { choose: 'none' }, { accept: 'email' }]) {
        assert.equal((await later.answer(flow, body)).status, 400);
      }
      assert.deepEqual(await whatOpens(later), []);
      assert.deepEqual(await whatOpens(browser), []);
      assert.equal(asked((await later.answer(flow, { accept: 'totp' })).body, 'scan-and-code').length, 6);
      assert.deepEqual(await whatOpens(later), []);
    });
  },
  { on: ['sqlite'], options: { SECONDLOCK_PROFILE: 'nist' } },
);

inHouse(
  'the first owner',
  (house) => {
    test('ENR-09 in balanced an owner without a factor is asked for a mailed code from the first day', async () => {
      const owner = await setUpOwner(house(), 'nothing');
      const browser = house().browser();
      assert.equal(asked(await enterPassword(browser, owner), 'code').kind, 'email');
      assert.deepEqual(await whatOpens(browser), []);
      await assert.rejects(signIn(browser, owner));
    });
  },
  { on: ['sqlite'] },
);
