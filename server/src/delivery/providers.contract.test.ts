/** What every provider that is spoken to over HTTP keeps to, whatever its own test says. A new one is tried by its place in the list. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Gateway, gateway, type Told } from '../../test/peers/gateway.ts';
import { toolsOf } from '../../test/provider.ts';
import type { HttpProvider } from './call.ts';
import type { Channel, ReceiptRequest, Rendered, Sender } from './deliver.ts';
import { emailProviders } from './email/index.ts';
import { smsProviders } from './sms/index.ts';
import { Undeliverable } from './undeliverable.ts';

/** Providers that keep a connection of their own, each with a test against a real listener. */
const connected = ['smtp', 'smpp'];

const all = [...smsProviders, ...emailProviders];
const overHttp = all.filter(({ name }) => !connected.includes(name)) as unknown as readonly HttpProvider<never>[];

const secret = '271828';
const messages: Readonly<Record<Channel, Rendered>> = {
  sms: {
    channel: 'sms',
    to: '+447700900123',
    from: { name: 'Acme Mail', address: 'no-reply@acme.example' },
    text: `Your Acme code is ${secret}.\n@login.example.org #${secret}`,
    id: 'abc_DEF-123',
    notAfter: Date.now() + 300_000,
  },
  email: {
    channel: 'email',
    to: 'ann@example.org',
    from: { name: 'Acme Mail', address: 'no-reply@acme.example' },
    subject: 'Your sign-in code',
    text: `Your code:\n\n${secret}\n`,
    html: `<p>${secret}</p>`,
    id: 'abc_DEF-123',
  },
  push: { channel: 'push', to: '', from: { name: '', address: '' }, text: '', id: '' },
};

/** The address in the options, as the provider calls it. */
const addressOf = ({ example }: HttpProvider<never>): 'url' | 'baseUrl' =>
  'url' in example.options ? 'url' : 'baseUrl';

function open(
  provider: HttpProvider<never>,
  url: string,
  receiptUrl = 'https://login.example.org/receipts/r1',
): Sender {
  const path = new URL(String(provider.example.options.url ?? 'https://x')).pathname;
  const options = provider.options.parse({ ...provider.example.options, [addressOf(provider)]: url + path });
  return provider.open(options, toolsOf('account', { receiptUrl }));
}

