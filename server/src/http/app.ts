/** The mount list: every surface that answers HTTP. */
import { Hono } from 'hono';
import { Problem } from '../errors.ts';
import { accountRoutes } from './account.ts';
import type { AppContext, AppEnv, Surfaces } from './context.ts';
import { devOutbox } from './dev-outbox.ts';
import { flowRoutes } from './flows.ts';
import { health } from './health.ts';
import { invitationRoutes } from './invitations.ts';
import { gate } from './middleware/gate.ts';
import { headers } from './middleware/headers.ts';
import { onError, problemResponse } from './middleware/problems.ts';
import { openApi } from './openapi.ts';
import { pages } from './pages.ts';
import type { Route } from './route.ts';
import { wellKnown } from './well-known.ts';

const version = '0.1.0';

/** Every route of the JSON API. */
const routes: readonly Route[] = [...flowRoutes, ...accountRoutes, ...invitationRoutes];

/** Builds the app. */
export function createApp(surfaces: Surfaces): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const document = openApi(routes, version);
  app.onError(onError);
  app.use(headers(surfaces.development));
  app.route('/', health(surfaces));
  app.use(gate(surfaces));
  app.get('/api/v1/openapi.json', (c) => c.json(document));
  for (const route of routes) app.on(route.method.toUpperCase(), honoPath(route.path), (c) => handle(route, c));
  app.all('/api/*', (c) => problemResponse(new Problem(knownPath(c.req.path) ? 'method-not-allowed' : 'not-found')));
  if (surfaces.development && surfaces.keptMessages) app.route('/', devOutbox(surfaces.keptMessages));
  app.route('/', wellKnown());
  if (surfaces.pages !== undefined) app.route('/', pages(surfaces.pages));
  app.notFound(() => problemResponse(new Problem('not-found')));
  return app;
}

/** What names nothing reaches no table: a database may refuse the text itself. */
function handle(route: Route, c: AppContext): Promise<Response> | Response {
  for (const [name, of] of Object.entries(route.parameters ?? {})) {
    if (!of.safeParse(c.req.param(name)).success) throw new Problem('not-found');
  }
  return route.handle(c);
}

const honoPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

const patterns = routes.map((route) => new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`));

const knownPath = (path: string): boolean => patterns.some((pattern) => pattern.test(path));
