/** A provider's end of the wire: a local server that keeps what it was asked, and answers as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { selfSigned } from './certificate.ts';

/** One request as it came in; header names in lower case. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer, or `hang` for none at all. */
export type Told =
  | 'hang'
  | { readonly status: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> };

/** A running server. */
export interface Gateway {
  /** `http://127.0.0.1:<port>`, or https. */
  readonly url: string;
  readonly asked: Asked[];
  /** What it says from now on. */
  tell(told: Told): void;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Starts one that ends with the test. With `tls` its certificate is its own, signed by nobody. */
export async function gateway(t: TestContext, first: Told, { tls = false } = {}): Promise<Gateway> {
  let told = first;
  const asked: Asked[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers, body: await bodyOf(request) });
    if (told === 'hang') return;
    response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers });
    response.end(told.text);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => response.destroy());
  };
  const server = tls ? createTlsServer(selfSigned(), listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    tell: (next) => {
      told = next;
    },
  };
}
