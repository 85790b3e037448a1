/** What providers tell later, over HTTP: reading it, and telling the genuine from the forged. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { sameText } from '../security/tokens.ts';
import type { Receipt, ReceiptRequest } from './deliver.ts';

/** HMAC-SHA-256 in hexadecimal digits (RFC 2104). */
export const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('hex');

/** A header of a request by its name in lower case; empty where there is none. */
export const headerOf = ({ headers }: ReceiptRequest, name: string): string =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] ?? '';

/** A query string or the body of a form as fields; of a name that comes twice, the last. */
export const fieldsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(text));

/** The part of an address behind the first `?`. */
export const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

/** The body as JSON; undefined where it is none. */
export function jsonOf({ body }: ReceiptRequest): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** A flat JSON object of texts and numbers, all as texts. */
const flat = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** A receipt's fields, however it came: in the query, as a form or as flat JSON; undefined where it is none of them. */
export function anyFieldsOf(request: ReceiptRequest): Readonly<Record<string, string>> | undefined {
  const query = fieldsOf(queryOf(request.url));
  if (request.method === 'GET') return query;
  if (!headerOf(request, 'content-type').startsWith('application/json')) return { ...query, ...fieldsOf(request.body) };
  const { data } = flat.safeParse(jsonOf(request));
  return (
    data && { ...query, ...Object.fromEntries(Object.entries(data).map(([key, value]) => [key, `${value ?? ''}`])) }
  );
}

/** How receipts of one message are told from forged ones where the provider signs none: by its own signed address. */
const seal = (key: string, id: string): string => hmac(key, `receipt:${id}`);

/**
 * The address for receipts of one message, with its id and a signature that only `key` makes, for providers that do not
 * sign. `more` is put behind as it is (`&status=%d`). Empty where the service cannot be reached.
 */
export function sealedUrl(receiptUrl: string, key: string, id: string, more = ''): string {
  if (receiptUrl === '') return '';
  const joint = receiptUrl.includes('?') ? '&' : '?';
  return `${receiptUrl}${joint}message=${encodeURIComponent(id)}&seal=${seal(key, id)}${more}`;
}

/** The message's id in an address of {@link sealedUrl}; undefined where the signature is another. */
export function sealedId(url: string, key: string): string | undefined {
  const { message, seal: given } = fieldsOf(queryOf(url));
  return message && given && sameText(given, seal(key, message)) ? message : undefined;
}

/** A provider's reason without what could be personal: one line, no addresses, no long numbers, at most 100 characters. */
export const cleaned = (text: string): string =>
  text
    .slice(0, 1000)
    .replace(/\S*@\S*/g, '…')
    .replace(/\+?\d[\d\s().-]{2,}\d/g, '…')
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 100);

/** A receipt; none where the provider's word stands for no state. `error` is the provider's code, for failures only. */
export function receiptOf(reference: string, state: Receipt['state'] | undefined, error = ''): Receipt[] {
  if (!state || reference === '') return [];
  const code = error
    .replace(/[^\w ,-]/g, '')
    .trim()
    .slice(0, 60);
  return [{ reference, state, ...(state === 'failed' && code ? { error: code } : {}) }];
}
