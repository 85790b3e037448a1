/**
 * Web Push: wakes a phone that nobody looks at. The push service in between learns that there is a message and how long
 * it is worth something; what it carries is encrypted for the phone and says no more than that a request waits. Who
 * asks, for what and from where the phone reads here, signed.
 */
import { AddressRefused, type GuardedAnswer, type GuardedFetch } from '../../security/guarded-fetch.ts';
import { refusal } from '../call.ts';
import type { Rendered, Sender } from '../deliver.ts';
import { Gone, Undeliverable } from '../undeliverable.ts';
import { type Subscription, subscriptionIn } from './subscription.ts';
import type { Vapid, VapidKeys } from './vapid.ts';

/** What a {@link Sender} of Web Push needs. */
export interface WebPushTools {
  readonly fetch: GuardedFetch;
  readonly vapid: Vapid;
  readonly now: () => number;
}

/** All that a message says: no code, no number, nothing about anybody. */
const payload = JSON.stringify({ type: 'request' });
/** A newer message takes the place of one that its phone has not had yet (RFC 8030 §5.4): one request waits at a time. */
const topic = 'request';
/** Each may wait for a push service that some user chose: one that hangs must not hold up the others. */
const atOnce = 50;

/** Its parts take a while to load, and many servers never send one. */
const library = async () => (await import('web-push')).default;

/** Encrypts for one subscription: aes128gcm, one record, with a new key and salt for each message (RFC 8291 §4). */
export async function encryptedFor({ keys }: Subscription, text: string): Promise<Buffer> {
  return (await library()).encrypt(keys.p256dh, keys.auth, text, 'aes128gcm').cipherText;
}

/** A token for the push service at this origin and no other; it ends after 12 hours (RFC 8292 §2). */
async function authorizationFor(origin: string, contact: string, { publicKey, privateKey }: VapidKeys) {
  const subject = `mailto:${contact}`;
  return (await library()).getVapidHeaders(origin, subject, publicKey, privateKey, 'aes128gcm').Authorization;
}

/** Whole seconds that a message is worth something; where it has no end, only a phone that is there now gets it. */
const lifeOf = ({ notAfter = 0 }: Rendered, now: number): number => Math.max(0, Math.floor((notAfter - now) / 1000));

function demandTaken({ status }: GuardedAnswer): void {
  if (status >= 200 && status <= 299) return;
  // RFC 8030 §7.3: the subscription has ended.
  if (status === 404 || status === 410) throw new Gone(refusal(status));
  // What may pass: too many at the moment, a service in trouble, or one that moves.
  if (status === 408 || status === 429 || status < 400 || status > 499) throw new Error(refusal(status));
  // The same message would be refused again.
  throw new Undeliverable(refusal(status));
}

/** Opens the one way that pushes leave by. */
export function openWebPush({ fetch, vapid, now }: WebPushTools): Sender {
  return {
    name: 'web-push',
    atOnce,
    send: async (message, signal) => {
      const subscription = subscriptionIn(message.to);
      if (!subscription || !URL.canParse(subscription.endpoint)) throw new Undeliverable('no push subscription');
      const { href, origin } = new URL(subscription.endpoint);
      const body = await encryptedFor(subscription, payload);
      const headers = {
        authorization: await authorizationFor(origin, message.from.address, await vapid()),
        'content-encoding': 'aes128gcm',
        'content-length': String(body.length),
        'content-type': 'application/octet-stream',
        ttl: String(lifeOf(message, now())),
        topic,
        urgency: 'high',
      };
      try {
        demandTaken(await fetch(href, { method: 'POST', headers, body, signal }));
      } catch (error) {
        throw error instanceof AddressRefused ? new Undeliverable(error.message) : error;
      }
      return {};
    },
    close: async () => {},
  };
}
