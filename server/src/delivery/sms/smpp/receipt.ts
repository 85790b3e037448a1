/** Delivery receipts as SMSCs send them: by the TLVs of SMPP 3.4 §5.3.2, or by the text of appendix B. */
import smpp, { type Unit } from 'smpp';
import type { Receipt } from '../../deliver.ts';

/** How the ids in receipts differ from those in answers: some SMSCs write one in hexadecimal and the other in decimal. */
export type ReceiptIds = 'same' | 'hex-to-decimal' | 'decimal-to-hex';

const states: Readonly<Record<string, Receipt['state']>> = {
  SCHEDULED: 'sent',
  ENROUTE: 'sent',
  DELIVRD: 'delivered',
  EXPIRED: 'failed',
  DELETED: 'failed',
  UNDELIV: 'failed',
  ACCEPTD: 'sent',
  // The SMSC does not know either: nothing has ended.
  UNKNOWN: 'sent',
  REJECTD: 'failed',
  SKIPPED: 'failed',
};

/** `message_state` of §5.2.28, in the order of its values. */
const numbered = Object.keys(states);

const writtenId = /^[\x21-\x7e]{1,64}$/;

/** A number of any length written in one base, in another; as it is where it is none. */
function rebased(id: string, from: 'hex' | 'decimal', to: 'hex' | 'decimal'): string {
  if (!(from === 'hex' ? /^[0-9a-f]+$/i : /^[0-9]+$/).test(id)) return id;
  return BigInt(from === 'hex' ? `0x${id}` : id).toString(to === 'hex' ? 16 : 10);
}

/** The one way to write an id that stood in an answer, so that {@link readReceipt} finds the same. */
export function answeredId(id: string, ids: ReceiptIds): string {
  if (ids === 'same') return id;
  return ids === 'hex-to-decimal' ? rebased(id, 'hex', 'decimal') : rebased(id, 'decimal', 'hex');
}

function receiptedId(id: string, ids: ReceiptIds): string {
  if (ids === 'same') return id;
  return ids === 'hex-to-decimal' ? rebased(id, 'decimal', 'decimal') : rebased(id, 'hex', 'hex');
}

/** The text byte by byte. The package reads coding 0 and 1 as GSM-7, but receipts are ASCII: an id's `_` would become `§`. */
function plainText({ short_message, message_payload, data_coding = 0 }: Unit): string {
  const given = message_payload ?? short_message;
  const message = typeof given === 'object' && 'message' in given ? given.message : given;
  if (Buffer.isBuffer(message)) return message.toString('latin1');
  if (typeof message !== 'string') return '';
  return (data_coding & 0x0f) <= 1 ? smpp.encodings.ASCII.encode(message).toString('latin1') : message;
}

/**
 * Whether a `deliver_sm` or `data_sm` is a receipt at all (§5.2.12, or the TLV that nothing else carries). A text that
 * reads like one does not make it one: anybody with a phone can write it.
 */
export const isReceipt = ({ esm_class = 0, receipted_message_id }: Unit): boolean =>
  (esm_class & 0x3c) === 0x04 || (esm_class & 0x20) !== 0 || receipted_message_id !== undefined;

/** Reads a receipt; undefined where id or state cannot be made out. */
export function readReceipt(unit: Unit, ids: ReceiptIds): Receipt | undefined {
  const text = plainText(unit).slice(0, 1000);
  const field = (name: string): string | undefined => new RegExp(`(?:^|\\s)${name}:(\\S+)`, 'i').exec(text)?.[1];
  const word = numbered[unit.message_state ?? -1] ?? field('stat')?.toUpperCase() ?? '';
  const tlv = unit.receipted_message_id;
  const id = tlv || (field('id') ?? '');
  const state = Object.hasOwn(states, word) ? states[word] : undefined;
  if (!state || !writtenId.test(id)) return undefined;
  // The TLV repeats the answer's id (§5.3.2.12), the text writes it the SMSC's own way.
  const reference = tlv ? answeredId(id, ids) : receiptedId(id, ids);
  if (state !== 'failed') return { reference, state };
  const code = /^[0-9a-z]{1,8}$/i.exec(field('err') ?? '')?.[0];
  return { reference, state, error: code ? `${word} ${code}` : word };
}
