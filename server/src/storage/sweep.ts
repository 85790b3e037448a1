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
export async function sweep({ k }: AllTenants, now: number, terms: Terms): Promise<void> {
  const lane = k.deleteFrom('attempts').where('last_at', '<', now - terms.attempts);
  const totals = k.deleteFrom('attempts').where('last_at', '<', now - terms.totals);
  const messages = k.deleteFrom('messages').where('created_at', '<', now - terms.messages);
  const over = [
    k.deleteFrom('challenges').where('expires_at', '<', now - terms.flows),
    k.deleteFrom('flows').where('expires_at', '<', now - terms.flows),
    k.deleteFrom('throttles').where('window_start', '<', now - terms.attempts),
    lane.where('lane', 'not like', 'all%'),
    // Totals stay long, and for good once they disable: a hundred failures in a row count however slowly they come (NIST
    // SP 800-63B-4 §3.2.2). Unknown subjects are kept as long as known ones, or the difference would tell them apart.
    totals.where('count', '<', terms.disableAt),
    k.deleteFrom('sessions').where('expires_at', '<', now - terms.sessions),
    k.deleteFrom('sessions').where('ended_at', '<', now - terms.sessions),
    messages.where('state', 'in', ['sent', 'failed', 'expired', 'nobody']),
    k.deleteFrom('message_tries').where('at', '<', now - terms.messages),
    k.deleteFrom('invitations').where('expires_at', '<', now - terms.messages),
  ];
  for (const statement of over) await statement.execute();
}
