/** Pairing a phone: with a code that is good once and soon over; only what the page has taken is a factor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf, factorsOf, remove, reportLost } from '../../account.ts';
import { Events } from '../../events.ts';
import type { House } from '../../house.ts';
import { asked, enterPassword, goodPassword, newAddress, register, stepUp } from '../../people.ts';
import { codeIn, newKeys, Phone, phoneEvents, signedBy } from '../../phone.ts';
import { cellsWith, dump, told } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { askPhone, beginPairing, numberIn, pairPhone, withPhone } from './phones.ts';

const lines: string[] = [];
const second = 1000;
const minute = 60 * second;

const openEvents = async (phone: Phone): Promise<Events> =>
  new Events(await phone.browser.open('GET', phoneEvents, undefined, { authorization: phone.eventsHeader() }));

/** All that has left by mail, as one text. */
async function mailed(house: House): Promise<string> {
  await house.outbox.drain();
  return JSON.stringify([...house.mails, ...house.texts, ...house.pushes]);
}

inHouse(
  'a pairing',
  (house) => {
    test('ENR-07 a pairing code has 256 bits, is drawn, leaves by no message, and is stored nowhere', async () => {
      const ada = await register(house(), 'nothing');
      const seen = new Set<string>();
      for (let turn = 0; turn < 3; turn += 1) {
        const { body: flow } = await ada.browser.start('enrolment', { kind: 'push' });
        const { uri = '', qr = '', until } = asked(flow, 'wait');
        assert.match(uri, /^http:\/\/localhost:2322\/authenticator#pair=[\w-]{22}\.[\w-]{43}$/);
        assert.match(qr, /^<svg /);
        assert.equal(Date.parse(until) - house().clock.now, 10 * minute);
        const { secret } = codeIn(uri);
        assert.equal(Buffer.from(secret, 'base64url').length, 32);
        seen.add(secret);
        assert.ok(!(await mailed(house())).includes(secret));
        assert.ok(!lines.join('\n').includes(secret));
        // The page shows it again when it is loaded anew, so the sealed question has it; nothing that is open does.
        assert.deepEqual(cellsWith(await dump(house()), [secret]), []);
      }
      assert.equal(seen.size, 3);
    });

    test('ENR-07 a pairing code is good once: another phone after the first gets link-over', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, uri } = await beginPairing(ada.browser);
      const [first, late, later] = [new Phone(house()), new Phone(house()), new Phone(house())];
      assert.equal((await first.pair(uri)).status, 200);
      const events = await told(house(), async () => {
        const answer = await late.pair(uri);
        assert.deepEqual([answer.status, answer.body.code], [410, 'link-over']);
      });
      assert.ok(events.some(({ type, details }) => type === 'device.refused' && /^pairing-/.test(`${details.reason}`)));
      asked((await ada.browser.answer(flow, {})).body, 'keep');
      assert.equal((await later.pair(uri)).body.code, 'link-over', 'and when the page has taken the first');
      assert.equal((await factorsOf(ada.browser)).filter(({ kind }) => kind === 'push').length, 1);
      assert.equal((await late.look()).status, 401);
    });

    test('ENR-07 of ten phones that scan at once one is paired', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, uri } = await beginPairing(ada.browser);
      const phones = Array.from({ length: 10 }, () => new Phone(house()));
      const answers = await Promise.all(phones.map((phone) => phone.pair(uri)));
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array(9).fill(410)]);
      asked((await ada.browser.answer(flow, {})).body, 'keep');
      const known = await Promise.all(phones.map(async (phone) => (phone.device ? (await phone.look()).status : 0)));
      assert.equal(known.filter((status) => status === 200).length, 1);
    });

    test('ENR-07 a pairing code is over after ten minutes, to the second, and the page gives another', async () => {
      const ada = await register(house(), 'nothing');
      const { uri } = await beginPairing(ada.browser);
      house().clock.advance(10 * minute - second);
      assert.equal((await new Phone(house()).pair(uri)).status, 200);
      const bob = await register(house(), 'nothing');
      const other = await beginPairing(bob.browser);
      house().clock.advance(10 * minute + second);
      assert.equal((await new Phone(house()).pair(other.uri)).body.code, 'link-over');
      assert.equal((await bob.browser.answer(other.flow, {})).body.done, false);
      const again = asked((await bob.browser.answer(other.flow, { resend: true })).body, 'wait');
      assert.notEqual(again.uri, other.uri);
      assert.equal((await new Phone(house()).pair(other.uri)).body.code, 'link-over', 'the older one stays dead');
      assert.equal((await new Phone(house()).pair(again.uri ?? '')).status, 200);
      assert.equal(asked((await bob.browser.answer(other.flow, {})).body, 'keep').ask, 'keep');
    });

    test('ENR-02 a phone that was paired and not taken within the ten minutes is nothing', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, uri } = await beginPairing(ada.browser);
      const phone = new Phone(house());
      await phone.pair(uri);
      assert.deepEqual(await phone.waiting(), []);
      house().clock.advance(10 * minute + second);
      assert.equal((await phone.look()).status, 401);
      assert.equal((await ada.browser.answer(flow, {})).body.done, false);
      assert.deepEqual(await factorsOf(ada.browser), []);
    });

    test('ENR-02 an abandoned pairing leaves nothing: the sign-in neither asks nor takes the phone', async () => {
      const ada = await register(house());
      await beginPairing(ada.browser);
      const { uri } = await beginPairing(ada.browser);
      const phone = new Phone(house());
      await phone.pair(uri);
      assert.ok(!(await factorsOf(ada.browser)).some(({ kind }) => kind === 'push'));
      const flow = await enterPassword(house().browser(), ada);
      const { kind, others } = asked(flow, 'code');
      assert.deepEqual([kind, others.map((way) => way.kind)], ['totp', ['backup-codes', 'paper-key']]);
      assert.deepEqual(await phone.waiting(), []);
      const back = await ada.browser.start('enrolment', { kind: 'push' });
      assert.equal((await ada.browser.answer(back.body, { accept: false })).status, 200);
      assert.equal((await new Phone(house()).pair(asked(back.body, 'wait').uri ?? '')).body.code, 'link-over');
    });

    test('ENR-02 a key that the phone cannot sign with, and anything malformed, pairs nothing and ends nothing', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, uri } = await beginPairing(ada.browser);
      const phone = new Phone(house());
      const { pairing, secret } = codeIn(uri);
      const { publicKey } = newKeys();
      const off = Buffer.concat([Buffer.of(4), Buffer.alloc(64, 7)]).toString('base64url');
      const other = codeIn((await beginPairing((await register(house(), 'nothing')).browser)).uri);
      const over: Record<string, Record<string, unknown>> = {
        'somebody else’s key': { publicKey },
        'no point on the curve': {
          publicKey: off,
          signature: signedBy(phone.keys, 'secondlock-pair', pairing, secret, off),
        },
        'another secret': { secret: other.secret },
        'another pairing': { pairing: other.pairing },
        'a pairing that is none': { pairing: 'A'.repeat(22) },
        'a signature of zeros': { signature: 'A'.repeat(86) },
        'an answer’s signature': { signature: signedBy(phone.keys, 'secondlock-answer', pairing, secret, '') },
      };
      for (const [what, change] of Object.entries(over)) {
        const events = await told(house(), async () => {
          const answer = await phone.pair(uri, change);
          assert.deepEqual([answer.status, answer.body.code], [410, 'link-over'], what);
        });
        assert.equal(events.filter(({ type }) => type === 'device.refused').length, 1, what);
      }
      for (const change of [
        { name: 'Front desk, see evil.example' },
        { publicKey: '' },
        { publicKey: phone.keys.publicKey.slice(1) },
        { secret: '' },
        { secret: undefined },
        { pairing: `${pairing} ` },
        { signature: [] },
        { number: '12' },
      ]) {
        assert.equal((await phone.pair(uri, change)).status, 400, JSON.stringify(change));
      }
      assert.equal((await ada.browser.answer(flow, {})).body.prompt.ask, 'wait');
      assert.equal((await phone.pair(uri)).status, 200);
      asked((await ada.browser.answer(flow, {})).body, 'keep');
    });

    test('ENR-02 a paired phone gets an empty list until its page has taken it, and is never sent away', async () => {
      const ada = await register(house(), 'nothing');
      const { flow, uri } = await beginPairing(ada.browser);
      const phone = new Phone(house());
      const paired = await phone.pair(uri);
      assert.equal(paired.body.account, ada.address);
      assert.equal(paired.body.service, 'Secondlock');
      assert.match(paired.body.vapidKey, /^B[\w-]{86}$/);
      await using events = await openEvents(phone);
      assert.deepEqual(await events.take('requests'), { requests: [] });
      assert.equal((await phone.subscribe(null)).status, 409);
      const stranger = { ...phone.keys, ...newKeys() };
      assert.equal((await phone.look({ keys: stranger })).status, 401);
      assert.equal(asked((await ada.browser.answer(flow, {})).body, 'keep').ask, 'keep');
      await ada.browser.answer(flow, { kept: true });
      assert.deepEqual(await phone.waiting(), []);
      const { number } = await askPhone(house(), ada);
      const { requests } = await events.take<{ requests: { id: string }[] }>('requests');
      assert.equal(requests.length, 1);
      assert.equal((await phone.answer({ request: requests[0]?.id ?? '', number })).body.is, 'approved');
    });

    test('ENR-07 a phone that scans somebody else’s code is theirs, is told so, and says nothing for its owner', async () => {
      const [ada, eve] = [await withPhone(house()), await register(house(), 'nothing')];
      const { flow, uri } = await beginPairing(eve.browser);
      const device = ada.phone.device;
      const paired = await ada.phone.pair(uri);
      assert.equal(paired.body.account, eve.address);
      asked((await eve.browser.answer(flow, {})).body, 'keep');
      await eve.browser.answer(flow, { kept: true });
      const { number } = await askPhone(house(), ada);
      assert.deepEqual(await ada.phone.waiting(), [], 'as eve’s it hears nothing of ada');
      const { body } = await ada.phone.look({ device });
      const [request] = body.requests;
      assert.equal(request?.account, ada.address);
      assert.equal((await ada.phone.answer({ request: request?.id ?? '', number })).body.is, 'over');
      assert.equal((await ada.phone.answer({ request: request?.id ?? '', number }, { device })).body.is, 'approved');
    });

    test('ENR-01 adding and removing a phone needs a fresh proof by the strongest factor', async () => {
      const ada = await register(house());
      const phone = await pairPhone(house(), ada);
      house().clock.advance(11 * minute);
      const { id } = await factorOf(ada.browser, 'push');
      for (const answer of [
        await ada.browser.start('enrolment', { kind: 'push' }),
        await remove(ada.browser, id),
        await reportLost(ada.browser, id),
      ]) {
        assert.deepEqual([answer.status, answer.body.code], [403, 'step-up-required']);
      }
      const { body: flow } = await ada.browser.start('step-up');
      const byPhone = await ada.browser.answer(flow, { choose: id });
      assert.equal((await phone.approve(numberIn(byPhone.body))).body.is, 'approved');
      assert.equal((await ada.browser.answer(flow, {})).body.done, true);
      assert.equal((await remove(ada.browser, id)).body.code, 'step-up-required', 'two digits are weaker than the app');
      await stepUp(ada.browser, ada);
      assert.ok((await remove(ada.browser, id)).status < 300);
    });

    test('NOTI-01 a phone that is added, reported lost and removed is told by mail each time', async () => {
      const ada = await register(house());
      await pairPhone(house(), ada);
      const added = await house().mailTo(ada.address);
      assert.match(added.subject ?? '', /^A new way to sign in/);
      assert.match(added.text, /\(Chrome on Android\)/);
      await stepUp(ada.browser, ada);
      const { id } = await factorOf(ada.browser, 'push');
      assert.ok((await reportLost(ada.browser, id)).status < 300);
      assert.match((await house().mailTo(ada.address)).subject ?? '', /^A way to sign in was reported lost/);
      assert.ok((await remove(ada.browser, id)).status < 300);
      assert.match((await house().mailTo(ada.address)).subject ?? '', /^A way to sign in was removed/);
    });

    for (const [how, end] of [
      ['reported lost', reportLost],
      ['removed', remove],
    ] as const) {
      test(`ENR-05 a phone that is ${how} is denied within one request, and its page is told`, async () => {
        const ada = await register(house());
        const phone = await pairPhone(house(), ada);
        await stepUp(ada.browser, ada);
        const { id } = await factorOf(ada.browser, 'push');
        const browser = house().browser();
        const flow = await enterPassword(browser, ada);
        const number = numberIn((await browser.answer(flow, { choose: id })).body);
        const { id: request } = await phone.request();
        await using events = await openEvents(phone);
        await events.take('requests');
        assert.ok((await end(ada.browser, id)).status < 300);
        assert.equal((await phone.answer({ request, number })).status, 401);
        assert.equal((await phone.look()).status, 401);
        assert.equal((await phone.subscribe(null)).status, 401);
        assert.equal((await browser.answer(flow, {})).body.code, 'flow-over');
        let heard = await events.next();
        if (heard?.event === 'requests') heard = await events.next();
        assert.equal(heard?.event, 'gone');
        assert.equal(await events.next(), undefined);
        const later = await enterPassword(house().browser(), ada);
        assert.ok(!asked(later, 'code').others.some(({ kind }) => kind === 'push'));
      });
    }

    test('ENR-05 an approval that waits to be collected dies with the phone', async () => {
      const ada = await register(house());
      const phone = await pairPhone(house(), ada);
      await stepUp(ada.browser, ada);
      const { id } = await factorOf(ada.browser, 'push');
      const browser = house().browser();
      const flow = await enterPassword(browser, ada);
      const number = numberIn((await browser.answer(flow, { choose: id })).body);
      assert.equal((await phone.approve(number)).body.is, 'approved');
      await reportLost(ada.browser, id);
      assert.equal((await browser.answer(flow, {})).body.code, 'flow-over');
    });

    test('ENR-04 a phone can be turned on while registering, and its codes for when it is gone follow', async () => {
      const browser = house().browser();
      const address = newAddress();
      const { body: flow } = await browser.start('registration', { identifier: address });
      await browser.answer(flow, { code: await house().codeFor(address) });
      await browser.answer(flow, { password: goodPassword });
      const { uri = '' } = asked((await browser.answer(flow, { accept: 'push' })).body, 'wait');
      const phone = new Phone(house());
      assert.equal((await phone.pair(uri)).body.account, address);
      const kept = (await browser.answer(flow, {})).body;
      assert.equal(asked(kept, 'keep').codes?.length, 10);
      const done = (await browser.answer(flow, { kept: true })).body;
      assert.deepEqual([done.done, done.session?.level], [true, 'two-step']);
    });

    test('ENR-04 the same phone, paired again, answers as both', async () => {
      const ada = await withPhone(house());
      const first = ada.phone.device;
      await pairPhone(house(), ada, ada.phone);
      assert.notEqual(ada.phone.device, first);
      const labels = (await factorsOf(ada.browser)).filter(({ kind }) => kind === 'push').map(({ label }) => label);
      assert.deepEqual(labels.toSorted(), ['Approval on a phone', 'Approval on a phone 2']);
      const { number, browser, flow } = await askPhone(house(), ada);
      const at = (await ada.phone.look({ device: first })).body.requests[0];
      const device = at ? first : ada.phone.device;
      const request = at?.id ?? (await ada.phone.request()).id;
      assert.equal((await ada.phone.answer({ request, number }, { device })).body.is, 'approved');
      assert.equal((await browser.answer(flow, {})).body.done, true);
    });
  },
  { log: (line) => lines.push(line) },
);
