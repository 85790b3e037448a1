/** What becomes of a message: handed over, told of by receipts, seen by the console; with a real signed webhook. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { openAccounts, readAccounts } from '../../src/delivery/accounts.ts';
import { signWebhook } from '../../src/delivery/webhook.ts';
import { systemRandom } from '../../src/security/random.ts';
import { databases, type House, openHouse } from '../house.ts';
import { asked, enterPassword, newAddress, type Person, register, setUpOwner } from '../people.ts';
import { told } from '../records.ts';

const secret = 'a key of the gateway, long enough for anybody';
const minute = 60_000;

interface Shown {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly state: string;
  readonly provider: string;
  readonly user: string | null;
  readonly answeredAt: string | null;
  readonly tries: readonly { provider: string; state: string; reference: string; error: string; cost: object | null }[];
}

/** A gateway somewhere else: what is posted to it, and how it answers. */
class Gateway {
  readonly posted: { readonly id: string; readonly to: string; readonly receiptUrl: string; readonly text: string }[] =
    [];
  down = false;
  /** Runs while the message is still being handed over. */
  meanwhile: (reference: string) => Promise<void> = async () => {};

  /** The newest that went to an address: notices to others leave whenever they are ready. */
  to(address: string): Gateway['posted'][number] {
    return this.posted.find(({ to }) => to === address) ?? assert.fail(`nothing was posted to ${address}`);
  }

  readonly fetch: typeof fetch = async (_, how) => {
    if (this.down) return new Response('', { status: 503 });
    const message = JSON.parse(String(how?.body)) as Gateway['posted'][number];
    this.posted.unshift(message);
    await this.meanwhile(`g-${message.id}`);
    return Response.json({ reference: `g-${message.id}`, cost: { amount: '0.0001', currency: 'EUR' } });
  };
}

