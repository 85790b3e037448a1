/**
 * A load client on bare sockets: it costs a fraction of what a server does, so that on a machine of few cores the server
 * is what is measured. Each connection sends its next request when the answer to the last one is whole.
 */
import { connect, type Socket } from 'node:net';

/** One request, as it goes over the wire. */
export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One answer with how long it took, in milliseconds. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly head: string;
  readonly took: number;
}

/** What a round gave. */
export interface Round {
  readonly answers: Answer[];
  readonly seconds: number;
}

/** A request as bytes. */
export function encode({ method, path, headers = {}, body }: Request): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const about = text ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n` : '';
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}${about}\r\n${text}`);
}

/** The answer that the text begins with, once it is whole. These answers are ASCII: a character is a byte. */
function decode(text: string): { status: number; head: string; body: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const status = Number(head.slice(9, 12));
  const body = text.slice(end + 4);
  const length = head.match(/\r\ncontent-length: (\d+)/i)?.[1];
  if (length !== undefined) return body.length < Number(length) ? undefined : { status, head, body };
  if (/\r\ntransfer-encoding: chunked/i.test(head)) {
    if (!body.endsWith('0\r\n\r\n')) return undefined;
    return { status, head, body: body.replace(/^[0-9a-f]+\r\n|\r\n[0-9a-f]+\r\n(?:\r\n)?/gi, '') };
  }
  return { status, head, body: '' };
}

function ask(socket: Socket, bytes: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let text = '';
    const hear = (part: Buffer): void => {
      text += part.toString('latin1');
      const answer = decode(text);
      if (!answer) return;
      socket.off('data', hear).off('error', reject).off('close', closed);
      resolve({ ...answer, took: performance.now() - begun });
    };
    const closed = (): void => reject(new Error(`The server hung up after ${text.length} bytes.`));
    socket.on('data', hear).on('error', reject).on('close', closed);
    socket.write(bytes);
  });
}

const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.off('error', reject))).on('error', reject);
    socket.setNoDelay(true);
  });

/**
 * Sends requests over so many connections until `next` has no more. `next` is asked once per request, so each can be
 * another; the answers stand in the order of the requests.
 */
export async function load(port: number, connections: number, next: () => Request | undefined): Promise<Round> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const answers: Answer[] = [];
  let sent = 0;
  const begun = performance.now();
  await Promise.all(
    sockets.map(async (socket) => {
      for (let request = next(); request; request = next()) {
        const index = sent++;
        answers[index] = await ask(socket, encode(request));
      }
      socket.destroy();
    }),
  );
  return { answers, seconds: (performance.now() - begun) / 1000 };
}

/** The same request again and again for so many seconds. */
export function repeated(request: Request, seconds: number): () => Request | undefined {
  const end = performance.now() + seconds * 1000;
  return () => (performance.now() < end ? request : undefined);
}

/** Each of the list once. */
export function eachOf(requests: readonly Request[]): () => Request | undefined {
  let index = 0;
  return () => requests[index++];
}
