/** A push subscription as a browser gives it: where to post, and the keys that only that browser can read with. */
import { ECDH } from 'node:crypto';
import { z } from 'zod';
import { allowedEndpoint } from '../../security/guarded-fetch.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');
const octets = (text: string, length: number): boolean =>
  /^[\w-]{1,100}$/.test(text) && bytesOf(text).length === length;

/** A point that is not on the curve would give away parts of a key (RFC 8291 §7, SEC 1 §3.2.2). */
function isPoint(text: string): boolean {
  const point = bytesOf(text);
  // Uncompressed (RFC 8291 §3.1).
  if (!octets(text, 65) || point[0] !== 4) return false;
  try {
    ECDH.convertKey(point, 'prime256v1');
    return true;
  } catch {
    return false;
  }
}

const subscription = z.object({
  endpoint: z.string(),
  keys: z.object({
    p256dh: z.string().refine(isPoint),
    /** 16 octets (RFC 8291 §3.2). */
    auth: z.string().refine((text) => octets(text, 16)),
  }),
});

/** Where a browser's push messages go. As JSON text it is what a message of the channel `push` is addressed to. */
export type Subscription = z.infer<typeof subscription>;

/** A subscription that may be kept, or the field that is wrong. */
export type ReadSubscription =
  | { readonly subscription: Subscription }
  | { readonly wrong: 'subscription' | 'subscription.endpoint' | 'subscription.keys' };

/** Reads what a browser sent. `named` are the push services that the operator's configuration names. Pure. */
export function readSubscription(given: unknown, named: readonly string[]): ReadSubscription {
  const { data, error } = subscription.safeParse(given);
  if (data) return allowedEndpoint(data.endpoint, named) ? { subscription: data } : { wrong: 'subscription.endpoint' };
  const [field] = error.issues.flatMap(({ path }) => path.slice(0, 1));
  return { wrong: field === 'endpoint' || field === 'keys' ? `subscription.${field}` : 'subscription' };
}

/** The subscription that a message is addressed to; undefined where the text is none. */
export function subscriptionIn(to: string): Subscription | undefined {
  try {
    return subscription.safeParse(JSON.parse(to)).data;
  } catch {
    return undefined;
  }
}

/** The push service that a message goes to: all that a list may show of its destination. */
export function pushServiceOf(to: string): string {
  const endpoint = subscriptionIn(to)?.endpoint ?? '';
  return URL.canParse(endpoint) ? new URL(endpoint).host : '';
}
