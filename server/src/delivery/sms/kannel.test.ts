import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gateway } from '../../../test/peers/gateway.ts';
import { toolsOf } from '../../../test/provider.ts';
import type { ReceiptRequest, Rendered } from '../deliver.ts';
import { kannel } from './kannel.ts';

// A real Kannel judges the same in test/hard/kannel.hard-test.ts; here is what needs none.
const now = Date.UTC(2026, 10, 22);
const receiptUrl = 'https://login.example.org/receipts/r1';
const account = { username: 'secondlock', password: 'kept secret', from: 'Acme', smsc: 'centre' };
const sent: Rendered = {
  channel: 'sms',
  to: '+447700900123',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: 'Code 271828 & + %d\n@login.example.org #271828',
  id: 'abc_DEF-123',
  notAfter: now + 299_000,
};
const accepted = { status: 202, text: '0: Accepted for delivery' };
const open = (url: string, changed: object = {}) =>
  kannel.open(kannel.options.parse({ ...account, url, ...changed }), toolsOf('kannel', { now: () => now, receiptUrl }));

describe('Kannel', () => {
  test('OOB-10 by POST the text is the body, and everything else a header', async (t) => {
    const here = await gateway(t, accepted);
    const taken = await open(`${here.url}/cgi-bin/sendsms`).send(sent);
    assert.deepEqual(taken, { reference: sent.id });
    const [asked] = here.asked;
    assert.equal(`${asked?.method} ${asked?.path}`, 'POST /cgi-bin/sendsms');
    assert.equal(asked?.body, sent.text);
    assert.equal(asked?.headers['content-type'], 'text/plain; charset=UTF-8');
    const own = Object.entries(asked?.headers ?? {}).filter(([name]) => name.startsWith('x-kannel-'));
    const { 'x-kannel-dlr-url': receipts = '', ...rest } = Object.fromEntries(own);
    assert.deepEqual(rest, {
      'x-kannel-username': account.username,
      'x-kannel-password': account.password,
      'x-kannel-to': sent.to,
      'x-kannel-from': 'Acme',
      'x-kannel-smsc': 'centre',
      'x-kannel-coding': '0',
      'x-kannel-validity': '4',
      'x-kannel-dlr-mask': '27',
    });
    assert.match(
      receipts,
      /^https:\/\/login\.example\.org\/receipts\/r1\?message=abc_DEF-123&seal=[0-9a-f]{64}&status=%d$/,
    );
  });

  test('OOB-10 by GET all is in the query, and nothing in it becomes another field', async (t) => {
    const here = await gateway(t, accepted);
    const text = 'Код 271828&to=%2B1 é';
    await open(`${here.url}/cgi-bin/sendsms?a=b`, { method: 'GET' }).send({ ...sent, text });
    const [asked] = here.asked;
    assert.equal(asked?.method, 'GET');
    const query = new URLSearchParams(asked?.path.split('?')[1]);
    assert.deepEqual(query.getAll('to'), [sent.to]);
    assert.deepEqual(
      ['a', 'text', 'charset', 'coding', 'validity'].map((name) => query.get(name)),
      ['b', text, 'UTF-8', '2', '4'],
    );
  });

  test('queued for later is taken; every other word or status is not', async (t) => {
    const here = await gateway(t, { status: 202, text: '3: Queued for later delivery' });
    assert.ok((await open(here.url).send(sent)).reference);
    for (const [status, text] of [
      [202, '<html>0: Accepted'],
      [202, '1: Something else'],
      [200, '0: Accepted for delivery'],
      [403, 'Authorization failed for sendsms'],
      [503, 'Temporal failure, try again later.'],
    ] as const) {
      here.tell({ status, text });
      await assert.rejects(open(here.url).send(sent), { name: 'Error', message: `refused, status ${status}` });
    }
  });

  test('what cannot stand in a header is no option', () => {
    const good = (changed: object): boolean =>
      kannel.options.safeParse({ ...account, url: 'https://gateway.example.org', ...changed }).success;
    assert.ok(good({}));
    for (const changed of [{ password: 'a\r\nb' }, { username: 'ключ' }, { from: 'Acme\r\nX: 1' }, { smsc: '' }]) {
      assert.ok(!good(changed), JSON.stringify(changed));
    }
  });
});

describe('receipts of Kannel', () => {
  test('the state is read at the address that was given with the message, and at no other', async (t) => {
    const here = await gateway(t, accepted);
    const sender = open(here.url);
    await sender.send(sent);
    const given = here.asked[0]?.headers['x-kannel-dlr-url'] ?? '';
    const at = (url: string): ReceiptRequest => ({ method: 'GET', url, headers: {}, body: '' });
    const receipts = (status: string) => sender.receive?.(at(given.replace('%d', status)));
    const reference = sent.id;
    assert.deepEqual(receipts('1'), [{ reference, state: 'delivered' }]);
    assert.deepEqual(receipts('2'), [{ reference, state: 'failed', error: 'status 2' }]);
    assert.deepEqual(receipts('8'), [{ reference, state: 'sent' }]);
    assert.deepEqual(receipts('16'), [{ reference, state: 'failed', error: 'status 16' }]);
    for (const status of ['4', '32', '%d', '', 'delivered', '1&status=0']) assert.deepEqual(receipts(status), []);
    const other = open(here.url, { password: 'another' });
    assert.equal(other.receive?.(at(given)), undefined);
    for (const url of [
      given.replace('123&', '124&'),
      given.replace(/seal=./, 'seal='),
      given.replace(/&seal=[^&]*/, ''),
      `${given}&message=eve`,
      receiptUrl,
    ]) {
      assert.equal(sender.receive?.(at(url)), undefined, url);
    }
  });
});
