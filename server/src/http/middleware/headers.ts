import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../context.ts';

const always: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

const permissions = (camera: string): string => `camera=${camera}, microphone=(), geolocation=(), payment=(), usb=()`;

/** For the page that scans QR codes. */
export const withCamera = permissions('(self)');

/** Answers that are data: nothing may be loaded from them, framed or stored. */
const forData = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The service worker: it runs no code but its own, and fetches the parts that it keeps. */
export const forServiceWorker = forData.replace(';', "; connect-src 'self';");

/** Pages: everything from this origin, nothing inline (NET-02). */
export const forPages =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
  "manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** What holds where a surface has said nothing else. */
const unlessSet: Readonly<Record<string, string>> = {
  'content-security-policy': forData,
  'permissions-policy': permissions('()'),
  'cache-control': 'no-store',
};

const twoYears = 'max-age=63072000; includeSubDomains';

const alwaysIn = (development: boolean): Readonly<Record<string, string>> =>
  development ? always : { ...always, 'strict-transport-security': twoYears };

/** The headers of an answer that no surface made. */
export const dataHeaders = (development: boolean): [name: string, value: string][] => [
  ...Object.entries(alwaysIn(development)),
  ...Object.entries(unlessSet),
];

/** Sets the headers of every answer, errors included. What a surface has set itself stays. */
export function headers(development: boolean): MiddlewareHandler<AppEnv> {
  const names = Object.entries(alwaysIn(development));
  return async (c, next) => {
    await next();
    const to = c.res.headers;
    for (const [name, value] of names) to.set(name, value);
    for (const [name, value] of Object.entries(unlessSet)) if (!to.has(name)) to.set(name, value);
  };
}
