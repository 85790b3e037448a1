/** The link in the QR code that connects a phone: `<origin>/authenticator#pair=<pairing>.<secret>`. */
import type { Pairing } from './signed-texts.ts';

const inFragment = /^#?pair=([\w-]{22})\.([\w-]{43})$/;

/** The pairing in a fragment, if it holds one. */
export function pairingIn(fragment: string): Pairing | null {
  const [, pairing, secret] = inFragment.exec(fragment) ?? [];
  return pairing && secret ? { pairing, secret } : null;
}

/** A pairing link with the server that it belongs to; null for any other text. */
export function readPairingLink(text: string): { readonly origin: string; readonly pairing: Pairing } | null {
  if (!URL.canParse(text.trim())) return null;
  const url = new URL(text.trim());
  const pairing = pairingIn(url.hash);
  if (!pairing || !/^https?:$/.test(url.protocol) || url.pathname.replace(/\/$/, '') !== '/authenticator') return null;
  return { origin: url.origin, pairing };
}
