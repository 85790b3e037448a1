/**
 * Server-sent events, written straight to the connection: of a page that waits nothing is kept but its socket, so that
 * ten thousand of them fit into a small server. What a request brought (its context, its streams) ends with its answer.
 */
import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { AppContext } from './context.ts';
import { dataHeaders } from './middleware/headers.ts';

/** Where events are written. */
export interface EventStream {
  /** Writes one event. */
  tell(event: string, data: string): void;
  /** A sign of life, which pages do not see. */
  beat(): void;
  end(): void;
  /** True once the other side has hung up, or the stream was ended. */
  readonly over: boolean;
}

/** Octets that may wait for who does not read; more than all that a stream ever says. */
const mostUnread = 256 * 1024;

/** What the two kinds of connections have in common. */
interface Line {
  write(text: string): void;
  end(): void;
}

class Written implements EventStream {
  readonly #line: Line;
  over = false;

  constructor(line: Line) {
    this.#line = line;
  }

  tell(event: string, data: string): void {
    this.#write(`event: ${event}\ndata: ${data}\n\n`);
  }

  beat(): void {
    this.#write(': still here\n\n');
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    this.#line.end();
  }

  #write(text: string): void {
    if (!this.over) this.#line.write(text);
  }
}

/**
 * Answers with a stream. `begin` is called at once and writes; `hungUp` when the other side is gone, and not where the
 * stream was ended here.
 */
export function eventStream(c: AppContext, begin: (stream: EventStream) => { hungUp(): void }): Response {
  const outgoing = c.env?.outgoing;
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': media });
  return outgoing ? onWire(c, outgoing, begin) : inProcess(c, begin);
}

const media = 'text/event-stream';

function onWire(c: AppContext, outgoing: ServerResponse, begin: (stream: EventStream) => { hungUp(): void }): Response {
  const headers = Object.fromEntries(dataHeaders(c.get('surfaces').development));
  outgoing.writeHead(200, { ...headers, 'content-type': media });
  // Sent by itself the head becomes one string; before that it is fifty pieces, which would stay as long as the page.
  outgoing.flushHeaders();
  const stream = new Written({
    write: (text) => {
      if (!outgoing.write(text) && outgoing.writableLength > mostUnread) outgoing.destroy();
    },
    end: () => outgoing.end(),
  });
  const { hungUp } = listen(stream, begin);
  outgoing.on('close', hungUp);
  // Whoever left while the flow was looked up has told so already, and would be told to for ever.
  if (outgoing.destroyed || outgoing.closed) hungUp();
  return RESPONSE_ALREADY_SENT;
}

/** Without a connection (a test that calls the app itself) the same is a stream of octets. */
function inProcess(c: AppContext, begin: (stream: EventStream) => { hungUp(): void }): Response {
  const encoder = new TextEncoder();
  let hungUp = (): void => {};
  const body = new ReadableStream<Uint8Array>({
    start: (to) => {
      const stream = new Written({ write: (text) => to.enqueue(encoder.encode(text)), end: () => to.close() });
      ({ hungUp } = listen(stream, begin));
    },
    cancel: () => hungUp(),
  });
  return c.body(body, 200, { 'content-type': media });
}

function listen(stream: Written, begin: (stream: EventStream) => { hungUp(): void }): { hungUp(): void } {
  const teller = begin(stream);
  return {
    hungUp: () => {
      if (stream.over) return;
      stream.over = true;
      teller.hungUp();
    },
  };
}
