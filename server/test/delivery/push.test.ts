/** A push from the outbox to a real push service: what leaves, what is told of it, and what follows from each answer. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Message } from '../../src/delivery/deliver.ts';
import { enqueue } from '../../src/delivery/enqueue.ts';
import { type Office, openOffice } from '../../src/delivery/office.ts';
import { openWebPush } from '../../src/delivery/push/web-push.ts';
import type { GoneDestination, OnGone } from '../../src/delivery/undeliverable.ts';
import { guardedFetch, worldLookup } from '../../src/security/guarded-fetch.ts';
import { systemRandom } from '../../src/security/random.ts';
import { Keyring } from '../../src/security/sealing.ts';
import { databases, type House, openHouse } from '../house.ts';
import { type PushService, pushService } from '../peers/push-service.ts';

const second = 1000;
const life = 90 * second;

/** A delivery of its own on a house's database, with the real sender in place of the sink. */
function officeOf({ database, clock, origin, keys, tenants }: House, service: PushService, onGone: OnGone) {
  const now = (): number => clock.now;
  const lines: string[] = [];
  const note = (_: object, text: string): void => void lines.push(text);
  const fetch = guardedFetch({ named: [service.origin], ca: service.ca, lookup: worldLookup() });
  const office = openOffice({
    ...{ database, keyring: Keyring.parse(keys), now, random: systemRandom, origin, onGone },
    service: (tenant) => tenants.get(tenant),
    log: { info: note, warn: note, error: note },
    timeoutMs: 3000,
    routeBy: 'order',
    accounts: ({ vapid }) => [{ channel: 'push', prefixes: [], sender: openWebPush({ fetch, vapid, now }) }],
    onUnknown: async () => {},
    onFailing: async () => {},
  });
  return { office, lines };
}

for (const on of databases) {
  describe(`pushes on ${on}`, () => {
    let house: House & AsyncDisposable;
    let service: PushService;
    let office: Office;
    let lines: string[];
    let phone: string;
    let gone: GoneDestination[] = [];
    let fault: Error | undefined;
    let count = 0;

    before(async () => {
      const options = { SECONDLOCK_MAIL_FROM: 'no-reply@acme.example' };
      [house, service] = await Promise.all([openHouse({ on, options }), pushService()]);
      ({ office, lines } = officeOf(house, service, async (of) => {
        gone.push(of);
        if (fault) throw fault;
      }));
      phone = JSON.stringify(service.subscribe(await house.deps.push.publicKey()));
    });
    after(async () => {
      await office?.close();
      await house?.[Symbol.asyncDispose]();
      await service?.close();
    });
    beforeEach(() => {
      service.tell(201);
      service.pushed.length = 0;
      gone = [];
      fault = undefined;
    });

    /** Puts a push into the outbox; gives its id. */
    async function put(to: string | null, userId = 'u1'): Promise<string> {
      const id = `m${++count}`;
      const usual = { channel: 'push', text: 'push.request', parameters: {}, locale: 'en' } as const;
      const { now } = house.clock;
      const message: Message = { ...usual, to, userId, notAfter: now + life };
      await house.database.transaction('main', (tx) => enqueue(tx, message, { id, now, keyring: house.deps.keyring }));
      return id;
    }

    const row = (id: string) =>
      house.database.all.k.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

    /** Lets the time pass, and the outbox look now and then. */
    async function drainFor(ms: number): Promise<void> {
      for (let passed = 0; passed <= ms; passed += 10 * second) {
        await office.outbox.drain();
        house.clock.advance(10 * second);
      }
    }

    test('PUSH-10 every process signs with the key that browsers subscribe with, and lists show the service only', async () => {
      const [sent, toNobody] = [await put(phone), await put(null)];
      await office.outbox.drain();
      const key = await house.deps.push.publicKey();
      assert.deepEqual(
        service.pushed.map((one) => [one.key, one.text, one.ttl, one.token.sub]),
        [[key, '{"type":"request"}', 90, 'mailto:no-reply@acme.example']],
      );
      const { state, hint, body, provider } = await row(sent);
      assert.deepEqual([state, hint, body, provider], ['sent', new URL(service.origin).host, '', 'web-push']);
      assert.equal((await row(toNobody)).hint, '');
      assert.deepEqual([service.faults, office.channels.has('push')], [[], true]);
    });

    test('PUSH-11 a subscription that has ended is told of with its owner, once, and not tried again', async () => {
      service.tell(410);
      const first = await put(phone, 'ann');
      await office.outbox.drain();
      service.tell(404);
      await put(phone, 'bob');
      await drainFor(life);
      const told = { tenant: 'main', channel: 'push', to: phone };
      assert.deepEqual(gone, [
        { ...told, userId: 'ann' },
        { ...told, userId: 'bob' },
      ]);
      assert.equal(service.pushed.length, 2);
      const { state, error, body } = await row(first);
      assert.deepEqual([state, error, body], ['failed', 'refused, status 410', '']);
    });

    test('PUSH-11 where it cannot be dropped at once the message ends all the same', async () => {
      fault = new Error('the database is away');
      service.tell(410);
      const id = await put(phone);
      await office.outbox.drain();
      assert.equal((await row(id)).state, 'failed');
      assert.ok(lines.includes('a destination that is gone could not be dropped'));
    });

    test('PUSH-11 what may pass is tried again while its request lives, each time for what is left of it', async () => {
      service.tell(429);
      const id = await put(phone);
      await office.outbox.drain();
      house.clock.advance(10 * second);
      service.tell(201);
      await office.outbox.drain();
      assert.equal((await row(id)).state, 'sent');
      service.tell(500);
      const never = await put(phone);
      await drainFor(2 * life);
      assert.equal((await row(never)).state, 'expired');
      const [ttls, later] = [service.pushed.slice(0, 2), service.pushed.slice(2)].map((of) => of.map(({ ttl }) => ttl));
      assert.deepEqual(
        [ttls, later],
        [
          [90, 80],
          [90, 80, 70, 30],
        ],
      );
      assert.deepEqual([service.faults, gone], [[], []]);
    });
  });
}
