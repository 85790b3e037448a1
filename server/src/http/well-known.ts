import { Hono } from 'hono';
import type { AppEnv } from './context.ts';

/** Well-known addresses. */
export function wellKnown(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/.well-known/change-password', (c) => c.redirect('/account/password', 303));
  return app;
}
