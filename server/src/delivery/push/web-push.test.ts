/** What leaves by Web Push, judged by a push service and a receiver of the tests' own. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { openPush } from '../../../test/peers/push-receiver.ts';
import { openToken, type PushService, pushService, type Subscribed } from '../../../test/peers/push-service.ts';
import { guardedFetch, worldLookup } from '../../security/guarded-fetch.ts';
import type { Rendered } from '../deliver.ts';
import { Gone, Undeliverable } from '../undeliverable.ts';
import { encryptedFor, openWebPush } from './web-push.ts';

const now = Date.now();
const second = 1000;

/** RFC 8291 §5 and appendix A. */
const vector = {
  text: 'When I grow up, I want to be a watermelon',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  senderPrivate: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  senderPublic: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  browserPrivate: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
  browserPublic: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  body: 'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
};
const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');

/** RFC 8292 §2.4; its token ended in 2016. */
const signed = {
  jwt: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA',
  key: 'BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs',
};

function newVapidKeys() {
  const pair = crypto.createECDH('prime256v1');
  const publicKey = pair.generateKeys('base64url');
  return { publicKey, privateKey: pair.getPrivateKey().toString('base64url') };
}
const keys = newVapidKeys();

async function service(t: TestContext, host?: string): Promise<PushService> {
  const here = await pushService(host ? { host } : {});
  t.after(() => here.close());
  return here;
}

/** A sender to services that the operator named. */
const senderTo = (...services: readonly PushService[]) =>
  openWebPush({
    fetch: guardedFetch({
      named: services.map(({ origin }) => origin),
      ca: services.map(({ ca }) => ca).join('\n'),
      lookup: async (host, named) => (host === 'push.example.org' ? ['127.0.0.1'] : worldLookup()(host, named)),
    }),
    vapid: async () => keys,
    now: () => now,
  });

const messageTo = (subscription: Subscribed | string, changed: Partial<Rendered> = {}): Rendered => ({
  channel: 'push',
  to: typeof subscription === 'string' ? subscription : JSON.stringify(subscription),
  from: { name: 'Acme Mail', address: 'no-reply@acme.example' },
  text: 'Open Acme Mail on your phone, 271828, ann@example.org',
  id: 'abc_DEF-123',
  notAfter: now + 90 * second,
  ...changed,
});

test('PUSH-09 the sender makes the body of RFC 8291 §5, given its salt and key', async (t) => {
  const { createECDH } = crypto;
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(bytes(vector.senderPrivate));
  t.mock.method(crypto, 'createECDH', () => Object.assign(pair, { generateKeys: () => pair.getPublicKey() }));
  t.mock.method(crypto, 'randomBytes', () => bytes(vector.salt));
  assert.equal(pair.getPublicKey('base64url'), vector.senderPublic);
  const subscription = { endpoint: '', keys: { p256dh: vector.browserPublic, auth: vector.auth } };
  assert.equal((await encryptedFor(subscription, vector.text)).toString('base64url'), vector.body);
});

test('PUSH-09 the receiver of these tests opens the body of RFC 8291 §5, and no other one', () => {
  const receiver = {
    privateKey: bytes(vector.browserPrivate),
    publicKey: bytes(vector.browserPublic),
    auth: bytes(vector.auth),
  };
  const opened = openPush(bytes(vector.body), receiver);
  assert.deepEqual(opened, { salt: vector.salt, senderKey: vector.senderPublic, text: vector.text });
  for (const at of [0, 30, 100, 143]) {
    const changed = bytes(vector.body);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.throws(() => openPush(changed, receiver), `octet ${at}`);
  }
});

test('PUSH-09 each body is one record, small, with a salt and a key of its own, for one phone only', async (t) => {
  const here = await service(t);
  const sender = senderTo(here);
  const [ann, bob] = [here.subscribe(), here.subscribe()];
  for (const phone of [ann, ann, bob]) await sender.send(messageTo(phone));
  assert.deepEqual(here.faults, []);
  assert.deepEqual(
    here.pushed.map(({ endpoint }) => endpoint),
    [ann, ann, bob].map(({ endpoint }) => endpoint),
  );
  assert.ok(here.pushed.every(({ octets }) => octets < 200));
  assert.equal(new Set(here.pushed.map(({ salt }) => salt)).size, 3);
  assert.equal(new Set(here.pushed.map(({ senderKey }) => senderKey)).size, 3);
  await sender.send(messageTo({ ...ann, keys: bob.keys })).catch(() => {});
  assert.equal(here.faults.length, 1, 'what is encrypted for another phone is not read by this one');
});

