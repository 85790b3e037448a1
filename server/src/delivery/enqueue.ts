/** How a message gets into the outbox: as a row in the transaction of what causes it, sealed and of one size. */
import type { Keyring } from '../security/sealing.ts';
import { insertMessage } from '../storage/messages.ts';
import type { Tx } from '../storage/open.ts';
import { nearestLocale, render } from '../texts/index.ts';
import type { Channel, Message } from './deliver.ts';
import { pushServiceOf } from './push/subscription.ts';

const minute = 60_000;
/** How long a message to nobody without an end of its own keeps its body. */
const nobodyMs = 10 * minute;
/** A sealed body grows in steps of this many bytes, so that its size tells nothing about an address or a name. */
const step = 512;

const boundTo = (tenant: string, id: string): string => `message:${tenant}:${id}`;

/** Spaces after JSON mean nothing to the reader. */
function padded(text: string): string {
  const bytes = Buffer.byteLength(text);
  return text + ' '.repeat(Math.ceil((bytes + 1) / step) * step - bytes);
}

const wholeMinutes = (ms: number): string => String(Math.max(1, Math.floor(ms / minute)));

const dots = '•••';

/** What the console shows of a destination: enough to talk about it, too little to write to it. */
function hintOf(channel: Channel, to: string): string {
  if (channel === 'sms') return `${to.slice(0, 3)}${dots}${to.slice(-2)}`;
  if (channel === 'push') return pushServiceOf(to);
  const at = to.lastIndexOf('@');
  return at < 0 ? '' : `${[...to][0] ?? ''}${dots}@${[...to.slice(at + 1)][0] ?? ''}${dots}`;
}

/**
 * Writes a message in the caller's transaction; it leaves after the commit. `id` is random and becomes the Message-ID.
 * `{minutes}` comes from the message's end where it is not given. A message to nobody (`to: null`) is the same row with
 * a body of the same shape and size, in a state that is never sent. Throws where the text needs a parameter that is
 * not there.
 */
export async function enqueue(
  tx: Tx,
  message: Message,
  { id, now, keyring }: { readonly id: string; readonly now: number; readonly keyring: Keyring },
): Promise<void> {
  const nobody = message.to === null;
  const to = message.to ?? '';
  const minutes: Record<string, string> = message.notAfter ? { minutes: wholeMinutes(message.notAfter - now) } : {};
  const parameters: Record<string, string> = { ...minutes, ...message.parameters };
  // A hole in a text is a fault of the flow that made the message: found there, and not when nobody looks any more.
  render(nearestLocale(message.locale), message.text, { service: '', origin: '', ...parameters });
  const body = JSON.stringify({ to, parameters });
  await insertMessage(tx, {
    id,
    channel: message.channel,
    user_id: message.userId ?? null,
    text: message.text,
    locale: message.locale,
    body: keyring.seal(padded(body), boundTo(tx.tenant, id)),
    state: nobody ? 'nobody' : 'queued',
    tries: 0,
    next_at: nobody ? (message.notAfter ?? now + nobodyMs) : now,
    lease_until: 0,
    not_after: message.notAfter ?? null,
    created_at: now,
    sent_at: null,
    provider: '',
    error: '',
    challenge_id: message.challengeId ?? null,
    converted_at: null,
    prefix: message.prefix ? `+${message.prefix}` : '',
    hint: hintOf(message.channel, to),
  });
}

/** Opens the body of a message's row: where it goes, and what its text is filled with. Throws `SealBroken`. */
export function openBody(
  { tenant, id, body }: { readonly tenant: string; readonly id: string; readonly body: string },
  keyring: Keyring,
): Pick<Message, 'parameters'> & { readonly to: string } {
  return JSON.parse(keyring.open(body, boundTo(tenant, id))) as Pick<Message, 'parameters'> & { to: string };
}
