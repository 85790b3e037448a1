import type { AuditEvent } from '../audit/events.ts';
import { denialsTold } from '../policy/limits.ts';
import { takePlace } from '../storage/throttles.ts';
import { type Circumstance, commit } from './commit.ts';

/** Tells the audit what was denied; so often per source and no more, so that a flood of refusals fills no table. */
export const tellDenied = (by: Circumstance, event: AuditEvent): Promise<void> =>
  commit(by, async (c) => {
    const quota = { key: `denied:${by.source.network}`, ...denialsTold };
    if (await takePlace(c.tx, quota, c.now)) await c.record(event);
  });
