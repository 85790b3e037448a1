/** A message as `submit_sm` (SMPP 3.4 §4.4): addresses, alphabet, segments and validity. */
import smpp, { type Unit } from 'smpp';
import type { Rendered } from '../../deliver.ts';
import { Undeliverable } from '../../undeliverable.ts';
import { gsm7 } from '../gsm.ts';
import { digitsOf } from '../number.ts';

/** What of the provider's options shapes a message. */
export interface Shape {
  readonly source: { readonly address: string; readonly ton: number; readonly npi: number };
  readonly alphabet: 'gsm' | 'latin1';
  readonly longMessages: 'udh' | 'payload';
  readonly validity: 'relative' | 'absolute' | 'none';
  readonly receipts: boolean;
}

/** Type of number and numbering plan of a sender (§5.2.5, §5.2.6): a name, a short code or a number. */
export function addressKind(address: string): { readonly ton: number; readonly npi: number } {
  if (address === '') return { ton: 0, npi: 0 };
  if (!/^\+?[0-9]+$/.test(address)) return { ton: 5, npi: 0 };
  return /^[0-9]{1,8}$/.test(address) ? { ton: 3, npi: 0 } : { ton: 1, npi: 1 };
}

/** A segment's bytes: 160 septets, one to a byte, or 70 units of two bytes; less a header of 6 bytes (3GPP TS 23.040 §9.2.3.24). */
const room = { 0: { alone: 160, part: 153 }, 8: { alone: 140, part: 134 } } as const;

interface Coded {
  /** `data_coding` (§5.2.19): the SMSC's default alphabet, or UCS-2. */
  readonly coding: 0 | 8;
  readonly bytes: Buffer;
}

function encode(text: string, alphabet: Shape['alphabet']): Coded {
  const septets = gsm7(text);
  if (septets && alphabet === 'gsm') return { coding: 0, bytes: Buffer.from(septets) };
  // What is longer in the handset's alphabet than in ours (an escape) would not fit where we think that it does.
  if (septets?.length === text.length && /^[\n\r\x20-\xff]*$/.test(text)) {
    return { coding: 0, bytes: Buffer.from(text, 'latin1') };
  }
  return { coding: 8, bytes: Buffer.from(text, 'utf16le').swap16() };
}

/** Whether a cut before `at` would part an escape from its septet, or two surrogates. */
function partsPair({ coding, bytes }: Coded, at: number, alphabet: Shape['alphabet']): boolean {
  if (coding === 8) return ((bytes[at - 2] ?? 0) & 0xfc) === 0xd8;
  return alphabet === 'gsm' && bytes[at - 1] === 0x1b;
}

function cut(coded: Coded, alphabet: Shape['alphabet']): Buffer[] {
  const { alone, part } = room[coded.coding];
  if (coded.bytes.length <= alone) return [coded.bytes];
  const parts: Buffer[] = [];
  for (let start = 0; start < coded.bytes.length; ) {
    let end = Math.min(start + part, coded.bytes.length);
    if (end < coded.bytes.length && partsPair(coded, end, alphabet)) end -= coded.coding === 8 ? 2 : 1;
    parts.push(coded.bytes.subarray(start, end));
    start = end;
  }
  return parts;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `validity_period` (§7.1.1): how long, which needs no clock in common, or until when in UTC. */
function validity(notAfter: number | undefined, now: number, how: Shape['validity']): string {
  if (notAfter === undefined) return '';
  const left = Math.floor((notAfter - now) / 1000);
  if (left <= 0) throw new Undeliverable('The message is worth nothing any more.');
  if (how === 'none') return '';
  if (how === 'absolute') return `${new Date(notAfter).toISOString().replace(/\D/g, '').slice(2, 15)}00+`;
  const days = Math.min(30, Math.floor(left / 86_400));
  const parts = [days, Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
  return `0000${parts.map(two).join('')}000R`;
}

/** The most segments that this takes: one byte counts them, and no SMSC takes as many. */
const mostParts = 20;

/**
 * The units that carry a message, in order; `number` tells the long messages to one phone apart (one byte of it is
 * used). Throws `Undeliverable` where the recipient is no number, the text is endless or its time is over.
 */
export function submitUnits(message: Rendered, shape: Shape, now: number, number: number): Unit[] {
  const coded = encode(message.text, shape.alphabet);
  const fields = {
    source_addr_ton: shape.source.ton,
    source_addr_npi: shape.source.npi,
    source_addr: shape.source.address.replace('+', ''),
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: digitsOf(message),
    registered_delivery: shape.receipts ? 1 : 0,
    validity_period: validity(message.notAfter, now, shape.validity),
    data_coding: coded.coding,
  };
  const parts = cut(coded, shape.alphabet);
  if (parts.length > mostParts) throw new Undeliverable('The text is too long for an SMS.');
  const [first = Buffer.alloc(0), ...others] = parts;
  if (others.length === 0) return [new smpp.PDU('submit_sm', { ...fields, short_message: first })];
  if (shape.longMessages === 'payload') {
    return [new smpp.PDU('submit_sm', { ...fields, message_payload: coded.bytes })];
  }
  return parts.map((part, index) => {
    const header = Buffer.from([5, 0, 3, number & 0xff, parts.length, index + 1]);
    return new smpp.PDU('submit_sm', { ...fields, esm_class: 0x40, short_message: Buffer.concat([header, part]) });
  });
}
