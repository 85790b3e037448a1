import { Hono } from 'hono';
import type { AppEnv, Surfaces } from './context.ts';

/** Whether the process lives, and whether it can work; answered to any host, over any transport. */
export function health(surfaces: Surfaces): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/livez', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    try {
      await surfaces.ready();
      return c.text('ok');
    } catch {
      return c.text('not ready', 503);
    }
  });
  return app;
}
