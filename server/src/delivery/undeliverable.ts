/** Messages that no further try will deliver, and destinations that are gone. */
import type { Log } from '../deps.ts';
import type { ClaimedMessage } from '../storage/messages.ts';
import type { Channel } from './deliver.ts';

/** A message that no further try will deliver: the next hop said a final no to this one recipient. */
export class Undeliverable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Undeliverable';
  }
}

/** As {@link Undeliverable}, and nothing will ever be delivered there again: whoever keeps the destination can drop it. */
export class Gone extends Undeliverable {}

/** A destination that nothing will be delivered to any more, and whose it was. */
export interface GoneDestination {
  readonly tenant: string;
  readonly channel: Channel;
  readonly userId: string | null;
  readonly to: string;
}

/** Drops a destination that is gone, in a transaction of its own. */
export type OnGone = (gone: GoneDestination) => Promise<void>;

/** Tells of a destination where `why` says that it is gone. What cannot be told now is told by the next message there. */
export async function tellGone(
  { onGone, log }: { readonly onGone?: OnGone | undefined; readonly log: Log },
  { tenant, channel, user_id: userId, id }: ClaimedMessage,
  to: string,
  why: unknown,
): Promise<void> {
  if (!(why instanceof Gone)) return;
  try {
    await onGone?.({ tenant, channel, userId, to });
  } catch (error) {
    log.error({ tenant, message: id, err: error }, 'a destination that is gone could not be dropped');
  }
}
