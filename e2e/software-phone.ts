/** A phone that approves: the key and the signatures of the authenticator page, without the page. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** What waits for its answer. */
interface WaitingRequest {
  readonly id: string;
  readonly purpose: string;
  readonly account: string;
  readonly browser: string;
  readonly digits: number;
}

/** What it is told of an answer. */
interface Answered {
  readonly is: 'approved' | 'denied' | 'wrong' | 'over';
  readonly next?: string;
}

const base = '/api/v1/authenticator';

/** What the server calls `Chrome on Android`. */
const android =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';

/** A paired phone. */
export class SoftwarePhone {
  readonly #origin: string;
  readonly #key: KeyObject;
  readonly #device: string;

  private constructor(origin: string, key: KeyObject, device: string) {
    this.#origin = origin;
    this.#key = key;
    this.#device = device;
  }

  /** Connects a new phone by the link that the QR code holds. */
  static async pair(link: string): Promise<SoftwarePhone> {
    const { origin, hash } = new URL(link);
    const [pairing = '', secret = ''] = hash.replace('#pair=', '').split('.');
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    const key = point.toString('base64url');
    const signature = signed(privateKey, ['secondlock-pair', pairing, secret, key]);
    const answer = await fetch(`${origin}${base}/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': android },
      body: JSON.stringify({ pairing, secret, publicKey: key, signature }),
    });
    if (!answer.ok) throw new Error(`not paired: ${await answer.text()}`);
    const { device } = (await answer.json()) as { device: string };
    return new SoftwarePhone(origin, privateKey, device);
  }

  /** The request that waits; there is one at a time. */
  async request(): Promise<WaitingRequest> {
    const { requests } = await this.#call<{ requests: WaitingRequest[] }>('GET', '/requests');
    const [first] = requests;
    if (!first) throw new Error('nothing waits for this phone');
    return first;
  }

  /** Answers the request that waits. */
  async answer(decision: 'approve' | 'deny' | 'not-me', number?: string): Promise<Answered> {
    const { id } = await this.request();
    const signature = signed(this.#key, ['secondlock-answer', id, decision, number ?? '']);
    return this.#call('POST', '/answer', { request: id, decision, ...(number ? { number } : {}), signature });
  }

  async #call<T>(method: string, path: string, content?: unknown): Promise<T> {
    const body = content === undefined ? '' : JSON.stringify(content);
    const time = String(Date.now());
    const hash = createHash('sha256').update(body).digest('base64url');
    const signature = signed(this.#key, ['secondlock-device', method, `${base}${path}`, time, hash]);
    const answer = await fetch(`${this.#origin}${base}${path}`, {
      method,
      headers: {
        authorization: `Device ${this.#device}.${time}.${signature}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body } : {}),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

const signed = (key: KeyObject, lines: readonly string[]): string =>
  sign('sha256', Buffer.from(lines.join('\n')), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