for (const provider of overHttp) {
  const message = messages[provider.channel];
  const yes: Told = provider.example.answer;

  /** Sends one message, and gives the error it ends in. */
  async function failureOf(here: Gateway, changed: Partial<Rendered> = {}, signal?: AbortSignal): Promise<Error> {
    const sender = open(provider, here.url);
    const error = await sender.send({ ...message, ...changed }, signal).then(
      () => assert.fail('it took the message'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Error);
    for (const part of [message.to, message.to.slice(1), secret, message.id, 'Bearer', 'Basic']) {
      assert.ok(!`${error.message} ${error.cause ?? ''}`.includes(part), `${error.message} holds ${part}`);
    }
    assert.ok(error.message.length < 200);
    await sender.close();
    return error;
  }

  describe(`${provider.channel} by ${provider.name}`, () => {
    test('a message is taken once, and named', async (t) => {
      const here = await gateway(t, yes);
      const sender = open(provider, here.url);
      const taken = await sender.send(message);
      assert.equal(sender.name, 'account');
      assert.equal(here.asked.length, 1);
      assert.ok(taken.reference);
      const [asked] = here.asked;
      assert.ok(decodeURIComponent(`${asked?.path} ${asked?.body}`.replaceAll('%', '%25')).includes(secret));
      await sender.close();
    });

    test('a provider that hangs is left when its time is over', async (t) => {
      const here = await gateway(t, 'hang');
      const began = performance.now();
      const error = await failureOf(here, {}, AbortSignal.timeout(150));
      assert.match(error.message, /in time/);
      assert.ok(performance.now() - began < 2000);
    });

    test('a provider that stops in the middle of its answer is left too', async (t) => {
      const here = await gateway(t, { ...yes, headers: { 'content-length': '5000' } });
      assert.match((await failureOf(here, {}, AbortSignal.timeout(150))).message, /in time|not reached/);
    });

    test('garbage, another shape and a server’s error are errors that the next provider may mend', async (t) => {
      const answers: readonly Told[] = [
        { status: 200, text: '<html>Welcome</html>' },
        { status: 200, text: '[]' },
        { status: 200, text: '"0"' },
        { status: 201, text: '{"sid":5,"messages":"none","id":[],"reference":{}}' },
        { status: 202, text: '{"messages":[{}],"sid":"x","id":"","reference":""}' },
        { status: 200, text: '\u0000\uFFFD{' },
        { status: 400, text: 'no' },
        { status: 401, text: '{"code":20003}' },
        { status: 422, text: '{"detail":"another shape"}' },
        { status: 429, text: '' },
        { status: 500, text: `{"message":"could not send ${secret} to ${message.to}"}` },
        { status: 503, text: '' },
      ];
      const here = await gateway(t, yes);
      for (const answer of answers) {
        here.tell(answer);
        const error = await failureOf(here);
        assert.ok(!(error instanceof Undeliverable), `${JSON.stringify(answer)}: ${error.message}`);
      }
    });

    test('an answer of any size is read up to a bound', async (t) => {
      const here = await gateway(t, { status: 200, text: ' '.repeat(1_000_000) });
      assert.match((await failureOf(here)).message, /too large/);
    });

    test('OOB-11 a redirect is refused: the message goes nowhere else', async (t) => {
      const elsewhere = await gateway(t, yes);
      for (const status of [301, 302, 303, 307, 308]) {
        const here = await gateway(t, { status, text: '', headers: { location: `${elsewhere.url}/` } });
        assert.match((await failureOf(here)).message, /redirect/);
      }
      assert.equal(elsewhere.asked.length, 0);
    });

    test('OOB-11 a certificate that nobody vouches for is refused before anything is said', async (t) => {
      const here = await gateway(t, yes, { tls: true });
      assert.match((await failureOf(here)).message, /CERT/);
      assert.equal(here.asked.length, 0);
    });

    test('a provider that is not there is an error', async () => {
      const nobody = { url: 'http://127.0.0.1:2', asked: [], tell: () => {} };
      assert.match((await failureOf(nobody)).message, /not reached: ECONNREFUSED/);
    });

    test('OOB-11 plain http goes to this machine only', () => {
      const withAddress = (url: string): boolean =>
        provider.options.safeParse({ ...provider.example.options, [addressOf(provider)]: url }).success;
      for (const url of ['https://api.example.org', 'http://127.0.0.1:8080', 'http://[::1]:8080', 'http://localhost']) {
        assert.ok(withAddress(url), url);
      }
      for (const url of [
        'http://api.example.org',
        'http://127.0.0.1.example.org',
        'http://localhost.example.org',
        'http://10.0.0.1',
        'http://user:password@localhost',
        'https://user@api.example.org',
        'https://api.example.org/#x',
        'ftp://localhost',
        'file:///etc/passwd',
        'localhost:80',
        '',
      ]) {
        assert.ok(!withAddress(url), url);
      }
    });

    test('OOB-03 OOB-10 a recipient that cannot be one is final, and nothing is asked', async (t) => {
      const here = await gateway(t, yes);
      for (const to of [
        '',
        'nobody',
        '+44 7700 900123',
        '+447700900123,+447700900124',
        '+447700900123\r\nX-To: +1',
        '+447700900123&to=+447700900124',
        '0447700900123',
        '+0123456789',
        `+${'1'.repeat(16)}`,
        'a@b.c, d@e.f',
        'a@b.c\r\nBcc: d@e.f',
        '"x" <a@b.c>',
      ]) {
        assert.ok((await failureOf(here, { to })) instanceof Undeliverable, to);
      }
      assert.equal(here.asked.length, 0);
    });

    test('OOB-10 no text makes a field, a header or a second message', async (t) => {
      const here = await gateway(t, yes);
      const sender = open(provider, here.url);
      const hostile = `a&to=%2B1&To=+1\r\nX-Injected: 1\r\n\r\n{"to":"x"}","to":"y\u0000\u001B\u2028 ${secret} 100% #?+é€😀`;
      await sender.send(message);
      await sender.send({ ...message, text: hostile, ...(message.html ? { html: hostile, subject: hostile } : {}) });
      assert.equal(here.asked.length, 2);
      const shapes = here.asked.map(({ method, path, headers }) => ({
        method,
        path: path.split('?')[0],
        names: Object.keys(headers)
          .filter((name) => name !== 'connection')
          .sort(),
      }));
      assert.deepEqual(shapes[1], shapes[0]);
      await sender.close();
    });

    test('a forged receipt, and none at all, are refused without a throw', () => {
      const sender = open(provider, 'http://127.0.0.1:2');
      const forms = 'MessageSid=SM1&MessageStatus=delivered&messageId=1&status=delivered&message=abc&seal=00&sig=00';
      const signed = {
        'x-twilio-signature': 'AAAA',
        'x-messente-signature': 'AAAA',
        'secondlock-signature': 't=1,v1=00',
      };
      const bodies = [
        '',
        forms,
        '{',
        '[]',
        'null',
        '{"message_id":"1","status":"DELIVRD"}',
        '\u0000',
        'é'.repeat(1000),
      ];
      for (const method of ['POST', 'GET', 'PUT', '']) {
        for (const body of bodies) {
          for (const type of ['application/json', 'application/x-www-form-urlencoded', '']) {
            for (const url of [
              '',
              'https://login.example.org/receipts/r1',
              `https://login.example.org/receipts/r1?${forms}`,
            ]) {
              const request: ReceiptRequest = { method, url, headers: { ...signed, 'content-type': type }, body };
              assert.equal(sender.receive?.(request), undefined, JSON.stringify(request));
            }
          }
        }
      }
    });

    test('where the service cannot be reached, no receipt is asked for', async (t) => {
      const here = await gateway(t, yes);
      await open(provider, here.url, '').send(message);
      assert.doesNotMatch(JSON.stringify(here.asked), /login\.example\.org\/receipts|dlr|callback/i);
    });

    test('every option says what it is for', () => {
      const shape = (provider.options as unknown as { def: { shape?: object } }).def.shape ?? {};
      assert.ok(Object.keys(shape).length > 0);
      for (const [name, schema] of Object.entries(shape)) {
        assert.ok((schema as { description?: string }).description, name);
      }
    });
  });
}

test('each provider is named once in its channel', () => {
  const names = all.map(({ channel, name }) => `${channel} ${name}`);
  assert.deepEqual(names, [...new Set(names)]);
});
