/** The listener: hands requests to the app, and answers what is no request as plainly as the app answers the rest. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { type ErrorCode, Problem } from '../errors.ts';
import type { AppEnv } from './context.ts';
import { dataHeaders } from './middleware/headers.ts';
import { problemResponse } from './middleware/problems.ts';

/** A certificate chain and its key, PEM. */
export interface Certificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** A name that no tenant has: a request that names no host is let in far enough to be told so, and to ask for health. */
const nobody = 'nobody.invalid';

/** Makes a server for the app; with a certificate TLS ends here. */
export function createListener(app: Hono<AppEnv>, development: boolean, tls?: Certificate): Server {
  const problem = (code: ErrorCode): Response => {
    const response = problemResponse(new Problem(code));
    for (const [name, value] of dataHeaders(development)) response.headers.set(name, value);
    return response;
  };
  const listener = getRequestListener(app.fetch, { hostname: nobody, errorHandler: () => problem('bad-request') });
  const handle = (request: IncomingMessage, response: ServerResponse): void => void listener(request, response);
  const server = tls
    ? createHttps({ ...tls, minVersion: 'TLSv1.2', requireHostHeader: false }, handle)
    : createServer({ requireHostHeader: false }, handle);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => void refuse(socket, problem(codeOf(error))));
  server.on('tlsClientError', (_, socket: Duplex) => socket.destroy());
  server.on('checkExpectation', (_, response: ServerResponse) => {
    void answer(response, problem('expectation-failed'));
  });
  return server;
}

/** What is wrong with bytes that the parser gave up on. */
function codeOf({ code }: NodeJS.ErrnoException): ErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 'too-large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'too-slow' : 'bad-request';
}

/** Writes an answer to a socket without a request, unless one is on its way there already. */
async function refuse(socket: Duplex & { readonly _httpMessage?: ServerResponse }, response: Response): Promise<void> {
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const body = await response.text();
  const headers = [...response.headers, ['content-length', String(Buffer.byteLength(body))], ['connection', 'close']];
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${response.status} Refused\r\n${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

async function answer(to: ServerResponse, response: Response): Promise<void> {
  to.writeHead(response.status, { ...Object.fromEntries(response.headers), connection: 'close' });
  to.end(await response.text());
}
