/**
 * A push service as a browser's maker runs one: a real https server that subscribes phones, checks what it is asked
 * against RFC 8030 and RFC 8292, and reads, in the phone's place, what was encrypted for it.
 */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from './certificate.ts';
import { newReceiver, type Opened, openPush, type Receiver } from './push-receiver.ts';

/** What a token says (RFC 8292 §2). */
export interface Token {
  readonly aud: string;
  /** Seconds since 1970. */
  readonly exp: number;
  readonly sub: string;
}

/** A message that was in order, whatever was answered. */
export interface Pushed extends Opened {
  readonly endpoint: string;
  readonly ttl: number;
  readonly urgency: string | undefined;
  readonly topic: string | undefined;
  readonly token: Token;
  /** The token as it came, and the key that signed it. */
  readonly jwt: string;
  readonly key: string;
  readonly octets: number;
}

/** What a subscription is in the browser's own words. */
export interface Subscribed {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** A status to answer with; `redirect` to another place of the same service; `hang` for no answer. */
export type Verdict = 201 | 404 | 410 | 413 | 429 | 500 | 503 | 'redirect' | 'hang';

/** A running push service. */
export interface PushService {
  readonly origin: string;
  /** PEM text: whoever trusts this trusts its certificate. */
  readonly ca: string;
  /** What came and was in order, oldest first. */
  readonly pushed: Pushed[];
  /** What was wrong with what came. */
  readonly faults: string[];
  /** How often it was asked for anything. */
  readonly asked: () => number;
  /** What it answers from now on to what is in order; 201 at first. */
  readonly tell: (verdict: Verdict) => void;
  /** A new phone; `applicationServerKey` is the only key that may push to it, where given (RFC 8292 §4). */
  readonly subscribe: (applicationServerKey?: string) => Subscribed;
  readonly close: () => Promise<void>;
}

interface Phone {
  readonly receiver: Receiver;
  readonly applicationServerKey: string | undefined;
}

const day = 24 * 3600;

const jsonIn = <T>(text: string): T => JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as T;

/** Reads and checks `vapid t=…, k=…` for this origin; throws what is wrong (RFC 8292 §2, §3). */
function openVapid(authorization: string, origin: string, now: number) {
  const [, jwt = '', key = ''] = /^vapid t=([\w-]+\.[\w-]+\.[\w-]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
  const token = openToken(jwt, key);
  if (token.aud !== origin) throw new Error(`the token is for ${token.aud}`);
  if (!(token.exp > now / 1000 && token.exp <= now / 1000 + day))
    throw new Error('the token has ended, or ends too late');
  if (!/^(mailto:[^@ ]+@[^@ ]+|https:\/\/.+)$/.test(token.sub))
    throw new Error(`nobody can be reached at ${token.sub}`);
  return { jwt, key, token };
}

/** Reads a token and checks its signature, ES256 (RFC 7518 §3.4), by an uncompressed point. */
export function openToken(jwt: string, key: string): Token {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const { alg, typ = 'JWT' } = jsonIn<{ alg?: string; typ?: string }>(head);
  const point = Buffer.from(key, 'base64url');
  if (alg !== 'ES256' || typ !== 'JWT' || point.length !== 65 || point[0] !== 4) throw new Error('no ES256 token');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signed = Buffer.from(`${head}.${body}`);
  const by = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', signed, by, Buffer.from(signature, 'base64url'))) throw new Error('the signature is wrong');
  return jsonIn<Token>(body);
}

const header = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join() : value;
};

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Reads a message in the phone's place; throws what is wrong with it. */
function read(origin: string, phone: Phone | undefined, request: IncomingMessage, body: Buffer): Pushed {
  if (request.method !== 'POST' || !phone) throw new Error(`nothing is at ${request.method} ${request.url}`);
  const { jwt, key, token } = openVapid(header(request, 'authorization') ?? '', origin, Date.now());
  if ((phone.applicationServerKey ?? key) !== key) throw new Error('another key than the phone was subscribed with');
  const [ttl = '', topic, urgency] = ['ttl', 'topic', 'urgency'].map((name) => header(request, name));
  if (!/^\d{1,9}$/.test(ttl)) throw new Error('no TTL (RFC 8030 §5.2)');
  if (topic !== undefined && !/^[\w-]{1,32}$/.test(topic)) throw new Error('no Topic (RFC 8030 §5.4)');
  if (header(request, 'content-encoding') !== 'aes128gcm') throw new Error('not encrypted (RFC 8291 §4)');
  const about = { endpoint: `${origin}${request.url}`, ttl: Number(ttl), topic, urgency, octets: body.length };
  return { ...about, token, jwt, key, ...openPush(body, phone.receiver) };
}

function answer(response: ServerResponse, verdict: Verdict): void {
  if (verdict === 'hang') return;
  if (verdict === 'redirect') response.writeHead(307, { location: '/elsewhere' });
  else response.writeHead(verdict, verdict === 201 ? { location: '/message/1' } : {});
  response.end();
}

/** Starts one on a free port of this machine. It goes by `127.0.0.1`, or by another name that leads here. */
export async function pushService({ host = '127.0.0.1' } = {}): Promise<PushService> {
  const tls = selfSigned('localhost', 'push.example.org');
  const phones = new Map<string, Phone>();
  const [pushed, faults]: [Pushed[], string[]] = [[], []];
  let verdict: Verdict = 201;
  let asked = 0;
  const server = createServer(tls, async (request, response) => {
    asked += 1;
    try {
      pushed.push(read(origin, phones.get(request.url ?? ''), request, await bodyOf(request)));
      answer(response, verdict);
    } catch (error) {
      faults.push(String(error));
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `https://${host}:${(server.address() as AddressInfo).port}`;
  return {
    ...{ origin, ca: tls.cert, pushed, faults, asked: () => asked },
    tell: (next) => {
      verdict = next;
    },
    subscribe: (applicationServerKey) => {
      const path = `/push/${randomBytes(16).toString('base64url')}`;
      const receiver = newReceiver();
      phones.set(path, { receiver, applicationServerKey });
      const [p256dh, auth] = [receiver.publicKey.toString('base64url'), receiver.auth.toString('base64url')];
      return { endpoint: `${origin}${path}`, keys: { p256dh, auth } };
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
