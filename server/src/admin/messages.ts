/** Messages as the console sees them: where they are, who was tried, what it cost. Never what they say. */
import type { Circumstance } from '../accounts/commit.ts';
import type { Session } from '../accounts/sessions.ts';
import { Problem } from '../errors.ts';
import { triesOf } from '../storage/message-tries.ts';
import { findMessage, listMessages, type MessageFilter, type ShownMessage } from '../storage/messages.ts';
import type { Db } from '../storage/open.ts';
import type { MessageTryRow } from '../storage/tables.ts';
import { demandConsole } from './console.ts';

const perPage = 50;

/** One try to hand a message over. */
export interface ShownTry {
  readonly provider: string;
  readonly state: MessageTryRow['state'];
  readonly at: string;
  /** The provider's id of the message. */
  readonly reference: string | null;
  readonly error: string;
  readonly cost: { readonly amount: string; readonly currency: string } | null;
  /** When the provider last said something about it. */
  readonly toldAt: string | null;
}

/** A message, its destination masked. */
export interface Overview {
  readonly id: string;
  readonly channel: ShownMessage['channel'];
  readonly text: string;
  readonly to: string;
  readonly user: string | null;
  readonly state: ShownMessage['state'];
  readonly provider: string;
  readonly error: string;
  readonly createdAt: string;
  readonly sentAt: string | null;
  readonly expiresAt: string | null;
  /** When its code was answered rightly. */
  readonly answeredAt: string | null;
  readonly tries: readonly ShownTry[];
}

/** Which messages are asked for; `before` is the id of the last one on the page before. */
export interface MessageQuery extends Pick<MessageFilter, 'state' | 'channel'> {
  readonly user?: string | undefined;
  readonly before?: string | undefined;
}

/** A page of messages, newest first, and the `before` of the next one. For console roles. */
export async function messagesFor(
  by: Circumstance,
  session: Session,
  { state, channel, user, before }: MessageQuery,
): Promise<{ messages: Overview[]; next: string | null }> {
  const db = await demandConsole(by, session, 'any-time');
  const last = before === undefined ? undefined : await findMessage(db, before);
  if (before !== undefined && !last) {
    throw new Problem('bad-request', { fields: [{ field: 'before', why: 'no such message' }] });
  }
  const found = await listMessages(db, { state, channel, userId: user, before: last, limit: perPage + 1 });
  const page = found.slice(0, perPage);
  const next = found.length > perPage ? (page.at(-1)?.id ?? null) : null;
  return { messages: await withTries(db, page), next };
}

/** One message. For console roles. Throws `not-found`. */
export async function messageFor(by: Circumstance, session: Session, id: string): Promise<Overview> {
  const db = await demandConsole(by, session, 'any-time');
  const found = await findMessage(db, id);
  const [message] = found ? await withTries(db, [found]) : [];
  if (!message) throw new Problem('not-found');
  return message;
}

async function withTries(db: Db, messages: readonly ShownMessage[]): Promise<Overview[]> {
  const rows = await triesOf(
    db,
    messages.map(({ id }) => id),
  );
  const tries = Map.groupBy(rows, (row) => row.message_id);
  return messages.map((message) => ({
    id: message.id,
    channel: message.channel,
    text: message.text,
    to: message.hint,
    user: message.user_id,
    state: message.state,
    provider: message.provider,
    error: message.error,
    createdAt: iso(message.created_at),
    sentAt: isoOrNull(message.sent_at),
    expiresAt: isoOrNull(message.not_after),
    answeredAt: isoOrNull(message.converted_at),
    tries: (tries.get(message.id) ?? []).map(shown),
  }));
}

const shown = (row: MessageTryRow): ShownTry => ({
  provider: row.provider,
  state: row.state,
  at: iso(row.at),
  reference: row.reference,
  error: row.error,
  cost: row.cost === null ? null : { amount: row.cost, currency: row.currency },
  toldAt: isoOrNull(row.receipt_at),
});

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
