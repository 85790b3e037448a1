/** The front gate: which tenant, from where, over what, from whose page. Nothing that a client says is believed here. */
import type { MiddlewareHandler } from 'hono';
import type { Source } from '../../accounts/commit.ts';
import type { Tenant } from '../../accounts/tenant.ts';
import { Problem } from '../../errors.ts';
import { nearestLocale } from '../../texts/index.ts';
import type { AppContext, AppEnv, Surfaces } from '../context.ts';
import { browserCookie } from '../cookies.ts';
import { browserOf } from './browser.ts';
import { ClientAddress, networkOf } from './client-address.ts';

const mainTenant = 'main';

const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/** Lets a request in, with what was established about it. */
export function gate(surfaces: Surfaces): MiddlewareHandler<AppEnv> {
  const addresses = new ClientAddress(surfaces.trustedProxies);
  return async (c, next) => {
    const { random } = surfaces.deps;
    c.set('surfaces', surfaces);
    c.set('correlation', Buffer.from(random(12)).toString('base64url'));
    const peer = c.env?.incoming?.socket?.remoteAddress ?? '127.0.0.1';
    const tenant = await surfaces.tenants.get(mainTenant);
    if (surfaces.development) developmentOnly(c, tenant);
    else productionOnly(c, tenant, addresses.trusts(peer));
    const forwarded = surfaces.development ? undefined : c.req.header('x-forwarded-for');
    const address = addresses.of(peer, forwarded);
    c.set('visit', {
      tenant,
      secure: !surfaces.development,
      sameOrigin: tenant.origins.includes(c.req.header('origin') ?? ''),
      source: sourceOf(c, surfaces, address),
    });
    refuseStrangers(c, tenant);
    await next();
  };
}

function sourceOf(c: AppContext, surfaces: Surfaces, address: string): Source {
  return {
    address,
    network: networkOf(address),
    browser: browserOf(c.req.header('user-agent')),
    place: surfaces.deps.placeOf(address),
    browserToken: browserCookie(c),
    locale: nearestLocale(c.req.header('accept-language') ?? 'en'),
  };
}

/** Development answers this machine alone: no other name leads here, and no proxy stands before it. */
function developmentOnly(c: AppContext, tenant: Tenant): void {
  const proxied = forwardingHeaders.some((name) => c.req.header(name) !== undefined);
  if (proxied || !tenant.hosts.includes(c.req.header('host') ?? '')) {
    throw new Problem('wrong-host');
  }
}

/** Production answers https under a configured name; nothing is redirected (NET-01). */
function productionOnly(c: AppContext, tenant: Tenant, throughProxy: boolean): void {
  const secure = throughProxy
    ? c.req.header('x-forwarded-proto') === 'https'
    : c.env?.incoming?.socket?.encrypted === true;
  if (!secure) throw new Problem('https-required');
  if (!tenant.hosts.includes(c.req.header('host') ?? '')) throw new Problem('wrong-host');
}

/** A page of another origin is refused whatever it asks (NET-05). */
function refuseStrangers(c: AppContext, tenant: Tenant): void {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  const api = c.req.path.startsWith('/api/');
  if (origin !== undefined && !tenant.origins.includes(origin)) throw new Problem('cross-site');
  if (api && site !== undefined && site !== 'same-origin' && site !== 'none') throw new Problem('cross-site');
}
