/** A phone with the key of a pairing: it says what `factors/push/push.ts` takes, signed as WebCrypto signs. */
import { generateKeyPairSync, sign } from 'node:crypto';

/** What a phone answers with, as JSON. */
export interface SigningPhone {
  /** To the address of the QR code. */
  pair(uri: string): string;
  /** To a request, with the number that its owner typed. */
  approve(request: string, number: string): string;
}

/** A phone with a new key. */
export function signingPhone(): SigningPhone {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const halves = [x, y].map((half) => Buffer.from(half, 'base64url'));
  const point = Buffer.concat([Buffer.from([4]), ...halves]).toString('base64url');
  const signed = (...lines: string[]): string =>
    sign('sha256', Buffer.from(lines.join('\n')), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return {
    pair(uri) {
      const [pairing = '', secret = ''] = new URL(uri).hash.replace('#pair=', '').split('.');
      const signature = signed('secondlock-pair', pairing, secret, point);
      const subscription = JSON.stringify({ endpoint: `https://push.example.net/${pairing}` });
      return JSON.stringify({ pairing, secret, publicKey: point, name: 'Chrome on Android', signature, subscription });
    },
    approve(request, number) {
      const decision = 'approve';
      const signature = signed('secondlock-answer', request, decision, number);
      return JSON.stringify({ request, decision, number, signature });
    },
  };
}
