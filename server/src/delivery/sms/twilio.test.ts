import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import makeClient from 'twilio';
import { type Asked, gateway } from '../../../test/peers/gateway.ts';
import { toolsOf } from '../../../test/provider.ts';
import type { ReceiptRequest, Rendered, Tools } from '../deliver.ts';
import { Undeliverable } from '../undeliverable.ts';
import { twilio } from './twilio.ts';

const { getExpectedTwilioSignature } = makeClient;
const now = Date.UTC(2026, 10, 22);
const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
const authToken = 'f'.repeat(32);
const messagingServiceSid = `MG${'0'.repeat(32)}`;
const receiptUrl = 'https://login.example.org/receipts/r1?x=a%20b';
const sent: Rendered = {
  channel: 'sms',
  to: '+447700900123',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: 'Your code: 271828 & “more” é+😀\n@login.example.org #271828',
  id: 'm1',
  notAfter: now + 300_500,
};
const queued = { status: 201, text: JSON.stringify({ sid: `SM${'1'.repeat(32)}`, status: 'queued', price: null }) };

const open = (options: Readonly<Record<string, unknown>>, changed: Partial<Tools> = {}) =>
  twilio.open(
    twilio.options.parse({ accountSid, authToken, ...options }),
    toolsOf('twilio', { now: () => now, receiptUrl, ...changed }),
  );

/** What of a request matters to Twilio. */
const meaning = ({ method, path, headers, body }: Asked) => ({
  method,
  path,
  authorization: headers.authorization,
  type: headers['content-type']?.split(';')[0],
  fields: [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1)),
});

describe('Twilio', () => {
  test('OOB-06 OOB-10 our request is the one that Twilio’s own package makes', async (t) => {
    const here = await gateway(t, queued);
    const client = makeClient(accountSid, authToken);
    client.api.baseUrl = here.url;
    for (const sender of [{ from: '+15005550006' }, { messagingServiceSid }]) {
      here.asked.length = 0;
      const ours = await open({ ...sender, baseUrl: here.url }).send(sent);
      const theirs = await client.messages.create({
        to: sent.to,
        body: sent.text,
        ...sender,
        statusCallback: receiptUrl,
        validityPeriod: 300,
      });
      const [one, other] = here.asked;
      assert.ok(one && other);
      assert.deepEqual(meaning(one), meaning(other));
      assert.equal(ours.reference, theirs.sid);
    }
  });

  test('a price is kept where the answer has one', async (t) => {
    const here = await gateway(t, {
      ...queued,
      text: JSON.stringify({ sid: `SM${'1'.repeat(32)}`, price: '-0.00750', price_unit: 'usd' }),
    });
    const { cost } = await open({ from: 'Acme', baseUrl: here.url }).send(sent);
    assert.deepEqual(cost, { amount: '0.00750', currency: 'USD' });
  });

  test('a number that does not exist is final; one that this account may not reach is not', async (t) => {
    const here = await gateway(t, queued);
    const refused = async (status: number, code: number): Promise<Error> => {
      here.tell({ status, text: JSON.stringify({ code, message: `The 'To' number ${sent.to} is bad`, status }) });
      return open({ from: 'Acme', baseUrl: here.url })
        .send(sent)
        .then(
          () => assert.fail('it was taken'),
          (error: Error) => error,
        );
    };
    const none = await refused(400, 21211);
    assert.ok(none instanceof Undeliverable);
    assert.equal(none.message, 'refused, status 400, code 21211');
    for (const [status, code] of [
      [400, 21408],
      [400, 21610],
      [401, 20003],
      [429, 20429],
    ] as const) {
      assert.ok(!((await refused(status, code)) instanceof Undeliverable), `${code}`);
    }
  });

  test('either a sender or a messaging service, not both and not neither', () => {
    const good = (given: object): boolean => twilio.options.safeParse({ accountSid, authToken, ...given }).success;
    assert.deepEqual(
      [good({}), good({ from: 'Acme' }), good({ messagingServiceSid }), good({ from: 'Acme', messagingServiceSid })],
      [false, true, true, false],
    );
    assert.ok(!good({ from: 'a name that is too long' }));
    assert.ok(!twilio.options.safeParse({ accountSid: 'AC/../x', authToken, from: 'Acme' }).success);
  });
});

describe('receipts of Twilio', () => {
  const sender = open({ from: 'Acme' });
  const fields = {
    MessageSid: `SM${'1'.repeat(32)}`,
    MessageStatus: 'delivered',
    To: sent.to,
    From: '+1',
    AccountSid: accountSid,
  };
  const receipt = (
    given: Readonly<Record<string, string>>,
    signedUrl = receiptUrl,
    key = authToken,
  ): ReceiptRequest => ({
    method: 'POST',
    url: receiptUrl,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': getExpectedTwilioSignature(key, signedUrl, { ...given }),
    },
    body: new URLSearchParams(given).toString(),
  });

  test('what the package signs is read', () => {
    const reference = fields.MessageSid;
    assert.deepEqual(sender.receive?.(receipt(fields)), [{ reference, state: 'delivered' }]);
    const failed = { ...fields, MessageStatus: 'undelivered', ErrorCode: '30003' };
    assert.deepEqual(sender.receive?.(receipt(failed)), [{ reference, state: 'failed', error: 'code 30003' }]);
    assert.deepEqual(sender.receive?.(receipt({ ...fields, MessageStatus: 'sent' })), [{ reference, state: 'sent' }]);
    for (const MessageStatus of ['queued', 'sending', 'accepted', 'toString', '']) {
      assert.deepEqual(sender.receive?.(receipt({ ...fields, MessageStatus })), [], MessageStatus);
    }
  });

  test('the port may be in the signed address or not', () => {
    const withPort = receiptUrl.replace('example.org', 'example.org:443');
    assert.equal(sender.receive?.(receipt(fields, withPort))?.length, 1);
    assert.equal(sender.receive?.({ ...receipt(fields), url: withPort })?.length, 1);
  });

  test('another key, address or field is refused', () => {
    const good = receipt(fields);
    const bad: readonly ReceiptRequest[] = [
      receipt(fields, receiptUrl, 'e'.repeat(32)),
      receipt(fields, 'https://other.example.org/receipts/r1'),
      { ...good, body: good.body.replace('delivered', 'failed') },
      { ...good, body: `${good.body}&ErrorCode=1` },
      { ...good, headers: {} },
      { ...good, method: 'GET' },
    ];
    for (const request of bad) assert.equal(sender.receive?.(request), undefined);
  });
});
