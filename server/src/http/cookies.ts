/** The cookies: one for the session, one for each pending flow, one that knows a browser. */
import { getCookie } from 'hono/cookie';
import { serialize } from 'hono/utils/cookie';
import type { AppContext } from './context.ts';

const thirteenMonths = 400 * 24 * 3600;

/** With `__Host-` a cookie is this host's alone, over https, for all paths (NIST SP 800-63B-4 §5.1.1). */
const prefixed = (c: AppContext, name: string): string => (c.get('surfaces').development ? name : `__Host-${name}`);

function write(c: AppContext, name: string, value: string, how: { maxAge?: number; sameSite: 'Lax' | 'Strict' }): void {
  const secure = !c.get('surfaces').development;
  c.header('set-cookie', serialize(prefixed(c, name), value, { path: '/', httpOnly: true, secure, ...how }), {
    append: true,
  });
}

const session = 'secondlock';
const known = 'secondlock-known';
const flow = (id: string): string => `secondlock-flow-${id.slice(0, 12)}`;

/** The session's token, as the browser sent it. */
export const sessionCookie = (c: AppContext): string | undefined => getCookie(c, prefixed(c, session));

/** Hands the session to the browser, for as long as the browser runs; the server decides how long it is good. */
export const giveSession = (c: AppContext, token: string): void => write(c, session, token, { sameSite: 'Lax' });

/** Takes the session away. */
export const takeSession = (c: AppContext): void => write(c, session, '', { sameSite: 'Lax', maxAge: 0 });

/** The secret that continues a flow. */
export const flowCookie = (c: AppContext, id: string): string | undefined => getCookie(c, prefixed(c, flow(id)));

/** Binds a flow to this browser. */
export const giveFlow = (c: AppContext, id: string, secret: string, seconds: number): void =>
  write(c, flow(id), secret, { sameSite: 'Strict', maxAge: Math.max(1, seconds) });

/** Unbinds a flow that is over. */
export const takeFlow = (c: AppContext, id: string): void => write(c, flow(id), '', { sameSite: 'Strict', maxAge: 0 });

/** The known-browser token. */
export const browserCookie = (c: AppContext): string | undefined => getCookie(c, prefixed(c, known));

/** Makes this browser a known one. */
export const giveBrowser = (c: AppContext, token: string): void =>
  write(c, known, token, { sameSite: 'Lax', maxAge: thirteenMonths });
