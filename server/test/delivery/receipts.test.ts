/** One receipt that the database refuses takes those that came in the same moment with it. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { ReceiptBook } from '../../src/delivery/receipt-book.ts';
import { databases, openHouse } from '../house.ts';

for (const on of databases) {
  test(`a reference that is no text leaves the other receipts alone, on ${on}`, async () => {
    const sender = { name: 'gate', send: async () => ({ reference: 'good-1' }), close: async () => {} };
    await using house = await openHouse({ on, accounts: () => [{ channel: 'email', prefixes: [], sender }] });
    await house.browser().start('registration', { identifier: 'somebody@example.org' });
    await house.outbox.drain();
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const book = new ReceiptBook({ database: house.database, now: () => house.clock.now, log });
    const from = { channel: 'email', name: 'gate' } as const;
    const [good] = await Promise.all([
      book.take(from, { reference: 'good-1', state: 'delivered' }),
      book.take(from, { reference: 'bad\0', state: 'delivered' }),
    ]);
    await book.close();
    const { state } = await house.database.all.k.selectFrom('messages').select('state').executeTakeFirstOrThrow();
    assert.deepEqual([good, state], [true, 'delivered']);
    void createHmac;
  });
}
