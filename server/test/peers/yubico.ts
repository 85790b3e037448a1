/**
 * YubiKeys and their validation server, written from Yubico's description and not from our client: keys encrypt their
 * counters, the server decrypts them, remembers how far each key has counted, and signs what it says. `yubico.test.ts`
 * has Debian's `python3-yubiotp` judge both.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const letters = 'cbdefghijklnrtuv';

const modhex = (bytes: Buffer): string =>
  [...bytes.toString('hex')].map((x) => letters[Number.parseInt(x, 16)]).join('');

const fromModhex = (text: string): Buffer =>
  Buffer.from([...text].map((letter) => letters.indexOf(letter).toString(16)).join(''), 'hex');

/** CRC-16 of ISO 13239; over a block with its checksum it is always 0xf0b8. */
function crc(bytes: Uint8Array): number {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0x8408 : sum >> 1;
  }
  return sum;
}

/** A key on a key ring. */
export class YubiKey {
  readonly aes = randomBytes(16);
  readonly privateId = randomBytes(6);
  readonly publicId: string;
  #session = 1;
  #use = 0;

  constructor(publicId = `cccc${modhex(randomBytes(4))}`) {
    this.publicId = publicId;
  }

  /** Into another USB port. */
  plugIn(): void {
    this.#session += 1;
    this.#use = 0;
  }

  /** What it types when it is touched. */
  touch(): string {
    const block = Buffer.alloc(16);
    this.privateId.copy(block, 0);
    block.writeUInt16LE(this.#session, 6);
    block.writeUIntLE(0x010203, 8, 3);
    block.writeUInt8(this.#use++, 11);
    randomBytes(2).copy(block, 12);
    block.writeUInt16LE(~crc(block.subarray(0, 14)) & 0xffff, 14);
    const cipher = createCipheriv('aes-128-ecb', this.aes, null).setAutoPadding(false);
    return this.publicId + modhex(Buffer.concat([cipher.update(block), cipher.final()]));
  }
}

/** How a server may go wrong; each changes one answer and all that follow, until it is taken back. */
export type Trouble =
  | 'unsigned'
  | 'other-key'
  | 'other-nonce'
  | 'other-otp'
  | 'huge'
  | 'twice'
  | 'garbage'
  | 'error-500'
  | 'silent'
  | 'redirect'
  | 'backend-error'
  | 'changed-after-signing';

/** A validation server that is asked in memory, or over HTTP. */
export class ValidationServer {
  readonly clientId = '4711';
  readonly secret = randomBytes(20).toString('base64');
  readonly asked: URL[] = [];
  trouble: Trouble | undefined;
  readonly #keys = new Map<string, YubiKey>();
  readonly #seen = new Map<string, number>();
  readonly #nonces = new Set<string>();

  /** Learns a key's secrets, as its maker would upload them. */
  learn(key: YubiKey): YubiKey {
    this.#keys.set(key.publicId, key);
    return key;
  }

  /** `fetch` for a client that should come here, whatever it asks. */
  readonly fetch: typeof fetch = async (input) => {
    const answer = this.answer(new URL(String(input)));
    if (answer === undefined) throw new Error('nobody answers');
    return answer;
  };

  /** Settings of a client. */
  settings(url = 'https://validation.example.org/wsapi/2.0/verify') {
    return { urls: [url], clientId: this.clientId, secret: this.secret };
  }

  /** Listens on this machine. */
  async listen(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
    const server = createServer(async (request, response) => {
      const answer = this.answer(new URL(request.url ?? '', 'http://localhost'));
      if (answer === undefined) return;
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}/wsapi/2.0/verify`,
      close: () =>
        new Promise((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        }),
    };
  }

  /** One question; undefined where it stays silent. */
  answer(url: URL): Response | undefined {
    this.asked.push(url);
    const given = Object.fromEntries(url.searchParams);
    if (this.trouble === 'silent') return undefined;
    if (this.trouble === 'error-500') return new Response('oops', { status: 500 });
    if (this.trouble === 'redirect') return new Response('', { status: 302, headers: { location: '/elsewhere' } });
    if (this.trouble === 'garbage') return new Response('<html>\r\n=\r\nstatus=OK\r\n');
    const said = this.#judge(given);
    const fields = { ...this.#echo(given), t: '2026-11-22T03:30:00Z0123', sl: '100', ...said };
    const signed: Record<string, string> = { h: this.#sign(fields), ...fields };
    if (this.trouble === 'unsigned') delete signed.h;
    if (this.trouble === 'changed-after-signing') signed.status = 'OK';
    const text = Object.entries(signed).map(([name, value]) => `${name}=${value}`);
    if (this.trouble === 'twice') text.push('status=OK');
    if (this.trouble === 'huge') text.push(`x=${'x'.repeat(100_000)}`);
    return new Response(`${text.join('\r\n')}\r\n\r\n`);
  }

  #echo(given: Record<string, string>): Record<string, string> {
    const nonce = this.trouble === 'other-nonce' ? 'a'.repeat(32) : (given.nonce ?? '');
    const otp = this.trouble === 'other-otp' ? new YubiKey().touch() : (given.otp ?? '');
    return { otp, nonce };
  }

  #sign(fields: Readonly<Record<string, string>>): string {
    const text = Object.keys(fields)
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join('&');
    const secret = this.trouble === 'other-key' ? randomBytes(20) : Buffer.from(this.secret, 'base64');
    return createHmac('sha1', secret).update(text).digest('base64');
  }

  #judge({ h, ...given }: Record<string, string>): Record<string, string> {
    const { id, otp = '', nonce = '' } = given;
    if (this.trouble === 'backend-error') return { status: 'BACKEND_ERROR' };
    if (id !== this.clientId) return { status: 'NO_SUCH_CLIENT' };
    if (!/^[A-Za-z0-9]{16,40}$/.test(nonce)) return { status: 'MISSING_PARAMETER' };
    if (this.trouble === undefined && h !== this.#sign(given)) return { status: 'BAD_SIGNATURE' };
    if (this.#nonces.has(nonce + otp)) return { status: 'REPLAYED_REQUEST' };
    this.#nonces.add(nonce + otp);
    const key = this.#keys.get(otp.slice(0, -32));
    const block = key && this.#decrypt(key, otp);
    if (!block) return { status: 'BAD_OTP' };
    const [session, use] = [block.readUInt16LE(6), block.readUInt8(11)];
    const count = session * 256 + use;
    if (count <= (this.#seen.get(key.publicId) ?? -1)) return { status: 'REPLAYED_OTP' };
    this.#seen.set(key.publicId, count);
    const counters = {
      timestamp: String(block.readUIntLE(8, 3)),
      sessioncounter: String(session),
      sessionuse: String(use),
    };
    return { status: 'OK', ...(given.timestamp === '1' ? counters : {}) };
  }

  #decrypt(key: YubiKey, otp: string): Buffer | undefined {
    const decipher = createDecipheriv('aes-128-ecb', key.aes, null).setAutoPadding(false);
    const block = Buffer.concat([decipher.update(fromModhex(otp.slice(-32))), decipher.final()]);
    return crc(block) === 0xf0b8 && block.subarray(0, 6).equals(key.privateId) ? block : undefined;
  }
}

/** The server that knows the keys of the contract's holders. */
export const validationServer = new ValidationServer();
