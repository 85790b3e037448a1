import { z } from 'zod';
import { tellDenied } from '../accounts/denials.ts';
import { Problem } from '../errors.ts';
import { type AppContext, circumstance } from './context.ts';
import { readText } from './middleware/body.ts';
import type { Route } from './route.ts';

const account = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const token = z.string().regex(/^[\w.-]{20,200}$/);

/** A provider tells what became of a message: as a form, as JSON, or in the address alone. */
async function receive(c: AppContext): Promise<Response> {
  const { deps, receive } = c.get('surfaces');
  const at = { account: c.req.param('account') ?? '', token: c.req.param('token') ?? '' };
  const { tenant } = c.get('visit');
  const { pathname, search } = new URL(c.req.url);
  const verdict = await receive(at, {
    method: c.req.method,
    // As it was given to the provider: what it signed.
    url: `${tenant.origin}${pathname}${search}`,
    headers: Object.fromEntries(c.req.raw.headers),
    body: c.req.method === 'POST' ? await readText(c) : '',
  });
  if (verdict === 'taken') return c.body(null, 204);
  const named = verdict === 'no-such-account' ? '' : at.account;
  deps.log.warn({ account: named, reason: verdict }, 'receipt refused');
  await tellDenied(circumstance(c), { type: 'receipt.refused', details: { account: named, reason: verdict } });
  // A provider would send the same again and again: to whoever proved to be one, nothing more is to be said.
  if (verdict === 'unknown-message') return c.body(null, 204);
  throw new Problem(verdict === 'no-such-account' ? 'not-found' : 'bad-request');
}

const route = {
  path: '/api/v1/receipts/{account}/{token}',
  summary: 'Takes a provider’s receipts, as the provider writes them. Its address is given to the provider alone.',
  parameters: { account, token },
  answers: { 204: undefined },
  who: 'anyone',
  handle: receive,
} as const;

/** The routes that providers call. */
export const receiptRoutes: readonly Route[] = [
  { ...route, method: 'get' },
  { ...route, method: 'post' },
];
