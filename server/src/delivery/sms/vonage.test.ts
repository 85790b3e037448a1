import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { AlgorithmTypes, Auth } from '@vonage/auth';
import { SMS, TypeEnum } from '@vonage/sms';
import { type Asked, gateway } from '../../../test/peers/gateway.ts';
import { toolsOf } from '../../../test/provider.ts';
import type { ReceiptRequest, Rendered } from '../deliver.ts';
import { vonage } from './vonage.ts';

const now = Date.UTC(2026, 10, 22, 12);
const receiptUrl = 'https://login.example.org/receipts/r1?a=b';
const [apiKey, apiSecret, signatureSecret] = ['abcd1234', 'an API secret', 'a signature secret'];
const sent: Rendered = {
  channel: 'sms',
  to: '+447700900123',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: 'Code 271828 & =“é”\n@login.example.org #271828',
  id: 'abc_DEF-123',
  notAfter: now + 300_000,
};
const yes = (...prices: readonly string[]) => ({
  status: 200,
  text: JSON.stringify({
    'message-count': String(prices.length),
    messages: prices.map((price, at) => ({
      to: '447700900123',
      'message-id': `id-${at}`,
      status: '0',
      'message-price': price,
    })),
  }),
});
const open = (given: object) =>
  vonage.open(
    vonage.options.parse({ apiKey, from: 'Acme', ...given }),
    toolsOf('vonage', { now: () => now, receiptUrl }),
  );

/** The package sends flags and times as JSON's own, the API takes either. */
const fieldsOf = ({ body }: Asked): Record<string, string> =>
  Object.fromEntries(
    Object.entries(JSON.parse(body) as Record<string, unknown>).map(([name, value]) => [name, String(value)]),
  );
/** The package that sends; it checks signatures too. */
const packageFor = (restHost: string): SMS => new SMS(new Auth({ apiKey, apiSecret, privateKey: '' }), { restHost });

describe('Vonage', () => {
  test('OOB-06 OOB-10 our request is the one that Vonage’s own package makes', async (t) => {
    const here = await gateway(t, yes('0.0333'));
    const ours = await open({ apiSecret, baseUrl: here.url }).send(sent);
    const [one] = here.asked;
    assert.ok(one);
    const theirs = await packageFor(here.url).send({
      from: 'Acme',
      to: sent.to.slice(1),
      text: sent.text,
      type: TypeEnum.UNICODE,
      ttl: 300_000,
      statusReportReq: true,
      callback: fieldsOf(one).callback ?? '',
      clientRef: sent.id,
    });
    const [, other] = here.asked;
    assert.ok(other);
    const meaning = (asked: Asked) => ({
      method: asked.method,
      path: asked.path,
      authorization: asked.headers.authorization,
      type: asked.headers['content-type'],
      fields: fieldsOf(asked),
    });
    assert.deepEqual(meaning(one), meaning(other));
    assert.equal(ours.reference, theirs.messages[0]?.messageId);
  });

  test('a signed request holds no secret, and the package finds its signature good', async (t) => {
    const here = await gateway(t, yes('0.0333'));
    await open({ signatureSecret, baseUrl: here.url }).send(sent);
    const [asked] = here.asked;
    assert.ok(asked);
    const { sig = '', ...fields } = fieldsOf(asked);
    assert.equal(asked.headers.authorization, undefined);
    assert.equal(fields.api_key, apiKey);
    assert.equal(fields.timestamp, String(now / 1000));
    assert.equal(fields.callback, receiptUrl);
    const judge = packageFor(here.url);
    assert.ok(judge.verifySignature(sig, fields, signatureSecret, AlgorithmTypes.sha256hmac));
    assert.ok(!judge.verifySignature(sig, { ...fields, to: '1' }, signatureSecret, AlgorithmTypes.sha256hmac));
  });

  test('the prices of the parts are added digit for digit', async (t) => {
    const here = await gateway(t, yes('0.10000000', '0.20000000'));
    const sender = open({ apiSecret, baseUrl: here.url });
    assert.deepEqual((await sender.send(sent)).cost, { amount: '0.3', currency: 'EUR' });
    here.tell(yes('0.03330000'));
    assert.deepEqual((await sender.send(sent)).cost, { amount: '0.0333', currency: 'EUR' });
    here.tell(yes('7'));
    assert.deepEqual((await sender.send(sent)).cost, { amount: '7', currency: 'EUR' });
    here.tell(yes('10.00'));
    assert.deepEqual((await sender.send(sent)).cost, { amount: '10', currency: 'EUR' });
  });

  test('a refusal comes with status 200 and is one all the same, for any of the parts', async (t) => {
    const here = await gateway(t, yes('1'));
    for (const status of ['1', '3', '4', '6', '7', '14', '29']) {
      const messages = [
        { status: '0', 'message-id': 'id-0' },
        { status, 'error-text': `no ${sent.to}` },
      ];
      here.tell({ status: 200, text: JSON.stringify({ messages }) });
      const failed = open({ apiSecret, baseUrl: here.url }).send(sent);
      await assert.rejects(failed, { name: 'Error', message: `refused, status 200, code ${status}` });
    }
    here.tell({ status: 200, text: '{"messages":[{"status":"0"}]}' });
    await assert.rejects(open({ apiSecret, baseUrl: here.url }).send(sent), /names no message/);
  });

  test('either a secret or a signature secret, not both and not neither', () => {
    const good = (given: object): boolean => vonage.options.safeParse({ apiKey, from: 'Acme', ...given }).success;
    assert.deepEqual(
      [good({}), good({ apiSecret }), good({ signatureSecret }), good({ apiSecret, signatureSecret })],
      [false, true, true, false],
    );
  });
});

