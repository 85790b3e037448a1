import type { AllTenants } from './open.ts';

/** How long what is over is kept, in milliseconds. */
export interface Terms {
  readonly flows: number;
  readonly attempts: number;
  /** Totals below `disableAt` failures. */
  readonly totals: number;
  readonly disableAt: number;
  readonly sessions: number;
  readonly messages: number;
}

/** Deletes what is over in all tenants: flows, challenges, counts that have ended long ago, sessions, messages. */
export async function sweep(all: AllTenants, now: number, terms: Terms): Promise<void> {
  const { k } = all;
  await k
    .deleteFrom('challenges')
    .where('expires_at', '<', now - terms.flows)
    .execute();
  await k
    .deleteFrom('flows')
    .where('expires_at', '<', now - terms.flows)
    .execute();
  await k
    .deleteFrom('throttles')
    .where('window_start', '<', now - terms.attempts)
    .execute();
  await k
    .deleteFrom('attempts')
    .where('last_at', '<', now - terms.attempts)
    .where('lane', 'not like', 'all%')
    .execute();
  // Totals stay long, and for good once they disable: a hundred failures in a row count however slowly they come (NIST
  // SP 800-63B-4 §3.2.2). Unknown subjects are kept as long as known ones, or the difference would tell them apart.
  await k
    .deleteFrom('attempts')
    .where('last_at', '<', now - terms.totals)
    .where('count', '<', terms.disableAt)
    .execute();
  await k
    .deleteFrom('sessions')
    .where('expires_at', '<', now - terms.sessions)
    .execute();
  await k
    .deleteFrom('sessions')
    .where('ended_at', '<', now - terms.sessions)
    .execute();
  await k
    .deleteFrom('messages')
    .where('state', 'in', ['sent', 'failed', 'expired', 'nobody'])
    .where('created_at', '<', now - terms.messages)
    .execute();
  await k
    .deleteFrom('invitations')
    .where('expires_at', '<', now - terms.messages)
    .execute();
}
