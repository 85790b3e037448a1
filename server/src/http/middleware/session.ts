import { check, type Session } from '../../accounts/sessions.ts';
import { Problem } from '../../errors.ts';
import { type AppContext, demandSameOrigin } from '../context.ts';
import { sessionCookie } from '../cookies.ts';

const bearer = /^Bearer ([A-Za-z0-9_-]{20,200})$/;

/** The token of an `Authorization: Bearer` header, or undefined. */
export const bearerToken = (c: AppContext): string | undefined => bearer.exec(c.req.header('authorization') ?? '')?.[1];

/** The live session of a request, or undefined. A token that was given to a cookie works in no header, nor the reverse. */
export async function sessionOf(c: AppContext): Promise<Session | undefined> {
  const fromHeader = bearerToken(c);
  const token = fromHeader ?? sessionCookie(c);
  if (token === undefined) return undefined;
  const { tenant, source } = c.get('visit');
  const session = await check(c.get('surfaces').deps, tenant.id, token, source);
  if (session?.transport !== (fromHeader === undefined ? 'cookie' : 'token')) return undefined;
  c.set('who', session.user_id);
  if (fromHeader === undefined) demandSameOrigin(c);
  return session;
}

/** The same, or `not-signed-in`. */
export async function demandSession(c: AppContext): Promise<Session> {
  const session = await sessionOf(c);
  if (!session) throw new Problem('not-signed-in');
  return session;
}