describe('receipts of Vonage', () => {
  const receipt = {
    msisdn: '447700900123',
    to: 'Acme',
    'network-code': '23410',
    messageId: 'id-0',
    price: '0.03330000',
    status: 'delivered',
    scts: '2611221200',
    'err-code': '0',
    'api-key': apiKey,
    'client-ref': sent.id,
    'message-timestamp': '2026-11-22 12:00:00',
    timestamp: String(now / 1000),
    nonce: 'aaaaaaaa-bbbb',
  };
  const told = { reference: 'id-0', state: 'delivered', cost: { amount: '0.03330000', currency: 'EUR' } };

  /** Signed as the manual of the vendor says, written a second time, and found good by the package. */
  function sign(given: Readonly<Record<string, string>>, secret = signatureSecret): Record<string, string> {
    const text = Object.entries(given)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `&${key}=${value}`);
    const sig = createHmac('sha256', secret).update(text.join('')).digest('hex').toUpperCase();
    assert.ok(packageFor('').verifySignature(sig, { ...given }, secret, AlgorithmTypes.sha256hmac));
    return { ...given, sig };
  }
  const asJson = (fields: object): ReceiptRequest => ({
    method: 'POST',
    url: 'https://login.example.org/receipts/r1',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const asForm = (fields: Record<string, string>): ReceiptRequest => ({
    method: 'POST',
    url: 'https://login.example.org/receipts/r1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
  const asQuery = (fields: Record<string, string>): ReceiptRequest => ({
    method: 'GET',
    url: `https://login.example.org/receipts/r1?${new URLSearchParams(fields)}`,
    headers: {},
    body: '',
  });

  test('a signed one is read as JSON, form and query', () => {
    const sender = open({ signatureSecret });
    for (const way of [asJson, asForm, asQuery]) assert.deepEqual(sender.receive?.(way(sign(receipt))), [told]);
    const failed = sign({ ...receipt, status: 'failed', 'err-code': '6', price: '' });
    assert.deepEqual(sender.receive?.(asForm(failed)), [
      { reference: 'id-0', state: 'failed', error: 'failed, code 6' },
    ]);
    for (const status of ['buffered', 'unknown', 'toString']) {
      assert.deepEqual(sender.receive?.(asForm(sign({ ...receipt, status }))), []);
    }
  });

  test('another key, field or time is refused', () => {
    const sender = open({ signatureSecret });
    const bad = [
      sign(receipt, 'another signature secret'),
      { ...sign(receipt), status: 'failed' },
      { ...sign(receipt), more: 'x' },
      sign({ ...receipt, timestamp: String(now / 1000 - 26 * 3600) }),
      sign({ ...receipt, timestamp: 'soon' }),
      receipt,
    ];
    for (const fields of bad) assert.equal(sender.receive?.(asForm(fields)), undefined, JSON.stringify(fields));
  });

  test('without a signature secret, a receipt is believed at the address that was given with the message only', async (t) => {
    const here = await gateway(t, yes('1'));
    const sender = open({ apiSecret, baseUrl: here.url });
    await sender.send(sent);
    const [asked] = here.asked;
    assert.ok(asked);
    const { callback = '' } = fieldsOf(asked);
    assert.match(callback, /^https:\/\/login\.example\.org\/receipts\/r1\?a=b&message=abc_DEF-123&seal=[0-9a-f]{64}$/);
    const { timestamp: _, ...unsigned } = receipt;
    for (const way of [asJson, asForm]) assert.deepEqual(sender.receive?.({ ...way(unsigned), url: callback }), [told]);
    const query = `${callback}&${new URLSearchParams(unsigned)}`;
    assert.deepEqual(sender.receive?.({ ...asQuery({}), url: query }), [told]);
    for (const url of [receiptUrl, callback.replace('123', '124'), callback.slice(0, -1), `${callback}0`]) {
      assert.equal(sender.receive?.({ ...asForm(unsigned), url }), undefined, url);
    }
  });
});