test('PUSH-10 a token is ES256, for the origin with its port, 12 hours at most, and names who can be reached', async (t) => {
  const here = await service(t);
  await senderTo(here).send(messageTo(here.subscribe(keys.publicKey)));
  assert.deepEqual(here.faults, []);
  const [{ token, key, senderKey, jwt } = assert.fail()] = here.pushed;
  assert.match(token.aud, /^https:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(token.aud, here.origin);
  assert.ok(token.exp > now / 1000 && token.exp <= Date.now() / 1000 + 12 * 3600 + 1);
  assert.equal(token.sub, 'mailto:no-reply@acme.example');
  assert.deepEqual(Object.keys(token).sort(), ['aud', 'exp', 'sub']);
  assert.equal(key, keys.publicKey);
  assert.notEqual(senderKey, keys.publicKey, 'the key that signs encrypts nothing');
  assert.throws(() => openToken(`${jwt.slice(0, -4)}AAAA`, key), /signature/);
  assert.equal(openToken(signed.jwt, signed.key).aud, 'https://push.example.net', 'RFC 8292 §2.4');
  assert.throws(() => openToken(signed.jwt, key), /signature/);
});

test('PUSH-10 a default port is no part of the origin', async () => {
  const seen: string[] = [];
  const sender = openWebPush({
    fetch: async (_, { headers }) => {
      seen.push(String(headers.authorization));
      return { status: 201, headers: {}, text: '' };
    },
    ...{ vapid: async () => keys, now: () => now },
  });
  const p256dh = vector.browserPublic;
  const subscription = { endpoint: 'https://PUSH.example.org:443/1', keys: { p256dh, auth: vector.auth } };
  await sender.send(messageTo(subscription));
  const [, jwt = ''] = /^vapid t=([^,]+), k=/.exec(seen[0] ?? '') ?? [];
  assert.equal(openToken(jwt, keys.publicKey).aud, 'https://push.example.org');
});

test('PUSH-10 no push service sees a token for another one', async (t) => {
  const [one, two] = [await service(t), await service(t, 'push.example.org')];
  const sender = senderTo(one, two);
  const [ann, bob] = [one.subscribe(), two.subscribe()];
  await Promise.all([ann, bob, ann, bob].map((phone) => sender.send(messageTo(phone))));
  assert.deepEqual([one.faults, two.faults], [[], []]);
  for (const { pushed, origin } of [one, two]) {
    assert.deepEqual(
      pushed.map(({ token }) => token.aud),
      [origin, origin],
    );
  }
  const theirs = new Set(two.pushed.map(({ jwt }) => jwt));
  assert.ok(one.pushed.every(({ jwt }) => !theirs.has(jwt)));
});

test('PUSH-11 a push says that a request waits and nothing else, lives no longer than it, and replaces an older one', async (t) => {
  const here = await service(t);
  const sender = senderTo(here);
  const phone = here.subscribe();
  for (const life of [90_000, 1999, 999, 0, -5000]) {
    await sender.send(messageTo(phone, { notAfter: now + life }));
  }
  const { notAfter: _, ...endless } = messageTo(phone);
  await sender.send(endless);
  assert.deepEqual(here.faults, []);
  assert.deepEqual(
    here.pushed.map(({ ttl }) => ttl),
    [90, 1, 0, 0, 0, 0],
  );
  for (const { text, topic, urgency } of here.pushed) {
    assert.deepEqual([text, topic, urgency], ['{"type":"request"}', 'request', 'high']);
  }
});

test('PUSH-11 a subscription that has ended is gone; what may pass is an error, all else is final', async (t) => {
  const here = await service(t);
  const sender = senderTo(here);
  const phone = here.subscribe();
  const failureWith = async (verdict: Parameters<PushService['tell']>[0], signal?: AbortSignal): Promise<Error> => {
    here.tell(verdict);
    return sender.send(messageTo(phone), signal).then(
      () => assert.fail(`${verdict} was taken`),
      (error: Error) => error,
    );
  };
  for (const verdict of [404, 410] as const) assert.ok((await failureWith(verdict)) instanceof Gone, `${verdict}`);
  const final = await failureWith(413);
  assert.ok(final instanceof Undeliverable && !(final instanceof Gone));
  for (const verdict of [429, 500, 503, 'redirect'] as const) {
    const error = await failureWith(verdict);
    assert.ok(!(error instanceof Undeliverable), `${verdict}`);
    assert.match(error.message, /^refused, status \d+$/);
  }
  const late = await failureWith('hang', AbortSignal.timeout(600));
  assert.ok(!(late instanceof Undeliverable));
  assert.match(late.message, /no answer in time/);
  assert.equal(here.asked(), 8, 'the redirect was not followed');
});

test('PUSH-12 a push to an address inside is final, and nothing is asked', async (t) => {
  const here = await service(t);
  const elsewhere = await service(t);
  const sender = senderTo(elsewhere);
  const { endpoint, keys } = here.subscribe();
  const { port } = new URL(endpoint);
  for (const to of [
    ...[endpoint, endpoint.replace('https:', 'http:'), `https://localhost:${port}/`, `https://[::1]:${port}/`, ''],
    ...[
      'https://127.0.0.1/',
      'https://10.0.0.1/',
      'https://169.254.169.254/latest',
      'https://printer.local/',
      'no address',
    ],
  ]) {
    const error = await sender.send(messageTo({ endpoint: to, keys })).then(
      () => assert.fail(to),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Undeliverable && !(error instanceof Gone), to);
  }
  assert.equal(here.asked(), 0);
});

test('what is no subscription is final', async () => {
  const sender = senderTo();
  const keys = { p256dh: vector.browserPublic, auth: vector.auth };
  const endpoint = 'https://push.example.org/1';
  for (const to of [
    '',
    '{',
    '[]',
    'null',
    '"x"',
    '{}',
    JSON.stringify({ endpoint }),
    JSON.stringify({ endpoint, keys: {} }),
    JSON.stringify({ endpoint, keys: { ...keys, auth: 'AA' } }),
  ]) {
    await assert.rejects(sender.send(messageTo(to)), Undeliverable, to);
  }
});
