/** One person's browser, as far as the server sees it: cookies, Origin, address and user agent. */
import type { FlowAnswer } from '../src/flows/prompt.ts';

type Fetch = (request: Request, env: object) => Response | Promise<Response>;

/** What a browser may be. */
export interface BrowserOptions {
  readonly origin: string;
  readonly address?: string;
  readonly userAgent?: string;
  /** Comes over TLS that ends at the server itself. */
  readonly encrypted?: boolean;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with its body read. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Keeps cookies as a browser does and sends Origin with what changes something. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #fetch: Fetch;
  readonly #how: BrowserOptions;

  constructor(fetch: Fetch, how: BrowserOptions) {
    this.#fetch = fetch;
    this.#how = how;
  }

  /** Any request. `body` undefined sends none. */
  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    const response = await this.open(method, path, body, headers);
    const text = await response.text();
    const json = text !== '' && (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : {}) as T };
  }

  /** Any request; the answer's body is still to be read, as a stream of events is. */
  async open(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { origin, address, userAgent, encrypted = false } = this.#how;
    const request = new Request(new URL(path, origin), {
      method,
      redirect: 'manual',
      headers: {
        host: new URL(origin).host,
        'user-agent': userAgent ?? firefox,
        ...(method === 'GET' ? {} : { origin }),
        ...(this.cookies.size > 0 ? { cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ') } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.#how.headers,
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const response = await this.#fetch(request, {
      incoming: { socket: { remoteAddress: address ?? '127.0.0.1', encrypted } },
    });
    this.#keep(response.headers.getSetCookie());
    return response;
  }

  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>> {
    return this.call<T>('GET', path);
  }

  /** Starts a flow. */
  start(name: string, body: object = {}): Promise<Answer<FlowAnswer & Problem>> {
    return this.call('POST', `/api/v1/flows/${name}`, body);
  }

  /** Answers a flow. */
  answer(flow: { readonly id: string }, body: object): Promise<Answer<FlowAnswer & Problem>> {
    return this.call('POST', `/api/v1/flows/${flow.id}`, body);
  }

  #keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';');
      const cut = pair.indexOf('=');
      const [name, value] = [pair.slice(0, cut), pair.slice(cut + 1)];
      if (value === '' || attributes.some((one) => /max-age=0$/i.test(one.trim()))) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

/** The fields of a problem answer. */
export interface Problem {
  readonly code: string;
  readonly retryAfter?: number;
  readonly level?: string;
  readonly fields?: readonly { readonly field: string }[];
}