for (const on of databases) {
  describe(`messages through a gateway, on ${on}`, () => {
    const gateway = new Gateway();
    const lines: string[] = [];
    let house: House & AsyncDisposable;
    let owner: Person;

    before(async () => {
      const entry = { provider: 'webhook', name: 'gateway', url: 'https://gateway.example.org/', secrets: [secret] };
      const { accounts } = readAccounts({
        SECONDLOCK_SMTP_URL: undefined,
        SECONDLOCK_EMAIL: [{ ...entry, receipts: true }],
        SECONDLOCK_SMS: [],
      });
      const log = { info: () => {}, warn: () => {}, error: () => {} };
      const tools = { fetch: gateway.fetch, now: () => house.clock.now, random: systemRandom, log };
      gateway.down = true;
      house = await openHouse({
        on,
        accounts: (hooks) => openAccounts(accounts, tools, hooks),
        log: (line) => lines.push(line),
        options: { SECONDLOCK_LOG_LEVEL: 'trace' },
      });
      owner = await setUpOwner(house);
    });
    after(() => house?.[Symbol.asyncDispose]());
    beforeEach(() => {
      house.clock.advance(11 * minute);
      gateway.down = false;
      gateway.meanwhile = async () => {};
    });

    /** Somebody whose code the gateway carries, and what it was handed. */
    async function asksForCode() {
      const browser = house.browser();
      const address = newAddress();
      const { body: flow } = await browser.start('registration', { identifier: address });
      asked(flow, 'code');
      await house.outbox.drain();
      const handed = gateway.to(address);
      return { browser, flow, ...handed, reference: `g-${handed.id}` };
    }

    const look = async (id: string): Promise<Shown> => {
      const { body, status, text } = await owner.browser.get<Shown>(`/api/v1/messages/${id}`);
      assert.equal(status, 200, text);
      return body;
    };

    /** Posts receipts as the gateway does. */
    async function tell(url: string, receipts: unknown, key = secret) {
      const body = typeof receipts === 'string' ? receipts : JSON.stringify({ receipts });
      const signature = signWebhook([key], Math.floor(house.clock.now / 1000), body);
      const { pathname, search } = new URL(url);
      const stranger = house.browser();
      return stranger.call('POST', pathname + search, body, {
        'secondlock-signature': signature,
        origin: house.origin,
      });
    }

    test('OTP-09 the console sees where a message went, what it cost and never what it says', async () => {
      const { id, text, reference } = await asksForCode();
      const code = /\b\d{6}\b/.exec(text)?.[0] ?? assert.fail();
      const shown = await look(id);
      assert.match(shown.to, /^p•••@e•••$/);
      assert.deepEqual([shown.state, shown.provider, shown.text], ['sent', 'gateway', 'code.registration']);
      const [first, ...more] = shown.tries;
      assert.deepEqual(more, []);
      assert.deepEqual(
        [first?.provider, first?.state, first?.reference, first?.cost],
        ['gateway', 'sent', reference, { amount: '0.0001', currency: 'EUR' }],
      );
      assert.doesNotMatch(JSON.stringify(shown) + lines.join(), new RegExp(`${code}|person\\d+@`));
    });

    test('a message that one account does not take is with the next at once, and both tries are told', async () => {
      gateway.down = true;
      await house.browser().start('registration', { identifier: newAddress() });
      await house.outbox.drain();
      const shown = await look(house.mails[0]?.id ?? '');
      assert.equal(shown.state, 'sent');
      assert.deepEqual(
        shown.tries.map(({ provider, state }) => [provider, state]),
        [
          ['gateway', 'failed'],
          ['sink', 'sent'],
        ],
      );
      assert.notEqual(shown.tries[0]?.error, '');
      assert.equal(house.mails.filter(({ id }) => id === shown.id).length, 1);
    });

    test('a receipt tells of delivery and cost, and what was delivered is never undone', async () => {
      const { id, receiptUrl, reference } = await asksForCode();
      assert.equal((await tell(receiptUrl, [{ reference, state: 'sent' }])).status, 204);
      assert.equal((await look(id)).state, 'sent');
      const cost = { amount: '0.0420', currency: 'EUR' };
      assert.equal((await tell(receiptUrl, [{ reference, state: 'delivered', cost }])).status, 204);
      const delivered = await look(id);
      assert.deepEqual([delivered.state, delivered.tries[0]?.state], ['delivered', 'delivered']);
      assert.deepEqual(delivered.tries[0]?.cost, cost);
      for (const state of ['sent', 'failed']) {
        assert.equal((await tell(receiptUrl, [{ reference, state }])).status, 204);
        assert.deepEqual(await look(id), delivered);
      }
    });

    test('a message that failed says why, and is delivered after all where that is told later', async () => {
      const { id, receiptUrl, reference } = await asksForCode();
      await tell(receiptUrl, [{ reference, state: 'failed', error: 'absent subscriber' }]);
      const failed = await look(id);
      assert.deepEqual([failed.state, failed.tries[0]?.error], ['failed', 'absent subscriber']);
      await tell(receiptUrl, [{ reference, state: 'delivered' }]);
      assert.equal((await look(id)).state, 'delivered');
    });

    test('a receipt that is faster than the answer to its message is not lost', async () => {
      let telling: Promise<{ status: number }> | undefined;
      gateway.meanwhile = async (reference) => {
        const [{ receiptUrl, text } = assert.fail()] = gateway.posted;
        if (!/\b\d{6}\b/.test(text)) return;
        telling = tell(receiptUrl, [{ reference, state: 'delivered' }]);
        await new Promise((go) => setTimeout(go, 60));
      };
      const { id } = await asksForCode();
      assert.equal((await telling)?.status, 204);
      assert.equal((await look(id)).state, 'delivered');
    });

    test('AUD-01 a receipt that is forged, of nobody or garbage changes nothing, and is told', async () => {
      const { id, receiptUrl, reference } = await asksForCode();
      const before = await look(id);
      const good = [{ reference, state: 'delivered' }];
      const [path = '', token = ''] = /^(.*\/)([^/]+)$/.exec(receiptUrl)?.slice(1) ?? [];
      const forged = `${path}${token.slice(0, -2)}AA`;
      const other = `${path.replace('/gateway/', '/sink/')}${token}`;
      const refused: [name: string, status: number, reason: string, post: () => Promise<{ status: number }>][] = [
        ['guessed address', 404, 'no-such-account', () => tell(forged, good)],
        ['another account', 404, 'no-such-account', () => tell(other, good)],
        ['no account', 404, 'no-such-account', () => tell(path.replace('gateway', 'nobody') + token, good)],
        ['wrong key', 400, 'not-genuine', () => tell(receiptUrl, good, 'another key that nobody gave to us')],
        ['garbage', 400, 'not-genuine', () => tell(receiptUrl, 'state=delivered&id=%00')],
        ['no body', 400, 'not-genuine', () => house.browser().get(new URL(receiptUrl).pathname)],
        ['unknown', 204, 'unknown-message', () => tell(receiptUrl, [{ reference: 'nobody’s', state: 'delivered' }])],
      ];
      for (const [name, status, reason, post] of refused) {
        const events = await told(house, async () => assert.equal((await post()).status, status, name));
        assert.deepEqual(
          events.map(({ type, details }) => [type, details.reason]),
          [['receipt.refused', reason]],
          name,
        );
      }
      const large = await tell(receiptUrl, 'x'.repeat(70_000));
      assert.equal(large.status, 413);
      assert.deepEqual(await look(id), before);
      assert.equal((await tell(receiptUrl, good)).status, 204);
      assert.equal((await look(id)).state, 'delivered', 'and the genuine one counts');
    });

    test('a right answer shows that its message came', async () => {
      const { id, text, browser, flow } = await asksForCode();
      assert.equal((await look(id)).answeredAt, null);
      const code = /\b\d{6}\b/.exec(text)?.[0] ?? '';
      asked((await browser.answer(flow, { code })).body, 'new-password');
      assert.equal((await look(id)).answeredAt, new Date(house.clock.now).toISOString());
    });

    test('the code of a second factor too, and a wrong one does not', async () => {
      gateway.down = true;
      const person = await register(house, 'email');
      gateway.down = false;
      house.clock.advance(11 * minute);
      const browser = house.browser();
      const flow = await enterPassword(browser, person);
      await house.outbox.drain();
      const { id, text } = gateway.to(person.address);
      const code = /\b\d{6}\b/.exec(text)?.[0] ?? '';
      await browser.answer(flow, { code: code === '000000' ? '000001' : '000000' });
      assert.equal((await look(id)).answeredAt, null);
      assert.equal((await browser.answer(flow, { code })).body.done, true);
      assert.notEqual((await look(id)).answeredAt, null);
    });

    test('the list is for console roles alone, newest first, and can be narrowed and paged', async () => {
      gateway.down = true;
      const other = await register(house);
      for (let n = 0; n < 55; n += 1) {
        house.clock.advance(11 * minute);
        await house.browser().start('registration', { identifier: newAddress() });
      }
      await house.outbox.drain();
      const path = '/api/v1/messages';
      for (const at of [path, `${path}/x`]) {
        assert.equal((await house.browser().get(at)).status, 401);
        assert.equal((await other.browser.get(at)).status, 403);
      }
      owner.browser.cookies.clear();
      const flow = await enterPassword(owner.browser, owner);
      await owner.browser.answer(flow, { code: owner.nextCode() });
      const page = async (query: string) =>
        (await owner.browser.get<{ messages: Shown[]; next: string | null }>(path + query)).body;
      const first = await page('');
      assert.equal(first.messages.length, 50);
      const second = await page(`?before=${first.next}`);
      const seen = [...first.messages, ...second.messages].map(({ id }) => id);
      assert.equal(new Set(seen).size, seen.length);
      const times = first.messages.map((one) => (one as unknown as { createdAt: string }).createdAt);
      assert.deepEqual(times, [...times].sort().reverse());
      const { id = '' } = (await other.browser.get<{ id: string }>('/api/v1/account')).body;
      const { messages: theirs } = await page(`?user=${id}`);
      assert.ok(theirs.length > 0 && theirs.every(({ user }) => user === id));
      assert.deepEqual((await page('?channel=sms')).messages, []);
      assert.ok((await page('?state=sent')).messages.every(({ state }) => state === 'sent'));
      for (const wrong of ['?state=lost', '?before=nothing', '?all=1', '?user=%00']) {
        assert.equal((await owner.browser.get(path + wrong)).status, 400, wrong);
      }
      assert.equal((await owner.browser.get(`${path}/nothing`)).status, 404);
    });
  });
}
