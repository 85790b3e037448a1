import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { describe, test } from 'node:test';
import { type Asked, gateway } from '../../test/peers/gateway.ts';
import { toolsOf } from '../../test/provider.ts';
import type { ReceiptRequest, Rendered } from './deliver.ts';
import { emailWebhook } from './email/webhook.ts';
import { smsWebhook } from './sms/webhook.ts';
import { Undeliverable } from './undeliverable.ts';

const now = Date.UTC(2026, 10, 22, 12);
const seconds = now / 1000;
const [older, newer] = ['the older key, thirty-two letters', 'the newer key, thirty-two letters'];
const receiptUrl = 'https://login.example.org/receipts/r1';
const sms: Rendered = {
  channel: 'sms',
  to: '+447700900123',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: 'Code 271828 “é” 😀\u2028\n@login.example.org #271828',
  id: 'abc_DEF-123',
  notAfter: now + 300_000,
};
const openSms = (url: string, secrets: readonly string[] = [older]) =>
  smsWebhook.open(
    smsWebhook.options.parse({ url, secrets, from: 'Acme' }),
    toolsOf('own', { now: () => now, receiptUrl }),
  );

/** The receiving side, as the manual tells it: written here a second time, of Node's own parts. */
function isGenuine({ headers, body }: Asked, key: string): boolean {
  const [time, ...signatures] = (headers['secondlock-signature'] ?? '').split(',');
  const at = time?.replace(/^t=/, '') ?? '';
  if (Math.abs(Number(at) - seconds) > 300) return false;
  const expected = createHmac('sha256', key).update(`${at}.`).update(body).digest();
  return signatures.some((one) => {
    const given = Buffer.from(one.replace(/^v1=/, ''), 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

describe('a signed webhook', () => {
  test('an SMS comes as JSON that its key signed, and no other', async (t) => {
    const here = await gateway(t, {
      status: 200,
      text: '{"reference":"g-1","cost":{"amount":"0.0450","currency":"EUR"}}',
    });
    const taken = await openSms(`${here.url}/in?gateway=1`).send(sms);
    assert.deepEqual(taken, { reference: 'g-1', cost: { amount: '0.0450', currency: 'EUR' } });
    const [asked] = here.asked;
    assert.ok(asked);
    assert.equal(`${asked.method} ${asked.path}`, 'POST /in?gateway=1');
    assert.equal(asked.headers['content-type'], 'application/json');
    assert.equal(asked.headers['idempotency-key'], sms.id);
    assert.ok(isGenuine(asked, older));
    assert.ok(!isGenuine(asked, newer));
    assert.ok(!isGenuine({ ...asked, body: asked.body.replace('271828', '271829') }, older));
    assert.deepEqual(JSON.parse(asked.body), {
      id: sms.id,
      channel: 'sms',
      to: sms.to,
      from: 'Acme',
      text: sms.text,
      notAfter: '2026-11-22T12:05:00.000Z',
      receiptUrl,
    });
  });

  test('while keys change, a request is signed with both', async (t) => {
    const here = await gateway(t, { status: 204, text: '' });
    const taken = await openSms(here.url, [newer, older]).send(sms);
    assert.deepEqual(taken, { reference: sms.id });
    const [asked] = here.asked;
    assert.ok(asked && isGenuine(asked, older) && isGenuine(asked, newer));
  });

  test('OOB-10 a mail comes with its headers, none of them from a text', async (t) => {
    const here = await gateway(t, { status: 202, text: '' });
    const options = emailWebhook.options.parse({ url: here.url, secrets: [older] });
    const mail: Rendered = {
      channel: 'email',
      to: 'ann@example.org',
      from: { name: 'Acme\r\nBcc: eve@example.org', address: 'no-reply@acme.example' },
      subject: 'Your code\r\nBcc: eve@example.org',
      text: 'Code 271828',
      html: '<p>271828</p>',
      id: 'abc_DEF-123',
    };
    await emailWebhook.open(options, toolsOf('own', { now: () => now })).send(mail);
    const [asked] = here.asked;
    assert.ok(asked && isGenuine(asked, older));
    assert.deepEqual(JSON.parse(asked.body), {
      id: mail.id,
      channel: 'email',
      to: mail.to,
      from: { name: 'Acme Bcc: eve@example.org', address: 'no-reply@acme.example' },
      subject: 'Your code Bcc: eve@example.org',
      text: mail.text,
      html: mail.html,
      headers: {
        'Message-ID': '<abc_DEF-123@acme.example>',
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
      },
    });
  });

  test('a final no needs both the status and the word', async (t) => {
    const here = await gateway(t, { status: 422, text: '{"undeliverable":true}' });
    await assert.rejects(openSms(here.url).send(sms), Undeliverable);
    for (const text of ['{"undeliverable":false}', '{"detail":[]}', '']) {
      here.tell({ status: 422, text });
      await assert.rejects(openSms(here.url).send(sms), (error: Error) => !(error instanceof Undeliverable));
    }
  });

  test('short keys are refused', () => {
    for (const secrets of [[], ['short'], [older, 'short']]) {
      assert.ok(!smsWebhook.options.safeParse({ url: 'https://gateway.example.org', secrets }).success);
    }
  });
});

describe('receipts of a signed webhook', () => {
  const sender = openSms('https://gateway.example.org', [newer, older]);
  const receipt = (body: string, { key = older, at = seconds } = {}): ReceiptRequest => ({
    method: 'POST',
    url: receiptUrl,
    headers: {
      'Secondlock-Signature': `t=${at},v1=${createHmac('sha256', key).update(`${at}.${body}`).digest('hex')}`,
    },
    body,
  });
  const delivered = JSON.stringify({ receipts: [{ reference: 'g-1', state: 'delivered' }] });

  test('several come at once, with reason and cost; unknown states are left out', () => {
    const cost = { amount: '0.01', currency: 'USD' };
    const body = JSON.stringify({
      receipts: [
        { reference: 'g-1', state: 'delivered', cost },
        { reference: 'g-2', state: 'failed', error: 'no such number +44 7700 900123,\nsays ann@example.org' },
        { reference: 'g-3', state: 'read by a human' },
        { reference: 'g-4', state: 'sent' },
      ],
    });
    assert.deepEqual(sender.receive?.(receipt(body)), [
      { reference: 'g-1', state: 'delivered', cost },
      { reference: 'g-2', state: 'failed', error: 'no such number …, says …' },
      { reference: 'g-4', state: 'sent' },
    ]);
  });

  test('either key signs', () => {
    for (const key of [older, newer]) assert.equal(sender.receive?.(receipt(delivered, { key }))?.length, 1);
  });

  test('a signature is worth five minutes, in both directions', () => {
    const worth = (at: number): number | undefined => sender.receive?.(receipt(delivered, { at }))?.length;
    assert.deepEqual([worth(seconds - 300), worth(seconds + 300)], [1, 1]);
    assert.deepEqual([worth(seconds - 301), worth(seconds + 301), worth(0)], [undefined, undefined, undefined]);
  });

  test('another key, body, time or shape is refused', () => {
    const good = receipt(delivered);
    const signature = good.headers['Secondlock-Signature'] ?? '';
    const signed = (text: string): ReceiptRequest => ({ ...good, headers: { 'secondlock-signature': text } });
    const bad: readonly ReceiptRequest[] = [
      receipt(delivered, { key: 'a key that nobody gave to anybody' }),
      { ...good, body: delivered.replace('g-1', 'g-2') },
      signed(signature.replace(`t=${seconds}`, `t=${seconds - 1}`)),
      signed(`t=${seconds}`),
      signed(`t=${seconds},v1=`),
      signed(signature.replace('v1=', 'v2=')),
      signed(''),
      receipt('{"receipts":[{"reference":"","state":"sent"}]}'),
      receipt('{"receipts":[{"reference":"g-1","state":"sent","cost":{"amount":"1e9","currency":"USD"}}]}'),
      receipt('{"receipts":{}}'),
      receipt('nonsense'),
    ];
    for (const request of bad) assert.equal(sender.receive?.(request), undefined, JSON.stringify(request));
  });
});
