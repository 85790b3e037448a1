/** Phones that are woken by a real push service: what it is told, what it never is, and where no push ever goes. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openWebPush } from '../../../src/delivery/push/web-push.ts';
import { guardedFetch, worldLookup } from '../../../src/security/guarded-fetch.ts';
import { databases, type House, openHouse } from '../../house.ts';
import { type PushService, pushService, type Subscribed } from '../../peers/push-service.ts';
import { register } from '../../people.ts';
import { Phone } from '../../phone.ts';
import { cellsWith, dump } from '../../records.ts';
import { askPhone, beginPairing, type Owner, signInByPhone, withPhone } from './phones.ts';

const minute = 60_000;

/** Addresses that lead inside, or are none. */
const inside = [
  'http://push.example.com/1',
  'https://localhost/1',
  'https://127.0.0.1/1',
  'https://127.1/1',
  'https://2130706433/1',
  'https://0x7f.0.0.1/1',
  'https://[::1]/1',
  'https://[::ffff:127.0.0.1]/1',
  'https://10.0.0.8/1',
  'https://172.16.9.9/1',
  'https://192.168.1.1/1',
  'https://100.64.0.1/1',
  'https://169.254.169.254/latest/meta-data',
  'https://[fe80::1]/1',
  'https://[fd00::1]/1',
  'https://0.0.0.0/1',
  'https://redis/1',
  'https://db.internal/1',
  'https://printer.local/1',
  'https://push.example.com:6379/1',
  'https://user:word@push.example.com/1',
  'ftp://push.example.com/1',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'push.example.com',
];

