import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newReceiver } from '../../../test/peers/push-receiver.ts';
import { pushServiceOf, readSubscription, subscriptionIn } from './subscription.ts';

const { publicKey, auth } = newReceiver();
const keys = { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') };
const endpoint = 'https://fcm.googleapis.com/fcm/send/dK:APA91b';
const good = { endpoint, keys };
const offCurve = Buffer.from(publicKey);
offCurve[64] = (offCurve[64] ?? 0) ^ 1;

test('a subscription is read as browsers write it, and no more of it is kept', () => {
  const given = { ...good, expirationTime: null, keys: { ...keys, more: 'x' } };
  assert.deepEqual(readSubscription(given, []), { subscription: good });
  assert.deepEqual(subscriptionIn(JSON.stringify(good)), good);
  assert.equal(pushServiceOf(JSON.stringify(good)), 'fcm.googleapis.com');
  for (const text of ['', 'x', '{}']) assert.equal(pushServiceOf(text), '');
});

test('PUSH-12 a subscription whose address leads inside is not kept, unless the operator names it', () => {
  for (const address of [
    ...[
      'http://push.example.org/1',
      'https://127.0.0.1/1',
      'https://[::1]/1',
      'https://localhost/1',
      'https://10.0.0.1/1',
    ],
    ...['https://169.254.169.254/', 'https://push.example.org:22/1', 'https://u:p@push.example.org/1', 'x', ''],
  ]) {
    assert.deepEqual(readSubscription({ ...good, endpoint: address }, []), { wrong: 'subscription.endpoint' }, address);
  }
  const inner = { ...good, endpoint: 'https://push.internal:9000/1' };
  assert.deepEqual(readSubscription(inner, ['https://push.internal:9000']), { subscription: inner });
});

test('a key that is no point of the curve, or a secret of another length, is not kept', () => {
  const base64url = (octets: Buffer): string => octets.toString('base64url');
  const compressed = Buffer.concat([Buffer.of(2), publicKey.subarray(1, 33)]);
  for (const wrong of [
    { p256dh: base64url(offCurve) },
    { p256dh: base64url(compressed) },
    { p256dh: base64url(Buffer.concat([Buffer.of(4), Buffer.alloc(64)])) },
    { p256dh: base64url(publicKey.subarray(0, 64)) },
    { p256dh: `${keys.p256dh}=` },
    { p256dh: ` ${keys.p256dh}` },
    { p256dh: '' },
    { p256dh: 5 },
    { auth: base64url(auth.subarray(0, 15)) },
    { auth: base64url(Buffer.alloc(17)) },
    { auth: '' },
  ]) {
    const given = { ...good, keys: { ...keys, ...wrong } };
    assert.deepEqual(readSubscription(given, []), { wrong: 'subscription.keys' }, JSON.stringify(wrong));
  }
  assert.deepEqual(readSubscription({ endpoint }, []), { wrong: 'subscription.keys' });
  assert.deepEqual(readSubscription({ keys }, []), { wrong: 'subscription.endpoint' });
  for (const nothing of [null, undefined, 'x', 5, []]) {
    assert.deepEqual(readSubscription(nothing, []), { wrong: 'subscription' });
  }
});
