/** The server, as a phone calls it: every request signed by the phone's key, and no cookie needed. */
import { type Device, newKeys, sign } from './device.ts';
import { answerText, base64url, type Decision, deviceText, type Pairing, pairText } from './signed-texts.ts';

const root = '/api/v1/authenticator';

/** A call that failed: the server's code for why, or `network` where no answer came. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.name = 'Refused';
    this.code = code;
  }
}

/** One question: somebody, somewhere, wants something. */
export interface Request {
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

export interface Answered {
  readonly is: 'approved' | 'denied' | 'wrong' | 'over';
  readonly next?: string;
}

/** How far the server's clock is ahead of this phone's, in milliseconds. */
let ahead = 0;

/** A moment that the server names, by the clock of this phone. */
export const hereTime = (iso: string): number => Date.parse(iso) - ahead;

function compareClocks(response: Response): void {
  const there = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(there)) ahead = there - Date.now();
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(path, { ...init, credentials: 'omit', cache: 'no-store', redirect: 'error' });
    compareClocks(response);
    return response;
  } catch {
    throw new Refused('network');
  }
}

async function codeOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const code = body !== null && typeof body === 'object' && 'code' in body ? body.code : undefined;
  return typeof code === 'string' ? code : `status-${response.status}`;
}

const hashOf = async (body: string): Promise<string> =>
  base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body)));

async function authorization(device: Device, method: string, path: string, body: string): Promise<string> {
  const time = Math.round(Date.now() + ahead);
  const signature = await sign(device.key, deviceText(method, path, time, await hashOf(body)));
  return `Device ${device.id}.${time}.${base64url(signature)}`;
}

const json = { 'content-type': 'application/json' };

/** Sends a signed request; where the clocks differ too much, once more by the server's. */
async function signed(device: Device, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
  const method = body === undefined ? 'GET' : 'POST';
  const text = body === undefined ? '' : JSON.stringify(body);
  const attempt = async () =>
    reach(root + path, {
      method,
      signal,
      headers: { ...(text && json), authorization: await authorization(device, method, root + path, text) },
      ...(text && { body: text }),
    });
  const first = await attempt();
  if (first.ok) return first;
  const code = await codeOf(first);
  if (code !== 'wrong-time') throw new Refused(code);
  const second = await attempt();
  if (second.ok) return second;
  throw new Refused(await codeOf(second));
}

const patience = 20_000;

async function ask<T>(device: Device, path: string, body?: unknown): Promise<T> {
  const response = await signed(device, path, body, AbortSignal.timeout(patience));
  if (response.status === 204) return undefined as T;
  return (await response.json().catch(() => {
    throw new Refused('network');
  })) as T;
}

interface Paired {
  readonly device: string;
  readonly service: string;
  readonly account: string;
  readonly vapidKey: string;
}

/** Connects this phone: makes its keys, and proves that it saw the QR code and holds the key that it names. */
export async function pair(pairing: Pairing): Promise<Device> {
  const { privateKey, publicKey } = await newKeys();
  const point = base64url(await crypto.subtle.exportKey('raw', publicKey));
  const signature = base64url(await sign(privateKey, pairText(pairing, point)));
  const response = await reach(`${root}/pair`, {
    method: 'POST',
    headers: json,
    signal: AbortSignal.timeout(patience),
    body: JSON.stringify({ ...pairing, publicKey: point, signature }),
  });
  if (!response.ok) throw new Refused(await codeOf(response));
  const { device, service, account, vapidKey } = (await response.json()) as Paired;
  return { id: device, service, account, vapidKey, key: privateKey, added: Date.now() };
}

/** What waits for an answer. */
export const waiting = async (device: Device): Promise<Request[]> =>
  (await ask<{ requests: Request[] }>(device, '/requests')).requests;

/** Opens the stream of what waits. */
export const openStream = (device: Device, signal: AbortSignal): Promise<Response> =>
  signed(device, '/events', undefined, signal);

/** Answers a request. The number goes with an approval alone. */
export async function answer(device: Device, request: string, decision: Decision, number = ''): Promise<Answered> {
  const signature = base64url(await sign(device.key, answerText(request, decision, number)));
  return ask(device, '/answer', { request, decision, ...(number && { number }), signature });
}

/** Says where push messages go from now on, or that none shall be sent. */
export const tellSubscription = (device: Device, subscription: PushSubscriptionJSON | null): Promise<void> =>
  ask(device, '/subscription', {
    subscription: subscription && { endpoint: subscription.endpoint, keys: subscription.keys },
  });
