/** The texts that the phone's key signs, and how bytes are written into them. The server builds the same ones. */

/** Bytes in base64url without padding (RFC 4648 §5). */
export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The bytes of a base64url text. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

/** What the QR code on the account page holds. */
export interface Pairing {
  readonly pairing: string;
  readonly secret: string;
}

/** What a phone may answer. */
export type Decision = 'approve' | 'deny' | 'not-me';

const lines = (...parts: readonly string[]): string => parts.join('\n');

/** Signed once, when the phone is connected: whoever saw the QR code alone cannot put another key in. */
export const pairText = ({ pairing, secret }: Pairing, publicKey: string): string =>
  lines('secondlock-pair', pairing, secret, publicKey);

/** Signed with every request: what is asked, when, and with which body. */
export const deviceText = (method: string, path: string, time: number, bodyHash: string): string =>
  lines('secondlock-device', method, path, String(time), bodyHash);

/** Signed with an answer: which request, what was decided, and the number that was typed. */
export const answerText = (request: string, decision: Decision, number: string): string =>
  lines('secondlock-answer', request, decision, number);
