import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { migratedDatabase } from '../../test/postgres.ts';
import { systemRandom } from '../security/random.ts';
import { Keyring } from '../security/sealing.ts';
import { type Database, openDatabase } from '../storage/open.ts';
import type { MessageRow } from '../storage/tables.ts';
import type { Message, Rendered, Sender, Taken } from './deliver.ts';
import { enqueue } from './enqueue.ts';
import { Outbox, type OutboxOptions } from './outbox.ts';
import type { Account } from './route.ts';
import { Undeliverable } from './undeliverable.ts';

const keyring = Keyring.parse(`k:${randomBytes(32).toString('base64')}`);
const service = { name: 'Acme Mail', sender: 'no-reply@acme.example', origin: 'https://login.example.org' };
const start = Date.UTC(2026, 10, 21);
const second = 1000;
const minute = 60 * second;

const code: Message = {
  channel: 'email',
  to: 'ann@example.org',
  text: 'code.sign-in',
  parameters: { code: '012345' },
  locale: 'en',
  userId: 'u1',
  notAfter: start + 5 * minute,
};
const { notAfter: _, ...rest } = code;
const endless: Message = { ...rest, parameters: { code: '012345', minutes: '5' } };

/** A sender that notes what it gets, and fails as often as it is told. */
class Postbox implements Sender {
  readonly name: string;
  readonly sent: Rendered[] = [];
  readonly failures: Error[] = [];
  tries = 0;
  ms = 0;

  constructor(name = 'postbox') {
    this.name = name;
  }

  async send(message: Rendered): Promise<Taken> {
    this.tries += 1;
    if (this.ms > 0) await pause(this.ms);
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.sent.push(message);
    return {};
  }

  async close(): Promise<void> {}
}

/** Accounts of mail that serve all, in this order. */
const mailers = (...senders: readonly Sender[]): Account[] =>
  senders.map((sender) => ({ channel: 'email', prefixes: [], sender }));

const openers: Readonly<Record<string, () => Promise<Database>>> = {
  sqlite: () => openDatabase(':memory:'),
  postgres: async () => openDatabase((await migratedDatabase()).url),
};

