/** A browser's end of Web Push, written from the RFCs: its keys, and how it reads what was encrypted for it. */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

/** A browser's keys of one subscription. */
export interface Receiver {
  readonly privateKey: Buffer;
  readonly publicKey: Buffer;
  readonly auth: Buffer;
}

/** New keys. */
export function newReceiver(): Receiver {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys();
  return { privateKey: pair.getPrivateKey(), publicKey, auth: randomBytes(16) };
}

/** How a message was encrypted, and what it says. */
export interface Opened {
  readonly salt: string;
  /** The sender's key of this one message. */
  readonly senderKey: string;
  readonly text: string;
}

const derived = (key: Buffer, salt: Buffer, info: Buffer | string, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length));

/**
 * Opens a body with the content coding aes128gcm (RFC 8188 §2) that was encrypted for a subscription (RFC 8291 §3.4).
 * Throws where it is not what RFC 8291 §4 allows: one record, with the sender's key as its key id.
 */
export function openPush(body: Buffer, { privateKey, publicKey, auth }: Receiver): Opened {
  if (body.length > 4096) throw new Error(`${body.length} octets are more than every push service takes`);
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const idLength = body.readUInt8(20);
  const senderKey = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  if (idLength !== 65 || senderKey[0] !== 4) throw new Error('the key id is no uncompressed point');
  if (record.length > recordSize || recordSize < 18) throw new Error('more than one record');
  const own = createECDH('prime256v1');
  own.setPrivateKey(privateKey);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, senderKey]);
  const input = derived(own.computeSecret(senderKey), auth, info, 32);
  const key = derived(input, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derived(input, salt, 'Content-Encoding: nonce\0', 12);
  const opener = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([opener.update(record.subarray(0, -16)), opener.final()]);
  // The last record ends with a two, and zeros behind it (RFC 8188 §2).
  const end = padded.lastIndexOf(2);
  if (end < 0 || padded.subarray(end + 1).some((octet) => octet !== 0)) throw new Error('not the last record');
  return {
    salt: salt.toString('base64url'),
    senderKey: senderKey.toString('base64url'),
    text: padded.subarray(0, end).toString('utf8'),
  };
}
