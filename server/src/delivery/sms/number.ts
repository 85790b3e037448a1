/** Numbers, senders and validity as SMS gateways over HTTP want them. */
import { z } from 'zod';
import type { Rendered } from '../deliver.ts';
import { Undeliverable } from '../undeliverable.ts';

/** E.164: a plus sign, a country code that does not begin with 0, at most 15 digits in all. */
const e164 = /^\+[1-9]\d{6,14}$/;

/** The message's number in E.164. Throws `Undeliverable` where it cannot be one: no provider could send to it. */
export function numberOf({ to }: Rendered): string {
  if (!e164.test(to)) throw new Undeliverable('The recipient is not a phone number.');
  return to;
}

/** As {@link numberOf}, without the plus sign. */
export const digitsOf = (message: Rendered): string => numberOf(message).slice(1);

/** The sender that a phone shows: a number, a short code, or a name of at most 11 characters (3GPP TS 23.040 §9.1.2.5). */
export const senderId = z
  .string()
  .regex(/^(\+?\d{3,15}|[A-Za-z0-9][A-Za-z0-9 ._&-]{0,10})$/, 'a number, or a name of at most 11 letters and digits');

/** A text for a header or a user name: printable ASCII. */
export const printable = z.string().regex(/^[\x21-\x7e][\x20-\x7e]*$/, 'printable ASCII');

/** Whole seconds until the message is worth nothing, within the provider's bounds; undefined where it has no end. */
export function secondsLeft(
  { notAfter }: Rendered,
  now: number,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  return notAfter === undefined ? undefined : Math.min(most, Math.max(least, Math.floor((notAfter - now) / 1000)));
}
