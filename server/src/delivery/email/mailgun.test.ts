import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { gateway } from '../../../test/peers/gateway.ts';
import { toolsOf } from '../../../test/provider.ts';
import type { ReceiptRequest, Rendered } from '../deliver.ts';
import { Undeliverable } from '../undeliverable.ts';
import { mailgun } from './mailgun.ts';

const now = Date.UTC(2026, 10, 22, 12);
const [apiKey, signingKey] = ['sending-key', 'signing-key'];
const mail: Rendered = {
  channel: 'email',
  to: 'ann@example.org',
  from: { name: 'Acme "Mail", Inc.', address: 'no-reply@acme.example' },
  subject: 'Your code é',
  text: 'Code 271828 & more\n',
  html: '<p>271828</p>',
  id: 'abc_DEF-123',
};
const queued = {
  status: 200,
  text: JSON.stringify({ id: '<abc_DEF-123@acme.example>', message: 'Queued. Thank you.' }),
};
const open = (changed: object = {}) =>
  mailgun.open(
    mailgun.options.parse({ domain: 'mg.acme.example', apiKey, signingKey, ...changed }),
    toolsOf('mailgun', { now: () => now }),
  );

describe('Mailgun', () => {
  test('the call is the one of its manual: form, Basic with the user api, options and headers', async (t) => {
    const here = await gateway(t, queued);
    const taken = await open({ baseUrl: `${here.url}/` }).send(mail);
    assert.deepEqual(taken, { reference: 'abc_DEF-123@acme.example' });
    const [asked] = here.asked;
    assert.equal(`${asked?.method} ${asked?.path}`, 'POST /v3/mg.acme.example/messages');
    assert.equal(asked?.headers.authorization, `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`);
    assert.match(asked?.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(asked?.body)), {
      from: '"Acme \\"Mail\\", Inc." <no-reply@acme.example>',
      to: 'ann@example.org',
      subject: 'Your code é',
      text: mail.text,
      html: mail.html,
      'o:tracking': 'no',
      'o:tracking-clicks': 'no',
      'o:tracking-opens': 'no',
      'h:Message-Id': '<abc_DEF-123@acme.example>',
      'h:Auto-Submitted': 'auto-generated',
      'h:X-Auto-Response-Suppress': 'All',
    });
  });

  test('OOB-10 no name or subject makes a header or a recipient', async (t) => {
    const here = await gateway(t, queued);
    const hostile = 'Eve" <eve@example.org>,\r\nBcc: all@example.org';
    await open({ baseUrl: here.url }).send({ ...mail, subject: hostile, from: { ...mail.from, name: hostile } });
    const { from, subject, to } = Object.fromEntries(new URLSearchParams(here.asked[0]?.body));
    assert.equal(from, '"Eve\\" <eve@example.org>, Bcc: all@example.org" <no-reply@acme.example>');
    assert.equal(subject, 'Eve" <eve@example.org>, Bcc: all@example.org');
    assert.equal(to, mail.to);
    await assert.rejects(
      open({ baseUrl: here.url }).send({ ...mail, id: 'x>\r\nBcc: a@b.c' }),
      /cannot stand in a header/,
    );
    await assert.rejects(
      open({ baseUrl: here.url }).send({ ...mail, from: { name: '', address: 'a@b.c, d@e.f' } }),
      /sender is not one/,
    );
  });

  test('a recipient that it calls invalid is final, everything else is not', async (t) => {
    const here = await gateway(t, queued);
    const refused = async (status: number, message: string): Promise<Error> => {
      here.tell({ status, text: JSON.stringify({ message }) });
      return open({ baseUrl: here.url })
        .send(mail)
        .then(
          () => assert.fail('it was taken'),
          (error: Error) => error,
        );
    };
    const bad = 'to parameter is not a valid address. please check documentation';
    assert.ok((await refused(400, bad)) instanceof Undeliverable);
    for (const [status, text] of [
      [400, bad.replace('to', 'from')],
      [401, 'Forbidden'],
      [404, 'Domain not found: mg.acme.example'],
      [402, bad],
    ] as const) {
      const error = await refused(status, text);
      assert.ok(!(error instanceof Undeliverable), text);
      assert.equal(error.message, `refused, status ${status}`);
    }
  });
});

describe('receipts of Mailgun', () => {
  const reference = 'abc_DEF-123@acme.example';
  const receipt = (data: object, { key = signingKey, at = now / 1000 } = {}): ReceiptRequest => {
    const [timestamp, token] = [String(at), 'e0b5477167110d68991efc6b9f89f0a11066af27834600e123'];
    const signature = createHmac('sha256', key).update(timestamp).update(token).digest('hex');
    const about = { message: { headers: { 'message-id': reference } }, recipient: mail.to, ...data };
    const body = JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': about });
    return {
      method: 'POST',
      url: 'https://login.example.org/r',
      headers: { 'content-type': 'application/json' },
      body,
    };
  };

  test('what is signed with the webhook key is read', () => {
    const sender = open();
    assert.deepEqual(sender.receive?.(receipt({ event: 'delivered' })), [{ reference, state: 'delivered' }]);
    assert.deepEqual(sender.receive?.(receipt({ event: 'accepted' })), [{ reference, state: 'sent' }]);
    const failed = {
      event: 'failed',
      severity: 'permanent',
      reason: 'bounce',
      'delivery-status': { code: 550, message: `5.1.1 no mailbox ${mail.to}` },
    };
    assert.deepEqual(sender.receive?.(receipt(failed)), [{ reference, state: 'failed', error: 'bounce 550' }]);
    assert.deepEqual(sender.receive?.(receipt({ ...failed, severity: 'temporary' })), []);
    assert.deepEqual(sender.receive?.(receipt({ event: 'opened' })), []);
  });

  test('another key, an old signature, and all without a key are refused', () => {
    const sender = open();
    const delivered = { event: 'delivered' };
    assert.equal(sender.receive?.(receipt(delivered, { key: 'guessed' })), undefined);
    assert.equal(sender.receive?.(receipt(delivered, { at: now / 1000 - 10 * 3600 })), undefined);
    assert.equal(sender.receive?.(receipt(delivered, { at: Number.NaN })), undefined);
    assert.equal(sender.receive?.(receipt({ event: 5 })), undefined);
    assert.equal(open({ signingKey: undefined }).receive?.(receipt(delivered)), undefined);
  });

  test('the address for webhooks is told at the start, where receipts can come at all', () => {
    const told = (changed: object, receiptUrl: string): unknown[] => {
      const lines: unknown[] = [];
      const info = (fields: object): void => void lines.push(fields);
      const options = mailgun.options.parse({ domain: 'mg.acme.example', apiKey, ...changed });
      mailgun.open(options, toolsOf('main', { receiptUrl, log: { info, warn: info, error: info } }));
      return lines;
    };
    const receiptUrl = 'https://login.example.org/r';
    assert.deepEqual(told({ signingKey }, receiptUrl), [{ account: 'main', receiptUrl }]);
    assert.deepEqual([...told({}, receiptUrl), ...told({ signingKey }, '')], []);
  });

  test('domains and roots that could lead elsewhere are refused', () => {
    for (const changed of [
      { domain: '../v4/x' },
      { domain: 'x/y.z' },
      { domain: 'x' },
      { baseUrl: 'https://a.b?x=' },
    ]) {
      assert.ok(!mailgun.options.safeParse({ domain: 'mg.acme.example', apiKey, ...changed }).success);
    }
  });
});
