/** What a request carries through the surfaces. */
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { Circumstance, Source } from '../accounts/commit.ts';
import type { Tenant, Tenants } from '../accounts/tenant.ts';
import type { Deps } from '../deps.ts';
import { Problem } from '../errors.ts';

/** What the app is built from. */
export interface Surfaces {
  readonly deps: Deps;
  readonly tenants: Tenants;
  readonly development: boolean;
  /** Ranges of proxies whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Folder of the built pages; undefined where only the API is served. */
  readonly pages: string | undefined;
  /** Development only: the mails that were kept instead of sent. */
  readonly keptMessages?: () => readonly KeptMessage[];
  readonly ready: () => Promise<void>;
  /** Takes a provider's receipt, and says what it was. */
  readonly receive: (
    at: { readonly account: string; readonly token: string },
    request: {
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    },
  ) => Promise<'taken' | 'no-such-account' | 'not-genuine' | 'unknown-message'>;
}

/** A message that development mode kept. */
export interface KeptMessage {
  readonly channel: string;
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
  readonly at: string;
}

/** What the front gate has established about a request. */
export interface Visit {
  readonly tenant: Tenant;
  readonly source: Source;
  /** Came over https, or in development from this machine. */
  readonly secure: boolean;
  /** The Origin header names one of the tenant's origins. */
  readonly sameOrigin: boolean;
}

/** Hono's types for the app. */
export interface AppEnv {
  Bindings: {
    readonly incoming?: { readonly socket?: { readonly remoteAddress?: string; readonly encrypted?: boolean } };
    /** The connection's own end, where there is one: events are written to it. */
    readonly outgoing?: ServerResponse;
  };
  Variables: {
    surfaces: Surfaces;
    visit: Visit;
    correlation: string;
    /** The user of the live session that was shown. */
    who?: string;
  };
}

/** A request in the app. */
export type AppContext = Context<AppEnv>;

/** What every commit of this request begins with. */
export const circumstance = (c: AppContext): Circumstance => ({
  deps: c.get('surfaces').deps,
  tenant: c.get('visit').tenant,
  source: c.get('visit').source,
  correlation: c.get('correlation'),
});

/**
 * Cookies alone authorise nothing that changes something: the page must be one of ours (NET-03). Called wherever a
 * cookie is about to be believed.
 */
export function demandSameOrigin(c: AppContext): void {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return;
  if (!c.get('visit').sameOrigin) throw new Problem('cross-site');
}