for (const on of databases) {
  describe(`a phone that is woken, on ${on}`, () => {
    let house: House & AsyncDisposable;
    let service: PushService;
    before(async () => {
      service = await pushService();
      const fetch = guardedFetch({ named: [service.origin], ca: service.ca, lookup: worldLookup() });
      house = await openHouse({
        on,
        options: { SECONDLOCK_PUSH_SERVICES: service.origin },
        accounts: ({ vapid }) => [
          { channel: 'push', prefixes: [], sender: openWebPush({ fetch, vapid, now: () => house.clock.now }) },
        ],
      });
    });
    after(async () => {
      await house?.[Symbol.asyncDispose]();
      await service?.close();
    });

    /** Somebody whose phone is subscribed, as they pair it or later. */
    async function subscribed(): Promise<Owner & { readonly at: Subscribed }> {
      house.clock.advance(11 * minute);
      service.tell(201);
      service.pushed.length = 0;
      const at = service.subscribe(await house.deps.push.publicKey());
      const ada = await withPhone(house);
      assert.equal((await ada.phone.subscribe(at)).status, 204);
      return Object.assign(ada, { at });
    }

    test('PUSH-11 is told that a request waits and nothing else, for no longer than it waits', async () => {
      const ada = await subscribed();
      house.clock.advance(30_000);
      const { browser, flow, number } = await askPhone(house, ada);
      await house.outbox.drain();
      assert.deepEqual(service.faults, []);
      const [pushed, ...more] = service.pushed;
      assert.equal(more.length, 0);
      assert.equal(pushed?.endpoint, ada.at.endpoint);
      assert.equal(pushed.text, '{"type":"request"}');
      assert.ok(pushed.ttl > 0 && pushed.ttl <= 120, `${pushed.ttl}`);
      assert.equal(pushed.urgency, 'high');
      assert.equal((await ada.phone.approve(number)).body.is, 'approved');
      assert.equal((await browser.answer(flow, {})).body.done, true);
    });

    test('PUSH-11 a subscription that is told while pairing is used, and no table holds it in the open', async () => {
      house.clock.advance(11 * minute);
      const at = service.subscribe(await house.deps.push.publicKey());
      const ada = await register(house, 'nothing');
      const { flow, uri } = await beginPairing(ada.browser);
      const phone = new Phone(house);
      assert.equal((await phone.pair(uri, { subscription: at })).status, 200);
      await ada.browser.answer(flow, {});
      await ada.browser.answer(flow, { kept: true });
      assert.deepEqual(cellsWith(await dump(house), [at.endpoint, at.keys.auth]), []);
      service.tell(201);
      service.pushed.length = 0;
      await askPhone(house, ada);
      await house.outbox.drain();
      assert.deepEqual(
        service.pushed.map(({ endpoint }) => endpoint),
        [at.endpoint],
      );
    });

    test('PUSH-11 an address that is gone (410) is not sent to any more, and the phone answers all the same', async () => {
      const ada = await subscribed();
      service.tell(410);
      const first = await askPhone(house, ada);
      await house.outbox.drain();
      assert.equal(service.pushed.length, 1);
      assert.equal((await ada.phone.approve(first.number)).body.is, 'approved', 'its page is open');
      assert.equal((await first.browser.answer(first.flow, {})).body.done, true);
      service.tell(201);
      const before = service.asked();
      await signInByPhone(house, ada);
      await house.outbox.drain();
      assert.equal(service.asked(), before, 'nobody is asked to wake it');
      assert.equal((await ada.phone.subscribe(service.subscribe(await house.deps.push.publicKey()))).status, 204);
      house.clock.advance(6 * minute);
      await signInByPhone(house, ada);
      await house.outbox.drain();
      assert.equal(service.asked(), before + 1, 'subscribed anew it is woken again');
    });

    test('PUSH-11 a phone that takes its subscription back is not woken', async () => {
      const ada = await subscribed();
      assert.equal((await ada.phone.subscribe(null)).status, 204);
      const before = service.asked();
      await signInByPhone(house, ada);
      await house.outbox.drain();
      assert.equal(service.asked(), before);
    });

    test('PUSH-12 an address inside is refused with its field, by pairing and later, and nobody is asked anything', async () => {
      const ada = await subscribed();
      const { uri } = await beginPairing(ada.browser);
      const { keys } = ada.at;
      const before = service.asked();
      for (const endpoint of inside) {
        for (const answer of [
          await ada.phone.subscribe({ endpoint, keys }),
          await new Phone(house).pair(uri, { subscription: { endpoint, keys } }),
        ]) {
          assert.deepEqual([answer.status, answer.body.code], [400, 'bad-request'], endpoint);
          assert.deepEqual(
            answer.body.fields?.map(({ field }) => field),
            ['subscription.endpoint'],
            endpoint,
          );
        }
      }
      for (const wrong of [
        { p256dh: keys.auth },
        { auth: keys.p256dh },
        { p256dh: `B${'A'.repeat(86)}` },
        { more: 'x' },
      ]) {
        const answer = await ada.phone.subscribe({ ...ada.at, keys: { ...keys, ...wrong } });
        assert.equal(answer.status, 400, JSON.stringify(wrong));
      }
      assert.equal(service.asked(), before);
      await signInByPhone(house, ada);
      await house.outbox.drain();
      assert.equal(service.asked(), before + 1, 'what it was subscribed with stays');
      assert.equal((await new Phone(house).pair(uri)).status, 200, 'and the pairing is as good as before');
    });

    test('PUSH-12 a push service that sends on to another address is not followed', async () => {
      const ada = await subscribed();
      service.tell('redirect');
      const before = service.asked();
      const { number } = await askPhone(house, ada);
      await house.outbox.drain();
      assert.equal(service.asked(), before + 1);
      assert.ok(service.pushed.every(({ endpoint }) => endpoint === ada.at.endpoint));
      assert.equal((await ada.phone.approve(number)).body.is, 'approved');
    });

    test('PUSH-12 nobody says for another’s phone where it is woken', async () => {
      const [ada, eve] = [await subscribed(), await withPhone(house)];
      const at = service.subscribe(await house.deps.push.publicKey());
      const forged = { device: ada.phone.device };
      assert.equal((await eve.phone.subscribe(at, forged)).status, 401);
      assert.equal(
        (await ada.browser.call('POST', '/api/v1/authenticator/subscription', { subscription: at })).status,
        401,
      );
    });
  });
}
