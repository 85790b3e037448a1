/**
 * A phone as the authenticator page makes one of it: a P-256 key, and requests and answers signed with it. Whatever is
 * said can be said wrongly too, each part by itself, since a forger would.
 */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Answer, Browser, Problem } from './browser.ts';

const base = '/api/v1/authenticator';

/** A pair of keys; the public one as the page sends it. */
export interface Keys {
  readonly privateKey: KeyObject;
  /** The point, raw and uncompressed, base64url. */
  readonly publicKey: string;
}

/** New keys. */
export function newKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { privateKey, publicKey: point.toString('base64url') };
}

/** Lines signed as WebCrypto signs: ECDSA P-256 with SHA-256, r and s beside each other. */
export const signedBy = ({ privateKey }: Keys, ...lines: readonly string[]): string =>
  sign('sha256', Buffer.from(lines.join('\n')), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');

/** A push subscription in a browser's own words. */
export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** One request as the phone shows it. */
export interface Shown {
  readonly id: string;
  readonly service: string;
  readonly account: string;
  readonly purpose: string;
  readonly at: string;
  readonly expiresAt: string;
  readonly address: string;
  readonly place: string;
  readonly browser: string;
  readonly digits: number;
}

/** What a phone is told of its answer. */
export interface Told extends Problem {
  readonly is?: 'approved' | 'denied' | 'wrong' | 'over';
  readonly next?: string;
}

/** What a phone is told when it is paired. */
export interface Paired extends Problem {
  readonly device: string;
  readonly service: string;
  readonly account: string;
  readonly vapidKey: string;
}

/** What is said otherwise than an honest phone says it. */
export interface Forged {
  /** The whole header. */
  readonly authorization?: string | undefined;
  readonly device?: string;
  readonly time?: number;
  /** Signs the request instead of the phone's own key. */
  readonly keys?: Keys;
  /** What is signed in place of what is sent. */
  readonly signed?: { readonly method?: string; readonly path?: string; readonly body?: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an answer says otherwise than an honest one. */
export interface ForgedAnswer extends Forged {
  /** Signs the answer instead of the phone's own key. */
  readonly answerKeys?: Keys;
  /** What is sent after another answer was signed; `undefined` leaves a field out. */
  readonly sent?: Readonly<Record<string, unknown>>;
}

/** What is answered. */
export interface Said {
  readonly request: string;
  readonly decision?: string;
  readonly number?: string | undefined;
}

const queryOf = (method: string): boolean => method === 'GET';

/** A phone. It goes through a browser of its own, whose cookies mean nothing here. */
export class Phone {
  readonly browser: Browser;
  readonly keys: Keys = newKeys();
  device = '';
  /** The header of its last request: what somebody who listened has. */
  lastAuthorization = '';
  readonly #now: () => number;

  constructor(town: { browser(how?: { userAgent?: string; address?: string }): Browser; clock: { now: number } }) {
    const userAgent =
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
    this.browser = town.browser({ userAgent, address: '127.77.0.1' });
    this.#now = () => town.clock.now;
  }

  /** Pairs with what the picture leads to. `change` is sent in place of what is right; the signature stays. */
  async pair(uri: string, change: Readonly<Record<string, unknown>> = {}): Promise<Answer<Paired>> {
    const { pairing, secret } = codeIn(uri);
    const { publicKey } = this.keys;
    const signature = signedBy(this.keys, 'secondlock-pair', pairing, secret, publicKey);
    const body = { pairing, secret, publicKey, signature, ...change };
    const answer = await this.browser.call<Paired>('POST', `${base}/pair`, body);
    if (answer.status === 200) this.device = answer.body.device;
    return answer;
  }

  /** The header that signs a request. */
  authorization(method: string, path: string, body: string, forged: Forged = {}): string {
    const time = String(forged.time ?? this.#now());
    const device = forged.device ?? this.device;
    const { signed = {} } = forged;
    const hash = createHash('sha256')
      .update(signed.body ?? body)
      .digest('base64url');
    const keys = forged.keys ?? this.keys;
    const signature = signedBy(keys, 'secondlock-device', signed.method ?? method, signed.path ?? path, time, hash);
    this.lastAuthorization = `Device ${device}.${time}.${signature}`;
    return forged.authorization ?? this.lastAuthorization;
  }

  /** A signed request. */
  call<T>(method: string, path: string, body?: unknown, forged: Forged = {}): Promise<Answer<T>> {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const authorization = this.authorization(method, path, text, forged);
    const headers = { ...forged.headers, ...(authorization === '' ? {} : { authorization }) };
    return this.browser.call<T>(method, path, queryOf(method) ? undefined : text, headers);
  }

  /** The answer to `GET /requests`. */
  look(forged: Forged = {}): Promise<Answer<{ requests: Shown[] } & Problem>> {
    return this.call('GET', `${base}/requests`, undefined, forged);
  }

  /** What waits. */
  async waiting(): Promise<Shown[]> {
    const { status, body, text } = await this.look();
    assert.equal(status, 200, text);
    return body.requests;
  }

  /** The one request that waits. */
  async request(): Promise<Shown> {
    const [one, ...more] = await this.waiting();
    assert.ok(one && more.length === 0, 'one request waits');
    return one;
  }

  /** An answer as it is sent. */
  answerBody({ request, decision = 'approve', number }: Said, forged: ForgedAnswer = {}): string {
    const keys = forged.answerKeys ?? this.keys;
    const signature = signedBy(keys, 'secondlock-answer', request, decision, number ?? '');
    return JSON.stringify({
      request,
      decision,
      ...(number === undefined ? {} : { number }),
      signature,
      ...forged.sent,
    });
  }

  /** Answers a request. */
  answer(said: Said, forged: ForgedAnswer = {}): Promise<Answer<Told>> {
    return this.call('POST', `${base}/answer`, this.answerBody(said, forged), forged);
  }

  /** Approves what waits with this number. */
  async approve(number: string | undefined): Promise<Answer<Told>> {
    return this.answer({ request: (await this.request()).id, number });
  }

  /** Says where it is woken. */
  subscribe(subscription: Subscription | null, forged: Forged = {}): Promise<Answer<Problem>> {
    return this.call('POST', `${base}/subscription`, { subscription }, forged);
  }

  /** The header that opens its events. */
  eventsHeader = (): string => this.authorization('GET', `${base}/events`, '');
}

/** Where a phone's events are. */
export const phoneEvents = `${base}/events`;

/** The two halves of a pairing code. */
export function codeIn(uri: string): { readonly pairing: string; readonly secret: string } {
  const [, pairing = '', secret = ''] = /#pair=([\w-]+)\.([\w-]+)$/.exec(uri) ?? [];
  return { pairing, secret };
}

/** Another number with as many digits. */
export const otherNumber = (number: string): string =>
  String((Number(number) + 1) % 10 ** number.length).padStart(number.length, '0');
