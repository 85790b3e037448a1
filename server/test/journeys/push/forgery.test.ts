/** Forged and replayed requests of a phone: refused, and told to the audit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedIn } from '../../account.ts';
import { enterPassword } from '../../people.ts';
import { type ForgedAnswer, newKeys, otherNumber } from '../../phone.ts';
import { told } from '../../records.ts';
import { inHouse } from '../../shared-house.ts';
import { askPhone, withPhone } from './phones.ts';

const minute = 60_000;
const answerPath = '/api/v1/authenticator/answer';
const stranger = newKeys();

/** The order of P-256's group (SEC 2 §2.4.2). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other signature that is as good: ECDSA takes s and its negative. */
function mirrored(signature: string): string {
  const raw = Buffer.from(signature, 'base64url');
  const s = order - BigInt(`0x${raw.subarray(32).toString('hex')}`);
  return Buffer.concat([raw.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]).toString(
    'base64url',
  );
}

inHouse('a forged phone', (house) => {
  test('PUSH-05 requests that this phone has not signed as they are get 401', async () => {
    const [ada, eve] = [await withPhone(house()), await withPhone(house())];
    const { browser, flow, number } = await askPhone(house(), ada);
    const { phone } = ada;
    const { id: request } = await phone.request();
    const { now } = house().clock;
    const body = phone.answerBody({ request, number });
    const forgeries: Record<string, [forged: ForgedAnswer, event: string | undefined]> = {
      'another key': [{ keys: stranger }, 'signature'],
      'another phone’s key': [{ keys: eve.phone.keys }, 'signature'],
      'a body that was changed': [{ signed: { body: phone.answerBody({ request, number: '00' }) } }, 'signature'],
      'no body': [{ signed: { body: '' } }, 'signature'],
      'another path': [{ signed: { path: '/api/v1/authenticator/requests' } }, 'signature'],
      'a query that was added': [{ signed: { path: `${answerPath}?now` } }, 'signature'],
      'another method': [{ signed: { method: 'GET' } }, 'signature'],
      'a device that is none': [{ device: 'A'.repeat(22) }, undefined],
      'a name that is no device': [{ device: 'ada' }, undefined],
      'six minutes ago': [{ time: now - 6 * minute }, undefined],
      'in six minutes': [{ time: now + 6 * minute }, undefined],
      'no header': [{ authorization: '' }, undefined],
      'only the device': [{ authorization: `Device ${phone.device}` }, undefined],
      'no signature': [{ authorization: `Device ${phone.device}.${now}.` }, undefined],
      'a signature of zeros': [{ authorization: `Device ${phone.device}.${now}.${'A'.repeat(86)}` }, 'signature'],
      'a bearer': [{ authorization: `Bearer ${phone.device}` }, undefined],
    };
    for (const [what, [forged, reason]] of Object.entries(forgeries)) {
      const events = await told(house(), async () => {
        const answer = await phone.call<{ code: string }>('POST', answerPath, body, forged);
        assert.equal(answer.status, 401, what);
        const code = /minutes/.test(what) ? 'wrong-time' : 'not-signed-in';
        assert.equal(answer.body.code, code, what);
        assert.ok(answer.headers.get('date') !== '', what);
      });
      const refusals = events.filter(({ type }) => type === 'device.refused').map(({ details }) => details.reason);
      assert.deepEqual(refusals, reason ? [reason] : [], what);
      const denials = events.filter(({ type }) => type === 'access.denied').length;
      assert.equal(denials, forged.authorization === '' ? 0 : 1, what);
    }
    assert.equal((await browser.answer(flow, {})).body.done, false);
    const right = await phone.answer({ request, number }, { time: now - 4 * minute });
    assert.equal(right.body.is, 'approved', 'a clock that is a little off');
  });

  test('PUSH-05 an answer that was not signed as it is sent gets 403, and ends nothing', async () => {
    const [ada, eve] = [await withPhone(house()), await withPhone(house())];
    const { browser, flow, number } = await askPhone(house(), ada);
    const { phone } = ada;
    const { id: request } = await phone.request();
    const denied = { request, decision: 'deny' };
    const forgeries: Record<string, [said: Parameters<typeof phone.answer>[0], forged: ForgedAnswer]> = {
      'another key': [{ request, number }, { answerKeys: stranger }],
      'another phone’s key': [{ request, number }, { answerKeys: eve.phone.keys }],
      'the number was changed': [{ request, number: otherNumber(number) }, { sent: { number } }],
      'the number was left out': [{ request, number }, { sent: { number: undefined } }],
      'a denial made an approval': [denied, { sent: { decision: 'approve', number } }],
      'a denial made this was not me': [denied, { sent: { decision: 'not-me' } }],
      'an approval made a denial': [{ request, number }, { sent: { decision: 'deny' } }],
      'another request': [{ request: 'A'.repeat(22), number }, { sent: { request } }],
      'request and number in one': [{ request: `${request}\napprove\n${number}` }, { sent: { request, number } }],
    };
    for (const [what, [said, forged]] of Object.entries(forgeries)) {
      const events = await told(house(), async () => {
        const answer = await phone.answer(said, forged);
        assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], what);
        house().clock.advance(1);
      });
      const [refusal] = events.filter(({ type }) => type === 'proof.refused');
      assert.equal(refusal?.details.reason, 'signature', what);
    }
    for (const sent of [
      { signature: '' },
      { signature: undefined },
      { signature: null },
      { signature: 'A'.repeat(85) },
    ]) {
      assert.equal((await phone.answer({ request, number }, { sent })).status, 400);
    }
    const zeros = await phone.answer({ request, number }, { sent: { signature: 'A'.repeat(86) } });
    assert.equal(zeros.status, 403);
    assert.equal((await browser.answer(flow, {})).body.done, false);
    assert.equal((await phone.answer({ request, number })).body.is, 'approved', 'none of them has ended it');
  });

  test('PUSH-05 a call that was overheard is worth nothing a second time, as it was or with its signature mirrored', async () => {
    const ada = await withPhone(house());
    const { number } = await askPhone(house(), ada);
    const { phone } = ada;
    const { id: request } = await phone.request();
    const body = phone.answerBody({ request, number });
    assert.equal((await phone.call<{ is: string }>('POST', answerPath, body)).body.is, 'approved');
    const overheard = phone.lastAuthorization;
    const [device = '', time = '', signature = ''] = overheard.replace('Device ', '').split('.');
    const again = `Device ${device}.${time}.${mirrored(signature)}`;
    for (const authorization of [overheard, again]) {
      const events = await told(house(), async () => {
        assert.equal((await phone.call('POST', answerPath, body, { authorization })).status, 403);
      });
      assert.deepEqual(
        events.filter(({ type }) => type === 'device.refused').map(({ details }) => details.reason),
        ['replayed'],
      );
    }
    house().clock.advance(6 * minute);
    for (const authorization of [overheard, again]) {
      assert.equal((await phone.call('POST', answerPath, body, { authorization })).status, 401);
    }
    // The answer in it, sent for another request by the phone itself.
    const next = await askPhone(house(), ada);
    const answer = JSON.parse(body) as { signature: string };
    const { id } = await phone.request();
    const moved = await phone.answer({ request: id, number: next.number }, { sent: { signature: answer.signature } });
    assert.equal(moved.status, 403);
  });

  test('PUSH-05 the address of a request and its id open nothing by themselves', async () => {
    const ada = await withPhone(house());
    const { browser, flow, number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    for (const other of [house().browser(), browser, ada.browser]) {
      for (const body of [{ request }, { request, decision: 'approve', number }, { request, decision: 'deny' }]) {
        assert.equal((await other.call('POST', answerPath, body)).status, 401);
      }
      for (const path of ['requests', 'events', `answer?request=${request}`]) {
        const { status } = await other.get(`/api/v1/authenticator/${path}`);
        assert.ok(status === 401 || status === 405, path);
      }
    }
    assert.equal((await browser.answer(flow, {})).body.done, false);
  });

  test('PUSH-05 a page of another origin does nothing with a signed request', async () => {
    const ada = await withPhone(house());
    const { number } = await askPhone(house(), ada);
    const { id: request } = await ada.phone.request();
    for (const [name, value] of [
      ['origin', 'https://evil.example'],
      ['sec-fetch-site', 'cross-site'],
    ] as const) {
      assert.equal((await ada.phone.answer({ request, number }, { headers: { [name]: value } })).status, 403);
    }
    const form = { 'content-type': 'text/plain' };
    assert.equal((await ada.phone.answer({ request, number }, { headers: form })).status, 415);
    house().clock.advance(1);
    assert.equal((await ada.phone.answer({ request, number })).body.is, 'approved');
  });
});