for (const [dialect, open] of Object.entries(openers)) {
  describe(`the outbox on ${dialect}`, () => {
    let opened: Promise<Database> | undefined;
    const outboxes: Outbox[] = [];
    const endAll = () => Promise.all(outboxes.splice(0).map((outbox) => outbox.stop()));
    after(async () => {
      await endAll();
      await (await opened)?.close();
    });

    async function house() {
      await endAll();
      opened ??= open();
      const database = await opened;
      await database.all.k.deleteFrom('messages').execute();
      await database.all.k.deleteFrom('message_tries').execute();
      const clock = { now: start };
      const postbox = new Postbox();
      const lines: string[] = [];
      const note = (fields: Readonly<Record<string, unknown>>, text: string): void => {
        const { err, ...rest } = fields;
        lines.push(JSON.stringify({ ...rest, text, err: err instanceof Error ? err.message : undefined }));
      };
      const outboxWith = (changed: Partial<OutboxOptions> = {}): Outbox => {
        const outbox = new Outbox({
          database,
          keyring,
          accounts: mailers(postbox),
          timeoutMs: 3000,
          service: async () => service,
          now: () => clock.now,
          log: { info: note, warn: note, error: note },
          random: systemRandom,
          ...changed,
        });
        outboxes.push(outbox);
        return outbox;
      };
      let count = 0;
      const put = (message: Message, tenant = 'main'): Promise<void> =>
        database.transaction(tenant, (tx) => enqueue(tx, message, { id: `m${++count}`, now: clock.now, keyring }));
      const row = (id = 'm1'): Promise<MessageRow> =>
        database.all.k.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      return { database, clock, postbox, lines, outboxWith, put, row };
    }

    test('REC-06 whoever wakes it has answered before it looks: that there is a mail costs the answer no time', async () => {
      const { outboxWith, put } = await house();
      await put(code);
      const woken = performance.now();
      const tried = await new Promise<number>((resolve) => {
        const send = async (): Promise<Taken> => {
          resolve(performance.now());
          return {};
        };
        outboxWith({ accounts: mailers({ name: 'watch', send, close: async () => {} }) }).wake();
      });
      // What an answer takes to leave is less.
      assert.ok(tried - woken >= 19, `tried after ${tried - woken} ms`);
    });

    test('a message leaves after the commit, rendered, and its body goes', async () => {
      const { postbox, outboxWith, put, row } = await house();
      await put(code);
      await outboxWith().drain();
      const [mail] = postbox.sent;
      assert.equal(postbox.sent.length, 1);
      assert.equal(mail?.id, 'm1');
      assert.equal(mail?.to, 'ann@example.org');
      assert.equal(mail?.subject, 'Your sign-in code for Acme Mail');
      assert.match(mail?.text ?? '', /012345[\s\S]*5 minutes/);
      const { state, body, provider, sent_at } = await row();
      assert.deepEqual(
        { state, body, provider, sent_at },
        { state: 'sent', body: '', provider: 'postbox', sent_at: start },
      );
      await outboxWith().drain();
      assert.equal(postbox.sent.length, 1);
    });

    test('CRY-01 OTP-08 OTP-09 neither the row nor the log shows a code or an address', async () => {
      const { postbox, lines, outboxWith, put, row } = await house();
      await put(code);
      const kept = JSON.stringify(await row());
      postbox.failures.push(new Error('busy'));
      await outboxWith().drain();
      for (const text of [kept, JSON.stringify(await row()), ...lines]) assert.doesNotMatch(text, /012345|ann@/);
      assert.ok(lines.length > 0);
    });

    test('CRY-02 a body that was moved to another message is not sent', async () => {
      const { database, postbox, outboxWith, put, row } = await house();
      await put(code);
      await put({ ...code, to: 'eve@example.org' });
      const { body } = await row('m1');
      await database.all.k.updateTable('messages').set({ body }).where('id', '=', 'm2').execute();
      await outboxWith().drain();
      assert.deepEqual(
        postbox.sent.map(({ to }) => to),
        ['ann@example.org'],
      );
      assert.equal((await row('m2')).state, 'failed');
    });

    test('a message with a hole takes its whole transaction back', async () => {
      const { put, row } = await house();
      await assert.rejects(put({ ...code, parameters: {} }), /needs the parameter code/);
      await assert.rejects(row(), /no result/);
    });

    test('a message to nobody is a row of the same size that is never sent', async () => {
      const { clock, postbox, outboxWith, put, row } = await house();
      await put(code);
      await put({ ...code, to: null, text: 'recovery.nobody' });
      assert.equal((await row('m2')).state, 'nobody');
      assert.equal((await row('m2')).body.length, (await row('m1')).body.length);
      await outboxWith().drain();
      clock.now += 6 * minute;
      await outboxWith().drain();
      assert.equal(postbox.sent.length, 1);
      const { state, body } = await row('m2');
      assert.deepEqual({ state, body }, { state: 'nobody', body: '' });
    });

    test('a failure is tried again after growing pauses, with the same Message-ID', async () => {
      const { clock, postbox, outboxWith, put, row } = await house();
      await put(endless);
      const outbox = outboxWith();
      postbox.failures.push(...Array.from({ length: 5 }, () => new Error('ESOCKET: away')));
      for (const wait of [1 * second, 5 * second, 30 * second, 2 * minute, 10 * minute]) {
        await outbox.drain();
        const { state, next_at, error } = await row();
        const waits = next_at - clock.now;
        assert.equal(state, 'queued');
        assert.equal(error, 'ESOCKET: away');
        assert.ok(waits >= wait && waits <= wait * 1.1, `${waits}`);
        clock.now = next_at - 1;
        await outbox.drain();
        clock.now = next_at;
      }
      assert.equal(postbox.tries, 5);
      await outbox.drain();
      assert.equal(postbox.sent[0]?.id, 'm1');
    });

    test('after the last try it has failed and its body is gone', async () => {
      const { clock, postbox, outboxWith, put, row } = await house();
      await put(endless);
      const outbox = outboxWith();
      postbox.failures.push(...Array.from({ length: 50 }, () => new Error('away')));
      for (let i = 0; i < 20; i += 1) {
        await outbox.drain();
        clock.now += 600 * minute;
      }
      assert.equal(postbox.tries, 12);
      const { state, body, error } = await row();
      assert.deepEqual({ state, body, error }, { state: 'failed', body: '', error: 'away' });
    });

    test('a final no is not tried again', async () => {
      const { clock, postbox, outboxWith, put, row } = await house();
      await put(endless);
      postbox.failures.push(new Undeliverable('recipient refused, 550'));
      await outboxWith().drain();
      clock.now += 600 * minute;
      await outboxWith().drain();
      assert.equal(postbox.tries, 1);
      assert.equal((await row()).state, 'failed');
    });

    test('OTP-02 a message dies with its code', async () => {
      const { clock, postbox, outboxWith, put, row } = await house();
      await put(code);
      clock.now = start + 5 * minute;
      await outboxWith().drain();
      assert.equal(postbox.tries, 0);
      const { state, body } = await row();
      assert.deepEqual({ state, body }, { state: 'expired', body: '' });
    });

    test('OTP-02 a code that dies while its mail is tried does not go to the next provider', async () => {
      const { clock, outboxWith, put, row } = await house();
      const second = new Postbox('second');
      const slow: Sender = {
        name: 'slow',
        send: async () => {
          clock.now = start + 5 * minute;
          throw new Error('away');
        },
        close: async () => {},
      };
      await put(code);
      await outboxWith({ accounts: mailers(slow, second) }).drain();
      assert.equal(second.tries, 0);
      assert.equal((await row()).state, 'expired');
    });

    test('the next provider of the channel takes what the first does not', async () => {
      const { postbox, outboxWith, put, row } = await house();
      const spare = new Postbox('spare');
      postbox.failures.push(new Error('away'));
      await put(code);
      await outboxWith({ accounts: mailers(postbox, spare) }).drain();
      assert.equal(spare.sent.length, 1);
      assert.equal((await row()).provider, 'spare');
    });

    test('a channel without a provider waits and says so', async () => {
      const { outboxWith, put, row } = await house();
      await put({ ...code, channel: 'sms', to: '+4930123456' });
      await outboxWith().drain();
      const { state, error } = await row();
      assert.deepEqual({ state, error }, { state: 'queued', error: 'no provider for sms' });
    });

    test('several outboxes on one database send each message once', async () => {
      const { postbox, outboxWith, put } = await house();
      postbox.ms = 5;
      for (let i = 0; i < 30; i += 1) await put(code);
      await Promise.all(Array.from({ length: 4 }, () => outboxWith().drain()));
      assert.equal(postbox.tries, 30);
      assert.equal(new Set(postbox.sent.map(({ id }) => id)).size, 30);
    });

    test('what a process that went away had claimed is sent by another, after its lease', async () => {
      const { clock, postbox, outboxWith, put } = await house();
      await put(endless);
      const claimed = Promise.withResolvers<void>();
      const send = () => new Promise<Taken>(() => claimed.resolve());
      const stuck: Sender = { name: 'stuck', send, close: async () => {} };
      const gone = outboxWith({ accounts: mailers(stuck) });
      gone.stop = async () => {};
      gone.drain().catch(() => {
        // Its process is gone, and so is whoever would hear of it.
      });
      await claimed.promise;
      clock.now += 39 * second;
      await outboxWith().drain();
      assert.equal(postbox.tries, 0);
      clock.now += 1 * second;
      await outboxWith().drain();
      assert.equal(postbox.sent.length, 1);
    });

    test('messages set out in order of age, however long each takes to get ready', async () => {
      const { postbox, outboxWith, put } = await house();
      for (let i = 0; i < 12; i += 1) await put(code);
      const waits = [10, 0, 5, 0, 0, 10, 0, 0, 5, 0, 0, 0];
      await outboxWith({ service: () => pause(waits.shift(), service) }).drain();
      const ids = Array.from({ length: 12 }, (_, i) => `m${i + 1}`);
      assert.equal(postbox.sent.map(({ id }) => id).join(), ids.join());
    });

    test('at most five are sent at once', async () => {
      const { outboxWith, put } = await house();
      let now = 0;
      let most = 0;
      const send = async (): Promise<Taken> => {
        now += 1;
        most = Math.max(most, now);
        await pause(10);
        now -= 1;
        return {};
      };
      for (let i = 0; i < 20; i += 1) await put(code);
      await outboxWith({ accounts: mailers({ name: 'slow', send, close: async () => {} }) }).drain();
      assert.equal(most, 5);
    });

    test('woken from within a transaction’s own context, it sends at once; stopping waits for what is on its way', async () => {
      const { database, postbox, outboxWith, put, row, lines } = await house();
      postbox.ms = 20;
      const outbox = outboxWith();
      outbox.start();
      await pause(20);
      await database.transaction('main', async (tx) => {
        await enqueue(tx, code, { id: 'w1', now: start, keyring });
        setTimeout(() => outbox.wake(), 5);
      });
      for (let i = 0; i < 40 && postbox.tries === 0; i += 1) await pause(10);
      assert.equal(postbox.tries, 1, lines.join('\n'));
      await outbox.stop();
      assert.equal((await row('w1')).state, 'sent');
      await put(code);
      outbox.wake();
      await pause(30);
      assert.equal(postbox.tries, 1);
    });

    test('it finds by itself what nobody woke it for, and goes on after a database that was away', async () => {
      const { database, postbox, outboxWith, put, lines } = await house();
      let away = true;
      const flaky = {
        ...database,
        get all() {
          if (away) throw new Error('the database is away');
          return database.all;
        },
      };
      const outbox = outboxWith({ database: flaky });
      outbox.start();
      await put(code);
      await pause(50);
      assert.match(lines.join(), /the outbox could not be read/);
      away = false;
      for (let i = 0; i < 200 && postbox.sent.length === 0; i += 1) await pause(10);
      assert.equal(postbox.sent.length, 1);
    });

    test('an outcome that the database could not take at once still reaches its row', async () => {
      const { database, postbox, outboxWith, put, row } = await house();
      let busy = 0;
      const flaky: Database = {
        ...database,
        transaction: async (...of) => {
          if (of[0] === 'main' && busy++ < 2) throw new Error('database is locked');
          return database.transaction(...of);
        },
      };
      await put(code);
      await outboxWith({ database: flaky }).drain();
      assert.equal(postbox.tries, 1);
      assert.equal((await row()).state, 'sent');
    });

    test('tenants speak in their own names', async () => {
      const { postbox, outboxWith, put } = await house();
      await put(code, 'one');
      await put(code, 'two');
      await outboxWith({ service: async (tenant) => ({ ...service, name: `Panel ${tenant}` }) }).drain();
      assert.deepEqual(postbox.sent.map(({ from }) => from.name).sort(), ['Panel one', 'Panel two']);
    });
  });
}
