/** One call to a provider over HTTP: verified TLS, no redirects, an answer of bounded size, and errors that hold no message. */
import { type ZodType, z } from 'zod';
import type { Provider } from './deliver.ts';

/** The largest answer that is read; all known ones are below two kilobytes. */
const mostBytes = 64 * 1024;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);

/** Whether a message may go to this address: over TLS, or not beyond this machine (ASVS 12.3.1). */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username || password || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** An address that messages may be posted to: https, or http on this machine; credentials stand in options of their own. */
export const address = z
  .url()
  .refine(isSafe, 'must be https://…, or http:// on this machine, without user or password');

/** The root of a provider's API: as {@link address}, and a path can be put behind it. */
export const apiRoot = address
  .refine((text) => !text.includes('?'), 'must have no ?')
  .transform((text) => text.replace(/\/+$/, ''));

/** A provider that is spoken to over HTTP. Its options name the address as `url` or `baseUrl`. */
export interface HttpProvider<Options> extends Provider<Options> {
  /** An account as it may look, and an answer that says yes: a form shows the one, the contract suite plays both. */
  readonly example: { readonly options: Readonly<Record<string, unknown>>; readonly answer: Answer };
}

/** What is asked. */
export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  readonly signal?: AbortSignal | undefined;
}

/** What came back, whatever the status. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Calls a provider; `POST` unless told otherwise. Throws a short error without any part of the request where nobody
 * answers, the certificate does not hold, the answer redirects or is too large, or `signal` ends.
 */
export async function call(send: typeof fetch, url: string, { signal, ...asked }: Call): Promise<Answer> {
  try {
    const response = await send(url, { method: 'POST', ...asked, redirect: 'error', signal: signal ?? null });
    return { status: response.status, text: await bounded(response) };
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Error(signal?.aborted ? 'no answer in time' : `not reached: ${reasonOf(error)}`);
  }
}

class TooLarge extends Error {}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > mostBytes) throw new TooLarge('its answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The system's code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`): a message of the network's could repeat the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return 'unknown';
  if (cause.message === 'unexpected redirect') return cause.message;
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' ? code : cause.name;
}

/** Throws unless the answer is a success; `code` is the provider's own, as a number or a word. */
export function demandSuccess({ status }: Answer, code: string | number = ''): void {
  if (status < 200 || status > 299) throw new Error(refusal(status, code));
}

/** The words for a refusal: what can be looked up in the provider's manual, and nothing of the message. */
export function refusal(status: number, code: string | number = ''): string {
  const word = String(code);
  return /^[\w-]{1,40}$/.test(word) ? `refused, status ${status}, code ${word}` : `refused, status ${status}`;
}

/** The answer as the schema wants it; undefined where it is no JSON or something else. */
export function tryJson<T>({ text }: Answer, schema: ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** As {@link tryJson}; throws where the answer makes no sense, so that the next provider is tried. */
export function demandJson<T>(answer: Answer, schema: ZodType<T>): T {
  const read = tryJson(answer, schema);
  if (read === undefined) throw new Error(`its answer cannot be read, status ${answer.status}`);
  return read;
}

/** The value of an `Authorization` header (RFC 7617). */
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
