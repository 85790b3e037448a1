/** Codes by text message, through the front door: enrolled, signed in with, lost, found again, and never more than they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, factorsOf, remove, reportLost } from '../../account.ts';
import type { Answer, Browser } from '../../browser.ts';
import { openHouse } from '../../house.ts';
import { asked, enterPassword, newAddress, register, signIn, stepUp } from '../../people.ts';
import { cellsWith, dump, told } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { addPhone, askedByText, fillIn, newNumber, other, textsTo, withPhone } from './phones.ts';

const lines: string[] = [];
const second = 1000;
const minute = 60 * second;

/** Why an answer led nowhere, or what came instead. */
const said = ({ status, body }: Answer<{ code?: string; refused?: { code: string }; prompt?: { ask: string } }>) =>
  status === 200 ? (body.refused?.code ?? body.prompt?.ask) : body.code;

const kindsOf = async (browser: Browser) =>
  (await browser.get<{ kinds: { kind: string; advice?: string }[] }>('/api/v1/account/factors')).body.kinds;
const adviceOf = async (browser: Browser) => (await browser.get<{ advice: string[] }>('/api/v1/account')).body.advice;

inHouse(
  'a number',
  (house) => {
    test('ENR-02 OOB-02 is read with its notice, proved with a code that says what it is for, and told by mail', async () => {
      const ada = await register(house(), 'nothing');
      const number = newNumber();
      const { body: flow } = await ada.browser.start('enrolment', { kind: 'sms' });
      assert.deepEqual(flow.prompt, { ask: 'fill', what: 'phone', notice: 'sms' });
      const typed = `+1 (${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`;
      const question = asked((await ada.browser.answer(flow, { value: typed })).body, 'code');
      assert.equal(question.sentTo, `+1 ••• ••• ${number.slice(-4)}`);
      const { text } = await house().smsTo(number);
      assert.match(text, /^\d{6} turns on codes to this number at Secondlock\. Nobody from Secondlock will ever ask/);
      assert.match(text, /\n@localhost #\d{6}$/);
      assert.equal((await factorsOf(ada.browser)).length, 0, 'nothing before the proof');
      const code = await house().smsCodeFor(number);
      assert.equal(said(await ada.browser.answer(flow, { code: other(code) })), 'wrong');
      asked((await ada.browser.answer(flow, { code })).body, 'keep');
      const { level, label } = await factorOf(ada.browser, 'sms');
      assert.deepEqual([level, label], ['aal2', 'Text message']);
      const notice = await house().mailTo(ada.address);
      assert.match(notice.subject ?? '', /^A new way to sign in/);
      assert.match(notice.text, /Text message \(\+1 ••• ••• \d{4}\)/);
    });

    test('FLOW-01 signs in at aal2 by its code, is asked again after a pause, and only the newest code counts', async () => {
      const ada = await withPhone(house());
      const { browser, flow, code } = await askedByText(house(), ada, ada.number);
      assert.match((await house().smsTo(ada.number)).text, /^\d{6} signs you in at Secondlock\./);
      const soon = (await browser.answer(flow, { resend: true })).body;
      assert.deepEqual([soon.refused?.code, soon.refused?.retryAfter], ['limited', 30]);
      house().clock.advance(30 * second);
      assert.equal((await browser.answer(flow, { resend: true })).body.refused, undefined);
      const newer = await house().smsCodeFor(ada.number);
      if (newer !== code) assert.equal(said(await browser.answer(flow, { code })), 'wrong', 'OTP-04');
      const done = (await browser.answer(flow, { code: newer })).body;
      assert.equal(done.session?.level, 'aal2');
      const { k } = house().database.all;
      const row = await k
        .selectFrom('sessions')
        .select('amr')
        .where('id', '=', done.session?.id ?? '')
        .executeTakeFirst();
      assert.deepEqual(JSON.parse(row?.amr ?? ''), ['pwd', 'sms', 'mfa']);
      const again = await enterPassword(browser, ada);
      assert.notEqual(said(await browser.answer(again, { code: newer })), 'done', 'OTP-03');
    });

    test('ENR-04 an app is the good start, a phone is suggested next, and whoever signs in by text is invited to an app', async () => {
      const ada = await register(house(), 'nothing');
      const advised = async () => Object.fromEntries((await kindsOf(ada.browser)).map((one) => [one.kind, one.advice]));
      const offered = await advised();
      assert.deepEqual([offered.totp, offered.sms, 'email' in offered], ['good-start', undefined, true]);
      const bob = await register(house());
      assert.deepEqual(await adviceOf(bob.browser), ['add-phone']);
      assert.equal((await kindsOf(bob.browser)).find(({ kind }) => kind === 'sms')?.advice, 'suggested');
      await addPhone(house(), bob);
      assert.deepEqual(await adviceOf(bob.browser), []);
      assert.equal((await kindsOf(bob.browser)).find(({ kind }) => kind === 'sms')?.advice, undefined);
      const number = newNumber();
      await addPhone(house(), ada, number);
      const { browser, flow, code } = await askedByText(house(), ada, number);
      assert.equal((await browser.answer(flow, { code })).body.done, true, 'nothing is forced');
      assert.deepEqual(await adviceOf(browser), ['app-instead-of-sms']);
    });

    test('ENR-04 the app is asked first whichever came first, and the text message stands first among the other ways', async () => {
      const ada = await withPhone(house());
      const app = await register(house());
      const number = newNumber();
      await addPhone(house(), app, number);
      const flow = await enterPassword(house().browser(), app);
      const first = asked(flow, 'code');
      assert.equal(first.kind, 'totp');
      assert.deepEqual(
        first.others.map(({ kind }) => kind),
        ['sms', 'backup-codes', 'paper-key'],
      );
      assert.equal(first.others[0]?.hint, `+1 ••• ••• ${number.slice(-4)}`);
      assert.equal(await textsTo(house(), number), 1, 'nothing is sent before it is chosen');
      const { browser, flow: texted, code } = await askedByText(house(), app, number);
      assert.equal((await browser.answer(texted, { code })).body.session?.level, 'aal2');
      const { body: more } = await ada.browser.start('enrolment');
      const shown = asked((await ada.browser.answer(more, { accept: 'totp' })).body, 'scan-and-code');
      ada.uri = shown.uri;
      assert.equal((await ada.browser.answer(more, { code: ada.nextCode() })).body.done, true);
      assert.equal(asked(await enterPassword(house().browser(), ada), 'code').kind, 'totp');
    });

    test('ENR-04 several can be had, each with a name, and the same one not twice', async () => {
      const ada = await withPhone(house());
      const second = newNumber();
      const added = await addPhone(house(), ada, second);
      assert.equal(added.label, 'Text message 2');
      const { body: flow } = await ada.browser.start('enrolment', { kind: 'sms' });
      assert.equal(said(await ada.browser.answer(flow, { value: ada.number })), 'number-yours-already');
      const number = newNumber();
      assert.equal(said(await ada.browser.answer(flow, { value: number })), 'code', 'another may be typed at once');
      const browser = house().browser();
      const asking = await enterPassword(browser, ada);
      const chosen = asked((await browser.answer(asking, { choose: added.id })).body, 'code');
      assert.equal(chosen.sentTo, `+1 ••• ••• ${second.slice(-4)}`);
      assert.equal((await browser.answer(asking, { code: await house().smsCodeFor(second) })).body.done, true);
    });

    test('OTP-07 the code for a number that was typed wrongly enrols no other, and another number can be typed', async () => {
      const ada = await register(house(), 'nothing');
      const [wrong, right] = [newNumber(), newNumber()];
      const flow = await fillIn(ada.browser, wrong);
      const old = await house().smsCodeFor(wrong);
      asked((await ada.browser.answer(flow, { accept: false })).body, 'offer');
      asked((await ada.browser.answer(flow, { accept: 'sms' })).body, 'fill');
      asked((await ada.browser.answer(flow, { value: right })).body, 'code');
      const code = await house().smsCodeFor(right);
      if (code !== old) assert.equal(said(await ada.browser.answer(flow, { code: old })), 'wrong');
      asked((await ada.browser.answer(flow, { code })).body, 'keep');
    });

    test('OTP-07 FLOW-04 a code is worth nothing for another flow, person or purpose, nor after its number is gone', async () => {
      const [ada, bob] = [await withPhone(house()), await withPhone(house())];
      const here = await askedByText(house(), ada, ada.number);
      const there = await askedByText(house(), ada, ada.number);
      const bobs = await askedByText(house(), bob, bob.number);
      if (here.code !== there.code) {
        assert.equal(said(await here.browser.answer(here.flow, { code: there.code })), 'wrong');
        assert.equal(said(await there.browser.answer(there.flow, { code: here.code })), 'wrong');
      }
      if (bobs.code !== here.code)
        assert.equal(said(await here.browser.answer(here.flow, { code: bobs.code })), 'wrong');
      const { body: up } = await ada.browser.start('step-up');
      if (here.code !== (await house().smsCodeFor(ada.number))) {
        assert.equal(said(await ada.browser.answer(up, { code: here.code })), 'wrong');
      }
      assert.equal(said(await ada.browser.answer(up, { code: await house().smsCodeFor(ada.number) })), 'done');
      await addPhone(house(), ada);
      const gone = await factorOf(ada.browser, 'sms');
      const { browser, flow, code } = await askedByText(house(), ada, ada.number);
      assert.equal((await remove(ada.browser, gone.id)).status, 204);
      assert.equal(said(await browser.answer(flow, { code })), 'flow-over');
    });

    test('ENR-05 a number reported lost stops at once, from any other way in', async () => {
      const ada = await register(house());
      const number = newNumber();
      await addPhone(house(), ada, number);
      const { browser, flow, code } = await askedByText(house(), ada, number);
      const { id } = await factorOf(ada.browser, 'sms');
      assert.equal((await reportLost(ada.browser, id)).status, 204);
      assert.equal(said(await browser.answer(flow, { code })), 'flow-over');
      const next = asked(await enterPassword(house().browser(), ada), 'code');
      assert.ok(!next.others.some(({ kind }) => kind === 'sms'));
      assert.equal((await signIn(house().browser(), ada)).done, true);
    });

    test('NOTI-01 ENR-10 taking a number away is told to the mailbox, though a text message proved it', async () => {
      const ada = await withPhone(house());
      house().clock.advance(11 * minute);
      const { id } = await factorOf(ada.browser, 'sms');
      assert.equal((await remove(ada.browser, id)).body.code, 'step-up-required');
      const { body: up } = await ada.browser.start('step-up');
      assert.equal((await ada.browser.answer(up, { code: await house().smsCodeFor(ada.number) })).body.done, true);
      assert.equal((await remove(ada.browser, id)).status, 204);
      const { subject = '', text } = await house().mailTo(ada.address);
      assert.match(subject, /^A way to sign in was removed/);
      assert.match(text, /Text message/);
      assert.equal((await enterPassword(house().browser(), ada)).done, true, 'no second factor is left');
    });

    test('REC-01 in recovery a number is the second proof beside the mailbox, and the app comes before it', async () => {
      const ada = await withPhone(house());
      const browser = house().browser();
      const { body: flow } = await browser.start('recovery', { identifier: ada.address });
      const next = asked((await browser.answer(flow, { code: await house().codeFor(ada.address) })).body, 'code');
      assert.deepEqual([next.kind, next.sentTo], ['sms', `+1 ••• ••• ${ada.number.slice(-4)}`]);
      assert.match((await house().smsTo(ada.number)).text, /gets you back into your account/);
      assert.equal(said(await browser.answer(flow, { code: await house().smsCodeFor(ada.number) })), 'new-password');
      ada.password = 'crimson lantern over harbour';
      assert.equal((await browser.answer(flow, { password: ada.password })).body.done, true);
      assert.equal(asked(await enterPassword(browser, ada), 'code').kind, 'sms');
    });

    test('OOB-05 a number is masked, and not there at all before the password', async () => {
      const ada = await withPhone(house());
      const browser = house().browser();
      const started = (await browser.start('sign-in', { identifier: ada.address, password: 'wrong wrong wrong' })).text;
      assert.doesNotMatch(started, /•••|555/);
      const { browser: signing, flow } = await askedByText(house(), ada, ada.number);
      const seen = [JSON.stringify(flow), (await signing.get(`/api/v1/flows/${flow.id}`)).text];
      seen.push(
        (await ada.browser.get('/api/v1/account/factors')).text,
        (await ada.browser.get('/api/v1/account')).text,
      );
      for (const text of seen) assert.ok(!text.includes(ada.number.slice(2)) && !text.includes('555'), text);
    });

    test('OOB-03 no field of a request adds or replaces a number', async () => {
      const ada = await withPhone(house());
      const evil = newNumber();
      const extras = [
        { phone: evil },
        { to: [evil] },
        { 'to[]': evil },
        { number: evil },
        { value: evil },
        { sms: evil },
      ];
      house().clock.advance(11 * minute);
      for (const extra of extras) {
        const browser = house().browser();
        const started = await browser.start('sign-in', { identifier: ada.address, password: ada.password, ...extra });
        assert.ok(started.status === 400, started.text);
      }
      const { browser, flow } = await askedByText(house(), ada, ada.number);
      for (const extra of extras) {
        house().clock.advance(30 * second);
        assert.equal((await browser.answer(flow, { resend: true, ...extra })).status, 400);
      }
      assert.equal(await textsTo(house(), evil), 0);
    });

    test('OTP-08 OTP-09 CRY-02 no table and no answer holds a code or a whole number', async () => {
      const ada = await withPhone(house());
      const { browser, flow, code } = await askedByText(house(), ada, ada.number);
      assert.deepEqual(cellsWith(await dump(house()), [code, ada.number, ada.number.slice(1)]), []);
      const answer = await browser.answer(flow, { code });
      assert.ok(!answer.text.includes(code) && answer.body.done);
      assert.deepEqual(cellsWith(await dump(house()), [code, ada.number, ada.number.slice(1)]), []);
      assert.ok(lines.length > 0);
      assert.ok(lines.every((line) => !line.includes(code) && !line.includes(ada.number.slice(1))));
    });

    test('OOB-10 the text’s origin is the configuration’s, whatever a request says', async () => {
      const ada = await withPhone(house());
      const before = await textsTo(house(), ada.number);
      for (const [name, value] of Object.entries({
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
      })) {
        const browser = house().browser({ headers: { [name]: value } });
        await browser.start('sign-in', { identifier: ada.address, password: ada.password });
      }
      await askedByText(house(), ada, ada.number);
      assert.ok((await textsTo(house(), ada.number)) > before);
      assert.ok(house().texts.every(({ text }) => text.endsWith(`\n\n@localhost #${text.slice(0, 6)}`)));
    });
  },
  { log: (line) => lines.push(line), options: { SECONDLOCK_LOG_LEVEL: 'trace' } },
);

inHouse(
  'limits of guessing',
  (house) => {
    test('OTP-05 OTP-06 LUS-05 five wrong codes end the sign-in, and a new one gives back none of them', async () => {
      const ada = await withPhone(house());
      const first = await askedByText(house(), ada, ada.number);
      for (const left of [4, 3, 2, 1, 0]) {
        const answer = await first.browser.answer(first.flow, { code: other(first.code) });
        assert.equal(answer.body.refused?.attemptsLeft, left);
      }
      assert.equal(said(await first.browser.answer(first.flow, { code: first.code })), 'flow-over');
      const again = await askedByText(house(), ada, ada.number);
      assert.equal((await again.browser.answer(again.flow, { code: again.code })).status, 429);
      house().clock.advance(5 * second);
      assert.equal((await again.browser.answer(again.flow, { code: again.code })).body.done, true);
    });

    test('RATE-03 RATE-04 counts are the number’s kind’s own: no source, code of another kind or own sign-in clears them', async () => {
      const ada = await register(house());
      const number = newNumber();
      await addPhone(house(), ada, number);
      const judged: number[] = [];
      for (let turn = 0; turn < 6; turn += 1) {
        const browser = house().browser({ address: `198.51.100.${turn}` });
        const asking = await askedByText(house(), ada, number, browser);
        judged.push((await browser.answer(asking.flow, { code: other(asking.code) })).status);
        // Another factor's success, in a browser like the guesser's.
        if (turn < 4) await signIn(house().browser({ address: `198.51.100.${turn}` }), ada);
        if (turn === 3) house().clock.advance(11 * minute);
      }
      assert.deepEqual(judged, [200, 200, 200, 200, 200, 429]);
    });

    test('OTP-02 a code is good for five minutes and not for longer', async () => {
      const ada = await withPhone(house());
      const early = await askedByText(house(), ada, ada.number);
      house().clock.advance(5 * minute - second);
      assert.equal(said(await early.browser.answer(early.flow, { code: early.code })), 'done');
      const over = await askedByText(house(), ada, ada.number);
      house().clock.advance(5 * minute + second);
      assert.equal(said(await over.browser.answer(over.flow, { code: over.code })), 'expired');
    });

    test('ENR-02 what cannot get a text message is refused with what to do, and nothing is sent', async () => {
      const ada = await register(house(), 'nothing');
      const { body: flow } = await ada.browser.start('enrolment', { kind: 'sms' });
      const typed = {
        'not a number': 'not-a-number',
        '0170 1234567': 'not-a-number',
        '+49 30 123456': 'number-not-allowed',
      };
      for (const [value, why] of Object.entries(typed)) {
        const events = await told(house(), async () => {
          assert.equal(said(await ada.browser.answer(flow, { value })), why);
        });
        assert.ok(events.some(({ type, details }) => type === 'proof.refused' && details.reason === why));
      }
      assert.equal(said(await ada.browser.answer(flow, { code: '000000' })), 'bad-request');
      assert.equal(
        house().texts.some(({ to }) => to.startsWith('+49')),
        false,
      );
    });
  },
  { on: ['sqlite'] },
);

test('OOB-02 in every profile a number is on offer only beside and after an app', async () => {
  for (const profile of ['balanced', 'nist', 'pci', 'psd2']) {
    await using house = await openHouse({ options: { SECONDLOCK_PROFILE: profile } });
    const ada = await register(house, 'nothing');
    const kinds = (await kindsOf(ada.browser)).map(({ kind }) => kind);
    assert.ok(kinds.includes('totp') && kinds.includes('sms'), profile);
    assert.ok(kinds.indexOf('totp') < kinds.indexOf('sms'));
  }
});

test('OOB-02 the home country of the configuration stands for a number without one', async () => {
  await using house = await openHouse({
    options: { SECONDLOCK_SMS_COUNTRY: 'DE', SECONDLOCK_SMS_COUNTRIES: 'DE, AT' },
  });
  const ada = await register(house, 'nothing');
  const question = asked(await fillIn(ada.browser, '0151 23456789'), 'code');
  assert.equal(question.sentTo, '+49 ••• ••• 6789');
  const { body: flow } = await ada.browser.start('enrolment', { kind: 'sms' });
  assert.equal(said(await ada.browser.answer(flow, { value: '+1 202 555 0100' })), 'number-not-allowed');
});

test('OOB-06 a number can be turned on while one registers; the text carries the origin of the configuration', async () => {
  const origin = 'https://login.example.org';
  await using house = await openHouse({ options: { SECONDLOCK_NAME: 'Harbour Mail' } });
  const [browser, address, number] = [house.browser(), newAddress(), newNumber()];
  const { body: flow } = await browser.start('registration', { identifier: address });
  await browser.answer(flow, { code: await house.codeFor(address) });
  const offer = asked((await browser.answer(flow, { password: 'violet anchors drift under rain' })).body, 'offer');
  assert.equal(offer.kinds.find(({ kind }) => kind === 'totp')?.advice, 'good-start');
  asked((await browser.answer(flow, { accept: 'sms' })).body, 'fill');
  asked((await browser.answer(flow, { value: number })).body, 'code');
  const { text } = await house.smsTo(number);
  assert.match(text, /turns on codes to this number at Harbour Mail\..*\n\n@localhost #\d{6}$/);
  assert.ok(!text.includes(origin) && !/:\/\//.test(text));
  asked((await browser.answer(flow, { code: await house.smsCodeFor(number) })).body, 'keep');
  const done = (await browser.answer(flow, { kept: true })).body;
  assert.equal(done.session?.level, 'aal2');
});

test('ENR-01 adding a number needs a fresh proof of what is there already', async () => {
  await using house = await openHouse();
  const ada = await register(house);
  house.clock.advance(11 * minute);
  assert.equal((await ada.browser.start('enrolment', { kind: 'sms' })).body.code, 'step-up-required');
  await stepUp(ada.browser, ada);
  await addPhone(house, ada);
});
