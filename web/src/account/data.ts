/** What the account pages read, and how. */

import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import type { Offerable } from '../../../server/src/flows/prompt.ts';
import type { Level } from '../../../server/src/levels.ts';
import { ApiProblem, call } from '../api.ts';
import { go } from '../navigation.tsx';

/** The signed-in person. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly locale: string;
  readonly createdAt: string;
  readonly roles: readonly string[];
  readonly session: { readonly id: string; readonly level: Level; readonly freshUntil?: string };
  readonly passwordChangedAt: string;
  readonly secondFactor: boolean;
  readonly mustHaveSecondFactor: boolean;
  readonly codesLeft: number | null;
  readonly paperKey: boolean;
  readonly advice: readonly string[];
}

/** One way of confirming that it is you. */
export interface Factor {
  readonly id: string;
  readonly kind: string;
  readonly use: 'everyday' | 'recovery';
  readonly label: string;
  readonly hint: string;
  readonly level: Level;
  readonly preferred: boolean;
  /** Whether it is asked at sign-in: a mailbox steps back once there is something stronger. */
  readonly asked?: boolean;
  readonly state: 'active' | 'lost';
  readonly createdAt: string;
  readonly createdFrom: string;
  readonly lastUsedAt: string | null;
  readonly codesLeft?: number;
  /** A token past its date: refused at sign-in. */
  readonly expired?: boolean;
  /** Cannot be asked as the server is configured. */
  readonly unavailable?: boolean;
  /** Of a hardware token, which can get out of step. */
  readonly serial?: string;
  /** What a passkey is kept in. */
  readonly look?: Look;
}

/** What a passkey is kept in, by its own word. */
export interface Look {
  readonly name: string;
  readonly category: 'phone' | 'computer' | 'cloud' | 'key';
  /** Pictures of the operator's, as `data:` addresses. */
  readonly icon?: { readonly light?: string; readonly dark?: string };
}

/** What the browser may keep of this account's passkeys (WebAuthn L3 §5.1.10). */
export interface Accepted {
  readonly rpId: string;
  readonly userId: string;
  readonly allAcceptedCredentialIds: readonly string[];
}

export interface Factors {
  readonly factors: readonly Factor[];
  readonly kinds: readonly Offerable[];
  readonly credentials: Accepted;
}

/** Where one is signed in. */
export interface Session {
  readonly id: string;
  readonly current: boolean;
  readonly browser: string;
  readonly place: string | null;
  readonly address: string;
  readonly level: Level;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
}

/** Something that happened. */
export interface Happening {
  readonly id: string;
  readonly type: string;
  /** What a step-up was proved for. */
  readonly for?: string;
  readonly at: string;
  readonly browser: string;
  readonly place: string | null;
  readonly address: string;
}

export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: () => call<Account>('GET', '/account'),
});

export const factorsQuery = queryOptions({
  queryKey: ['factors'],
  queryFn: () => call<Factors>('GET', '/account/factors'),
});

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: () => call<{ readonly sessions: readonly Session[] }>('GET', '/account/sessions'),
});

export const activityQuery = queryOptions({
  queryKey: ['activity'],
  queryFn: () => call<{ readonly events: readonly Happening[] }>('GET', '/account/activity'),
});

/** Goes to sign in, and comes back to this page afterwards. */
function signInFirst(): void {
  const { pathname } = window.location;
  go(`/sign-in?return=${encodeURIComponent(pathname)}`, 'replace');
}

/** Whether a failed call means that nobody is signed in any more; then the page is left. */
export function leftOver(thrown: unknown): boolean {
  const out = thrown instanceof ApiProblem && thrown.code === 'not-signed-in';
  if (out) {
    client.clear();
    signInFirst();
  }
  return out;
}

/** What was read, kept in this page's memory. */
export const client = new QueryClient({
  queryCache: new QueryCache({ onError: leftOver }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, thrown) => thrown instanceof ApiProblem && thrown.code === 'network' && count < 2,
    },
  },
});
