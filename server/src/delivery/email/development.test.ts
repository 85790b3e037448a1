import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DevelopmentMailbox } from './development.ts';

const from = { name: 'Acme', address: 'no-reply@localhost' };

test('mails and SMS are kept newest first, 200 of them', async () => {
  let now = Date.UTC(2026, 10, 21, 23, 5);
  const mailbox = new DevelopmentMailbox(() => now);
  await mailbox.send({ channel: 'email', to: 'a@b.c', from, subject: 'One', text: 'first', html: '<p>', id: '1' });
  now += 1000;
  await mailbox.send({ channel: 'sms', to: '+49301', from, text: 'second', id: '2' });
  assert.deepEqual(mailbox.messages, [
    { channel: 'sms', to: '+49301', text: 'second', at: '2026-11-21T23:05:01.000Z' },
    { channel: 'email', to: 'a@b.c', subject: 'One', text: 'first', at: '2026-11-21T23:05:00.000Z' },
  ]);
  for (let i = 0; i < 300; i += 1)
    await mailbox.send({ channel: 'sms', to: '+49301', from, text: String(i), id: String(i) });
  assert.equal(mailbox.messages.length, 200);
  assert.equal(mailbox.messages[0]?.text, '299');
});
