/** The mount list: every surface that answers HTTP. */
import { Hono } from 'hono';
import { Problem } from '../errors.ts';
import { accountRoutes } from './account.ts';
import { authenticatorRoutes } from './authenticator.ts';
import type { AppContext, AppEnv, Surfaces } from './context.ts';
import { devOutbox } from './dev-outbox.ts';
import { flowRoutes } from './flows.ts';
import { health } from './health.ts';
import { invitationRoutes } from './invitations.ts';
import { messageRoutes } from './messages.ts';
import { gate } from './middleware/gate.ts';
import { headers } from './middleware/headers.ts';
import { onError, problemResponse } from './middleware/problems.ts';
import { openApi } from './openapi.ts';
import { pages } from './pages.ts';
import { receiptRoutes } from './receipts.ts';
import type { Route } from './route.ts';
import { tokenRoutes } from './tokens.ts';
import { wellKnown } from './well-known.ts';

const version = '0.1.0';

/** Every route of the JSON API. */
const routes: readonly Route[] = [
  ...flowRoutes,
  ...accountRoutes,
  ...authenticatorRoutes,
  ...invitationRoutes,
  ...tokenRoutes,
  ...messageRoutes,
  ...receiptRoutes,
];

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
  app.all('/api/*', (c) => unrouted(c.req.path));
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

const patterns: readonly (readonly [path: RegExp, method: string])[] = [
  [/^\/api\/v1\/openapi\.json$/, 'get'],
  ...routes.map(({ path, method }) => [new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`), method] as const),
];

/** No route, or one that does not know the method: Allow then says which it knows (RFC 9110 §15.5.6). */
function unrouted(path: string): Response {
  const methods = new Set(patterns.filter(([pattern]) => pattern.test(path)).map(([, method]) => method.toUpperCase()));
  if (methods.size === 0) return problemResponse(new Problem('not-found'));
  if (methods.has('GET')) methods.add('HEAD');
  return problemResponse(new Problem('method-not-allowed'), { allow: [...methods].join(', ') });
}
