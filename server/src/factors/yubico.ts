/**
 * Asks a validation server about a Yubico OTP, by protocol version 2.0
 * (https://developers.yubico.com/OTP/Specifications/OTP_validation_protocol.html). An answer counts when it is signed,
 * and for this very question; whatever else comes back is no answer at all.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../errors.ts';
import type { Given } from './factor.ts';

/** Where to ask, and as whom. */
export interface Validation {
  /** Tried in order. */
  readonly urls: readonly string[];
  readonly clientId: string;
  /** The key shared with the servers, base64. */
  readonly secret: string;
  /** Milliseconds for each server. */
  readonly timeout: number;
}

/** What a server says. `count` orders the touches of one key: plugging in and touching both raise it. */
export type Validated =
  | { readonly is: 'ok'; readonly count?: number }
  | { readonly is: 'wrong' }
  | { readonly is: 'replayed' };

/** Verdicts on a code. Every other status is about the server or this client, and says nothing on the code. */
const verdicts: Readonly<Record<string, Validated['is']>> = {
  OK: 'ok',
  BAD_OTP: 'wrong',
  REPLAYED_OTP: 'replayed',
  REPLAYED_REQUEST: 'replayed',
};

/** Ten short lines; more is no answer of this protocol. */
const longestAnswer = 4096;

/** Asks the servers in turn. Throws `unavailable` where none of them gives a genuine verdict: the answer is no (FLOW-07). */
export async function validate(
  given: Pick<Given, 'fetch' | 'random'>,
  validation: Validation,
  otp: string,
): Promise<Validated> {
  for (const url of validation.urls) {
    // Alphanumeric, 16 to 40 letters, and never twice: an answer to another question does not fit.
    const nonce = Buffer.from(given.random(16)).toString('hex');
    const text = await ask(given.fetch, url, question(validation, otp, nonce), validation.timeout);
    const fields = text === undefined ? undefined : genuine(validation, text);
    if (fields?.get('otp') !== otp || fields.get('nonce') !== nonce) continue;
    const is = verdicts[fields.get('status') ?? ''];
    if (is === 'ok') return { is, ...countOf(fields) };
    if (is !== undefined) return { is };
  }
  throw new Problem('unavailable', { retryAfter: 5 });
}

function question({ clientId, secret }: Validation, otp: string, nonce: string): URLSearchParams {
  const fields = new Map([
    ['id', clientId],
    ['nonce', nonce],
    ['otp', otp],
    // As many of the servers' peers as they hold for secure must have seen the counters.
    ['sl', 'secure'],
    ['timestamp', '1'],
  ]);
  return new URLSearchParams([...fields, ['h', signature(secret, fields).toString('base64')]]);
}

async function ask(
  fetch: Given['fetch'],
  url: string,
  fields: URLSearchParams,
  timeout: number,
): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}?${fields}`, { redirect: 'error', signal: AbortSignal.timeout(timeout) });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > longestAnswer) return undefined;
    }
    return response.ok ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The fields of an answer whose signature is right; it is compared before anything else of the answer is looked at. */
function genuine({ secret }: Validation, text: string): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/).filter((each) => each.trim() !== '')) {
    const cut = line.indexOf('=');
    const name = line.slice(0, cut).trim();
    if (cut < 1 || fields.has(name)) return undefined;
    fields.set(name, line.slice(cut + 1).trim());
  }
  const signed = Buffer.from(fields.get('h') ?? '', 'base64');
  fields.delete('h');
  const due = signature(secret, fields);
  return signed.length === due.length && timingSafeEqual(signed, due) ? fields : undefined;
}

/** HMAC-SHA-1 over the fields, sorted by name, joined by `&` and not encoded. */
function signature(secret: string, fields: ReadonlyMap<string, string>): Buffer {
  const sorted = [...fields].sort(([one], [other]) => (one < other ? -1 : 1));
  const text = sorted.map(([name, value]) => `${name}=${value}`).join('&');
  return createHmac('sha1', Buffer.from(secret, 'base64')).update(text).digest();
}

/** 15 bits of plugging in, 8 bits of touching. */
function countOf(fields: ReadonlyMap<string, string>): { count?: number } {
  const [session, use] = [fields.get('sessioncounter') ?? '', fields.get('sessionuse') ?? ''];
  const both = /^[0-9]{1,5}$/.test(session) && /^[0-9]{1,3}$/.test(use);
  return both ? { count: Number(session) * 256 + Number(use) } : {};
}
