import { createHash } from 'node:crypto';
import { type Random, randomId, randomToken } from '../security/random.ts';
import { insertEvent } from '../storage/events.ts';
import type { Tx } from '../storage/open.ts';
import type { AuditEvent } from './events.ts';

/** Where an event comes from: the same for everything that one request does. */
export interface Circumstances {
  /** The flow's or request's id: one sign-in can be followed by it. */
  readonly correlation: string;
  readonly address: string;
  readonly browser: string;
  readonly now: number;
  readonly random: Random;
}

/**
 * Writes an event in the commit that it tells of. It is numbered, chained and signed later by the sealer, over a
 * salted digest of the personal fields, so that erasing those breaks no chain.
 */
export async function record(tx: Tx, event: AuditEvent, from: Circumstances): Promise<void> {
  await insertEvent(
    tx,
    {
      id: randomId(from.random),
      at: from.now,
      type: event.type,
      actor: event.actor === undefined ? (event.userId ?? null) : event.actor,
      user_id: event.userId ?? null,
      correlation: from.correlation,
      address: from.address,
      browser: oneLine(from.browser),
      details: JSON.stringify(event.details),
    },
    event.person ? personOf(event.person, from.random) : undefined,
  );
}

function personOf(person: Readonly<Record<string, string>>, random: Random) {
  const salt = randomToken(random, 16);
  const clean = Object.fromEntries(Object.entries(person).map(([key, value]) => [key, oneLine(value)]));
  const data = JSON.stringify(clean);
  return { salt, data, digest: createHash('sha256').update(`${salt}.${data}`).digest('base64url') };
}

/** Control characters cannot break a line or colour a terminal (ASVS 16.4.1). */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').slice(0, 400);
}
