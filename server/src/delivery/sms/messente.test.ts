import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { type Asked, gateway } from '../../../test/peers/gateway.ts';
import { toolsOf } from '../../../test/provider.ts';
import type { ReceiptRequest, Rendered } from '../deliver.ts';
import { Undeliverable } from '../undeliverable.ts';
import { messente } from './messente.ts';

/** The part of Messente's package that sends; it brings no types. */
interface MessentePackage {
  readonly ApiClient: {
    readonly instance: {
      basePath: string;
      readonly authentications: { readonly basicAuth: { username?: string; password?: string } };
    };
  };
  readonly SMS: { constructFromObject(fields: object): object };
  readonly Omnimessage: { constructFromObject(fields: object): object };
  readonly OmnimessageApi: new () => {
    sendOmnimessage(
      message: object,
      done: (error: Error | null, data: { messages: { message_id: string }[] }) => void,
    ): void;
  };
}

const require = createRequire(import.meta.url);
const theirs = require('messente_api') as MessentePackage;

const now = Date.UTC(2026, 10, 22);
const receiptUrl = 'https://login.example.org/receipts/r1';
const [username, password] = ['key', 'p@ss:wörd'];
const sent: Rendered = {
  channel: 'sms',
  to: '+447700900123',
  from: { name: 'Acme', address: 'no-reply@acme.example' },
  text: 'Your code: 271828 & “more” é+😀\n@login.example.org #271828',
  id: 'm1',
  notAfter: now + 300_500,
};
const created = {
  status: 201,
  text: JSON.stringify({
    messages: [{ channel: 'sms', message_id: 'fr593ce7-68de', sender: 'Acme' }],
    omnimessage_id: '632c6f3d',
    to: sent.to,
  }),
};
const open = (baseUrl: string) =>
  messente.open(
    messente.options.parse({ username, password, from: 'Acme', baseUrl }),
    toolsOf('messente', { now: () => now, receiptUrl }),
  );
const meaning = ({ method, path, headers, body }: Asked) => ({
  method,
  path,
  authorization: headers.authorization,
  type: headers['content-type']?.split(';')[0],
  body: JSON.parse(body) as unknown,
});

/** Sends by the package, which keeps its address and account in one global place: put back afterwards. */
async function sendByPackage(basePath: string): Promise<string> {
  const { instance } = theirs.ApiClient;
  const before = instance.basePath;
  Object.assign(instance.authentications.basicAuth, { username, password });
  instance.basePath = basePath;
  const sms = theirs.SMS.constructFromObject({ sender: 'Acme', text: sent.text, ttl: 300, autoconvert: 'off' });
  const message = theirs.Omnimessage.constructFromObject({ to: sent.to, messages: [sms], dlr_url: receiptUrl });
  try {
    return await new Promise((resolve, reject) => {
      const done = (error: Error | null, data: { messages: { message_id: string }[] }): void =>
        error ? reject(error) : resolve(data.messages[0]?.message_id ?? '');
      new theirs.OmnimessageApi().sendOmnimessage(message, done);
    });
  } finally {
    instance.basePath = before;
  }
}

describe('Messente', () => {
  test('OOB-06 OOB-10 our request is the one that Messente’s own package makes', async (t) => {
    const here = await gateway(t, created);
    const ours = await open(`${here.url}/v1`).send(sent);
    assert.equal(await sendByPackage(`${here.url}/v1`), ours.reference);
    const [one, other] = here.asked;
    assert.ok(one && other);
    assert.deepEqual(meaning(one), meaning(other));
  });

  test('a number that it calls invalid is final, everything else is not', async (t) => {
    const here = await gateway(t, created);
    const refused = async (status: number, error: object): Promise<Error> => {
      here.tell({ status, text: JSON.stringify({ errors: [error] }) });
      return open(here.url)
        .send(sent)
        .then(
          () => assert.fail('it was taken'),
          (thrown: Error) => thrown,
        );
    };
    const number = { title: 'Invalid data', detail: `${sent.to} is no number`, code: '105', source: 'to' };
    assert.ok((await refused(400, number)) instanceof Undeliverable);
    assert.ok(!((await refused(400, { ...number, source: 'messages.0.sender' })) instanceof Undeliverable));
    const unauthorised = await refused(401, { title: 'Unauthorized', detail: '', code: '103', source: null });
    assert.ok(!(unauthorised instanceof Undeliverable));
    assert.equal(unauthorised.message, 'refused, status 401, code 103');
  });

  test('an answer without an SMS in it is not a yes', async (t) => {
    const here = await gateway(t, { status: 201, text: '{"messages":[{"channel":"viber","message_id":"x"}]}' });
    await assert.rejects(open(here.url).send(sent), /names no SMS/);
  });
});

describe('receipts of Messente', () => {
  const sender = open('https://api.messente.com/v1');
  const report = {
    status: 'DELIVRD',
    sender: 'Acme',
    err: 0,
    message_id: 'fr593ce7-68de',
    to: sent.to,
    channel: 'sms',
    error: null,
    omnimessage_id: '632c6f3d',
    timestamp: '2026-11-22T08:09:42.389630',
  };
  const receipt = (given: object, key = password): ReceiptRequest => {
    const body = JSON.stringify(given);
    const signature = createHmac('sha256', key).update(body).digest('hex');
    return { method: 'POST', url: receiptUrl, headers: { 'X-Messente-Signature': signature }, body };
  };

  test('what is signed with the key’s password is read', () => {
    const reference = report.message_id;
    assert.deepEqual(sender.receive?.(receipt(report)), [{ reference, state: 'delivered' }]);
    assert.deepEqual(sender.receive?.(receipt({ ...report, status: 'ACK' })), [{ reference, state: 'sent' }]);
    assert.deepEqual(sender.receive?.(receipt({ ...report, status: 'UNDELIV', err: 3, error: `to ${sent.to}` })), [
      { reference, state: 'failed', error: 'UNDELIV, code 3' },
    ]);
    for (const status of ['UNKNOWN', 'constructor', '']) {
      assert.deepEqual(sender.receive?.(receipt({ ...report, status })), []);
    }
  });

  test('another key or body is refused, and so is what makes no sense', () => {
    const good = receipt(report);
    assert.equal(sender.receive?.(receipt(report, 'guessed')), undefined);
    assert.equal(sender.receive?.({ ...good, body: good.body.replace('DELIVRD', 'FAILED') }), undefined);
    assert.equal(sender.receive?.({ ...good, headers: {} }), undefined);
    assert.equal(sender.receive?.(receipt({ ...report, message_id: 5 })), undefined);
    assert.equal(sender.receive?.(receipt([])), undefined);
  });
});