inHouse(
  'a request',
  (house) => {
    test('PUSH-06 shows who asks, for what, when and from where as the server saw it, whatever else was sent', async () => {
      const ada = await withPhone(house());
      const browser = house().browser({
        address: '198.51.100.7',
        headers: {
          'client-ip': '203.0.113.9',
          'true-client-ip': '203.0.113.9',
          'sec-ch-ua-platform': '"Atari"',
          'x-place': 'Atlantis',
        },
      });
      const sent = { identifier: ada.address, password: ada.password };
      for (const forged of [
        { address: '203.0.113.9' },
        { browser: 'Mosaic' },
        { place: 'Atlantis' },
        { service: 'Bank' },
      ]) {
        assert.equal((await browser.start('sign-in', { ...sent, ...forged })).status, 400);
      }
      const at = house().clock.now;
      await enterPassword(browser, ada);
      house().clock.advance(7000);
      const { id, ...shown } = await ada.phone.request();
      assert.match(id, /^[\w-]{22}$/);
      assert.deepEqual(shown, {
        service: 'Harbour Mail',
        account: ada.address,
        purpose: 'sign-in',
        at: new Date(at).toISOString(),
        expiresAt: new Date(at + 120_000).toISOString(),
        address: '198.51.100.7',
        place: 'place of 198.51.100.7',
        browser: 'Firefox on Linux',
        digits: 2,
      });
      assert.equal(await signedIn(browser), false);
    });

    test('PUSH-06 forwarded addresses and odd names of browsers stay out', async () => {
      const ada = await withPhone(house());
      const forwarded = house().browser({ headers: { 'x-forwarded-for': '203.0.113.9' } });
      const refused = await forwarded.start('sign-in', { identifier: ada.address, password: ada.password });
      assert.equal(refused.status, 421, 'development has no proxy before it');
      const odd = house().browser({ userAgent: 'Approve this: your bank is calling, +1 202 555 0100' });
      await enterPassword(odd, ada);
      assert.equal((await ada.phone.request()).browser, 'Unknown program');
    });
  },
  { placeOf: (address) => `place of ${address}`, options: { SECONDLOCK_NAME: 'Harbour Mail' } },
);
