import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../context.ts';

const always: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'x-frame-options': 'DENY',
};

/** Answers that are data: nothing may be loaded from them, framed or stored. */
const forData = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Pages: everything from this origin, nothing inline (NET-02). */
export const forPages =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
  "manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const twoYears = 'max-age=63072000; includeSubDomains';

const alwaysIn = (development: boolean): Readonly<Record<string, string>> =>
  development ? always : { ...always, 'strict-transport-security': twoYears };

/** The headers of an answer that no surface made. */
export const dataHeaders = (development: boolean): [name: string, value: string][] => [
  ...Object.entries(alwaysIn(development)),
  ['content-security-policy', forData],
  ['cache-control', 'no-store'],
];

/** Sets the headers of every answer, errors included. What a surface has set itself stays. */
export function headers(development: boolean): MiddlewareHandler<AppEnv> {
  const names = Object.entries(alwaysIn(development));
  return async (c, next) => {
    await next();
    const to = c.res.headers;
    for (const [name, value] of names) to.set(name, value);
    if (!to.has('content-security-policy')) to.set('content-security-policy', forData);
    if (!to.has('cache-control')) to.set('cache-control', 'no-store');
  };
}
