/**
 * The one way to call an address that a user gave (a push service). It leads outside, or the call is not made: the name
 * is looked up here, every address it has is checked, and the connection goes to the addresses that were checked, so
 * that no second look-up can say something else (OWASP SSRF Prevention Cheat Sheet; ASVS 1.3.6). Redirects are
 * answers, and are not followed.
 */
import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { isOutside } from './network-address.ts';

/** What is asked. */
export interface GuardedRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** What came back, whatever the status. */
export interface GuardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * Calls an address. Throws {@link AddressRefused} where it may not be called, and a short error without any part of
 * the request where nobody answers in time, the certificate does not hold or the answer is too large.
 */
export type GuardedFetch = (address: string, request: GuardedRequest) => Promise<GuardedAnswer>;

/** The addresses of a name; `named` where it stands in the operator's configuration. */
export type Lookup = (host: string, named: boolean) => Promise<readonly string[]>;

/** What a {@link GuardedFetch} keeps to. */
export interface Guard {
  /** Origins in the operator's configuration: they may be anywhere, on any port. */
  readonly named: readonly string[];
  /** PEM text of an authority that is trusted for those origins beside the usual ones, and for no other. */
  readonly ca?: string | undefined;
  readonly lookup: Lookup;
  /** Milliseconds for everything, the look-up included. */
  readonly timeoutMs?: number;
}

/** An address that nobody outside may have called from here. */
export class AddressRefused extends Error {
  constructor() {
    super('the address may not be called');
    this.name = 'AddressRefused';
  }
}

/** Answers of push services are below a kilobyte. */
const mostBytes = 64 * 1024;
const usualTimeoutMs = 5000;
const longestAddress = 2000;
/** How long one of several addresses may take to connect before the next one is tried. */
const attemptMs = 1000;

/**
 * The port of https (as URLs write it), and the one that https has where that is taken. Any other would let a user
 * knock at other people's ports from here, and speak TLS to what expects something else.
 */
const ports: readonly string[] = ['', '8443'];

/** Names that only this machine or its network answers to (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const local = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|home\.arpa)$/;

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

function leadsOutside(hostname: string): boolean {
  const host = bare(hostname);
  if (isIP(host)) return isOutside(host);
  return host.includes('.') && !local.test(host);
}

/**
 * Whether an address that a user gave may be kept, so far as the address itself says: what its name leads to is checked
 * at each call. `named` are the origins in the operator's configuration. Pure.
 */
export function allowedEndpoint(address: string, named: readonly string[] = []): boolean {
  if (address.length > longestAddress || !URL.canParse(address)) return false;
  const { protocol, origin, hostname, port, username, password } = new URL(address);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  return named.includes(origin) || (ports.includes(port) && leadsOutside(hostname));
}

/** Makes the one way to call addresses that users gave. */
export function guardedFetch({ named, ca, lookup, timeoutMs = usualTimeoutMs }: Guard): GuardedFetch {
  // Made once: it holds more than a hundred certificates.
  const own = ca === undefined ? undefined : createSecureContext({ ca: [...getCACertificates('default'), ca] });
  return async (address, asked) => {
    if (!allowedEndpoint(address, named)) throw new AddressRefused();
    const url = new URL(address);
    const isNamed = named.includes(url.origin);
    const signals = [AbortSignal.timeout(timeoutMs), ...(asked.signal ? [asked.signal] : [])];
    const signal = AbortSignal.any(signals);
    try {
      const found = await before(signal, addressesOf(url.hostname, isNamed, lookup));
      if (found.length === 0) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      if (!isNamed && !found.every(isOutside)) throw new AddressRefused();
      return await ask(url, found, { ...asked, signal }, isNamed && own ? { secureContext: own } : {});
    } catch (error) {
      if (error instanceof AddressRefused || error instanceof TooLarge) throw error;
      throw new Error(signal.aborted ? 'no answer in time' : `not reached: ${reasonOf(error)}`);
    }
  };
}

async function addressesOf(hostname: string, isNamed: boolean, lookup: Lookup): Promise<readonly string[]> {
  const host = bare(hostname);
  return isIP(host) ? [host] : lookup(host, isNamed);
}

/** Gives up at the end of the time, whatever the promise does. */
function before<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return Promise.race([promise, late]).finally(() => signal.removeEventListener('abort', end));
}

/** Gives the connection the addresses that were checked, whatever name it asks for. */
const fixed = (addresses: readonly string[]): LookupFunction => {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_, { all }, done) => (all ? done(null, found) : done(null, found[0]?.address ?? '', found[0]?.family));
};

function ask(
  url: URL,
  addresses: readonly string[],
  { method, headers, body, signal }: GuardedRequest,
  trusted: { readonly secureContext?: SecureContext },
): Promise<GuardedAnswer> {
  return new Promise((resolve, reject) => {
    // An agent of its own: neither a connection that was made for somebody else, nor a proxy of the environment.
    const to = { agent: false as const, lookup: fixed(addresses), autoSelectFamilyAttemptTimeout: attemptMs };
    const given = { method, headers, ...to, ...trusted, ...(signal ? { signal } : {}) };
    const request = httpsRequest(url, given, (response) => {
      const { statusCode: status = 0, headers } = response;
      bounded(response).then((text) => resolve({ status, headers, text }), reject);
    });
    request.on('error', reject);
    request.on('close', () => reject(new Error('closed')));
    request.end(body);
  });
}

class TooLarge extends Error {}

async function bounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > mostBytes) throw new TooLarge('its answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The system's code (`ECONNREFUSED`, `CERT_HAS_EXPIRED`): the network's own words could repeat the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

const nothing = (error: unknown): string[] => {
  const { code } = error as { code?: unknown };
  // One family of addresses is enough.
  if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
  throw error;
};

/**
 * Looks names up in the world. A name that a user gave is asked for over the network and not of the system: its look-up
 * takes one of four threads for as long as the name's owner likes, and password hashes wait for the same threads.
 * Names in the operator's configuration may stand in the system's own files.
 */
export function worldLookup(): Lookup {
  const resolver = new Resolver({ timeout: 1500, tries: 2 });
  return async (host, named) => {
    if (named) return (await systemLookup(host, { all: true })).map(({ address }) => address);
    const found = [resolver.resolve4(host).catch(nothing), resolver.resolve6(host).catch(nothing)];
    return (await Promise.all(found)).flat();
  };
}
