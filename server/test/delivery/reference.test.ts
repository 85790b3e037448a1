/** What a provider calls a message goes into a text column: a zero byte is none there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databases, openHouse } from '../house.ts';
import { register } from '../people.ts';

for (const on of databases) {
  test(`a reference with a zero byte loses no outcome and sends nothing twice, on ${on}`, async () => {
    let sent = 0;
    const sender = {
      name: 'odd',
      send: async () => {
        sent += 1;
        return { reference: 'a\0b' };
      },
      close: async () => {},
    };
    await using house = await openHouse({ on, accounts: () => [{ channel: 'email', prefixes: [], sender }] });
    const browser = house.browser();
    await browser.start('registration', { identifier: 'somebody@example.org' });
    await house.outbox.drain();
    house.clock.advance(60_000);
    await house.outbox.drain();
    house.clock.advance(60_000);
    await house.outbox.drain();
    const rows = await house.database.all.k.selectFrom('messages').select(['state', 'tries']).execute();
    assert.deepEqual([sent, rows.map(({ state }) => state)], [1, ['sent']]);
    void register;
  });
}
