/** Addresses and headers of mails, for whoever hands a mail on. */
import type { Rendered } from '../deliver.ts';
import { Undeliverable } from '../undeliverable.ts';

/** One address and nothing that could become a second one or another header. */
const oneAddress = /^[^\s\p{Cc},;:<>()[\]\\"@]{1,64}@[^\s\p{Cc},;:<>()[\]\\"@]{1,255}$/u;

/** A text for one header: no line ends, no controls. */
export const headerText = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** Who a mail goes to, who it is from, and its Message-ID without brackets. */
export interface Envelope {
  readonly to: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly messageId: string;
}

/** Checks the addresses and the id. Throws `Undeliverable` where the recipient is not one address, an error for the others. */
export function envelopeOf({ id, to, from }: Rendered): Envelope {
  if (!oneAddress.test(to)) throw new Undeliverable('The recipient is not one address.');
  if (!oneAddress.test(from.address)) throw new Error('The sender is not one address.');
  if (!/^[\w-]+$/.test(id)) throw new Error('The message id cannot stand in a header.');
  const host = from.address.slice(from.address.lastIndexOf('@') + 1);
  return { to, from: { name: headerText(from.name), address: from.address }, messageId: `${id}@${host}` };
}

/** No holiday answers to a machine (RFC 3834 §5). */
export const automatic = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' } as const;
