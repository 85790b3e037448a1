/**
 * The encryption of PSKC files (RFC 6030 §6). What CBC encrypted is looked at only when its MAC is right (§6.1.1): an
 * unauthenticated CBC text can be changed by whoever has the file, without the key.
 */
import { createDecipheriv, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type FileSecrets, ImportRefused } from './imported.ts';
import { bytesOf, child, type Element } from './pskc-xml.ts';

/** The namespace of RFC 6030. */
export const pskc = 'urn:ietf:params:xml:ns:keyprov:pskc';
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';
const xmlenc11 = 'http://www.w3.org/2009/xmlenc11#';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const sha1Mac = 'http://www.w3.org/2000/09/xmldsig#hmac-sha1';

const hashes: Readonly<Record<string, string>> = {
  [sha1Mac]: 'sha1',
  [`${more}hmac-sha224`]: 'sha224',
  [`${more}hmac-sha256`]: 'sha256',
  [`${more}hmac-sha384`]: 'sha384',
  [`${more}hmac-sha512`]: 'sha512',
};

interface Cipher {
  readonly mode: 'cbc' | 'gcm' | 'wrap';
  readonly keyBytes: number;
}

const ciphers: ReadonlyMap<string, Cipher> = new Map(
  [128, 192, 256].flatMap((bits): [string, Cipher][] => {
    const keyBytes = bits / 8;
    return [
      [`${xmlenc}aes${bits}-cbc`, { mode: 'cbc', keyBytes }],
      [`${xmlenc11}aes${bits}-gcm`, { mode: 'gcm', keyBytes }],
      [`${xmlenc}kw-aes${bits}`, { mode: 'wrap', keyBytes }],
      [`${xmlenc11}kw-aes-${bits}-pad`, { mode: 'wrap', keyBytes }],
    ];
  }),
);

/** Half a second of work; more is a file that only wants to keep the server busy. */
const mostIterations = 1_000_000;
const mostSalt = 1024;

const derive = promisify(pbkdf2);

const refuse = (why: ImportRefused['why']): never => {
  throw new ImportRefused(why);
};

/** Opens the values of one file. */
export interface Opener {
  /** Whether the file has encrypted values at all. */
  readonly encrypted: boolean;
  /** The bytes of an element with `EncryptedValue` and `ValueMAC`; throws {@link ImportRefused} on any doubt. */
  readonly open: (value: Element) => Buffer;
}

/** Makes the keys of a file out of what the operator gave. Throws {@link ImportRefused}. */
export async function openerOf(container: Element, secrets: FileSecrets): Promise<Opener> {
  const encryption = child(container, 'EncryptionKey', pskc);
  const method = child(container, 'MACMethod', pskc);
  if (!encryption && !method) return { encrypted: false, open: () => refuse('malformed') };
  const key = await keyOf(encryption, secrets);
  let mac: Mac | undefined;
  // Made when the first value needs it: some write an empty method where the cipher checks itself.
  const macKey = (): Mac => {
    mac ??= macOf(method ?? refuse('not-authentic'), key);
    return mac;
  };
  return { encrypted: true, open: (value) => openValue(value, key, macKey) };
}

async function keyOf(encryption: Element | undefined, secrets: FileSecrets): Promise<Uint8Array> {
  const derived = child(encryption, 'DerivedKey');
  if (derived) return passphraseKey(derived, secrets.passphrase);
  if (encryption && child(encryption, 'X509Data')) return refuse('encryption-unsupported');
  return secrets.key ?? refuse('key-missing');
}

async function passphraseKey(derived: Element, passphrase: string | undefined): Promise<Uint8Array> {
  const method = child(derived, 'KeyDerivationMethod') ?? refuse('malformed');
  if (!method.attributes.get('Algorithm')?.endsWith('#pbkdf2')) return refuse('encryption-unsupported');
  const given = child(method, 'PBKDF2-params');
  const salt = bytesOf(child(child(given, 'Salt'), 'Specified')?.text) ?? refuse('malformed');
  const iterations = numberOf(child(given, 'IterationCount'));
  const length = numberOf(child(given, 'KeyLength'));
  if (salt.length > mostSalt || iterations < 1 || ![16, 24, 32].includes(length)) return refuse('malformed');
  if (iterations > mostIterations) return refuse('hostile');
  const function_ = child(given, 'PRF');
  // RFC 8018 §5.2: HMAC-SHA-1 unless told otherwise. Some write the name as text.
  const named = function_?.attributes.get('Algorithm') ?? (function_?.text || sha1Mac);
  const hash = hashes[named] ?? refuse('encryption-unsupported');
  if (passphrase === undefined) return refuse('passphrase-missing');
  return derive(passphrase.normalize('NFC'), salt, iterations, length, hash);
}

function numberOf(element: Element | undefined): number {
  const text = element?.text ?? '';
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : refuse('malformed');
}

interface Mac {
  readonly hash: string;
  readonly key: Uint8Array;
}

/** The MAC's own key is encrypted like a value, with nothing to check it by: a wrong one fails at the first MAC. */
function macOf(method: Element, key: Uint8Array): Mac {
  const hash = hashes[method.attributes.get('Algorithm') ?? ''] ?? refuse('encryption-unsupported');
  if (child(method, 'MACKeyReference', pskc)) return refuse('encryption-unsupported');
  const own = child(method, 'MACKey', pskc);
  if (!own) return { hash, key };
  const { cipher, bytes } = cipherOf(own);
  return { hash, key: decrypt(cipher, key, bytes) };
}

function openValue(value: Element, key: Uint8Array, macKey: () => Mac): Buffer {
  const { cipher, bytes } = cipherOf(child(value, 'EncryptedValue', pskc) ?? refuse('malformed'));
  const written = child(value, 'ValueMAC', pskc);
  if (written || cipher.mode === 'cbc') {
    // Over the IV and what follows it (RFC 6030 §6.1.1), before anything is decrypted.
    const mac = macKey();
    const due = createHmac(mac.hash, mac.key).update(bytes).digest();
    const got = bytesOf(written?.text);
    if (got?.length !== due.length || !timingSafeEqual(got, due)) return refuse('not-authentic');
  }
  return decrypt(cipher, key, bytes);
}

function cipherOf(value: Element): { cipher: Cipher; bytes: Buffer } {
  const named = child(value, 'EncryptionMethod', xmlenc)?.attributes.get('Algorithm') ?? '';
  const cipher = ciphers.get(named) ?? refuse('encryption-unsupported');
  const bytes = bytesOf(child(child(value, 'CipherData', xmlenc), 'CipherValue', xmlenc)?.text) ?? refuse('malformed');
  return { cipher, bytes };
}

function decrypt(cipher: Cipher, key: Uint8Array, bytes: Buffer): Buffer {
  if (key.length !== cipher.keyBytes) return refuse('not-authentic');
  try {
    if (cipher.mode === 'cbc') return cbc(key, bytes);
    return cipher.mode === 'gcm' ? gcm(key, bytes) : unwrap(key, bytes);
  } catch {
    return refuse('not-authentic');
  }
}

/** The IV stands in front; of the padding only the last byte says something (XML Encryption §5.2). */
function cbc(key: Uint8Array, bytes: Buffer): Buffer {
  const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, bytes.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  const padding = plain.at(-1) ?? 0;
  if (padding < 1 || padding > 16) throw new Error('padding');
  return plain.subarray(0, plain.length - padding);
}

/** XML Encryption 1.1 §5.2.4: 12 bytes of IV in front, 16 of the tag behind. */
function gcm(key: Uint8Array, bytes: Buffer): Buffer {
  if (bytes.length < 28) throw new Error('too short');
  const decipher = createDecipheriv(`aes-${key.length * 8}-gcm` as 'aes-128-gcm', key, bytes.subarray(0, 12), {
    authTagLength: 16,
  });
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}

/** RFC 3394, and RFC 5649 for lengths that are no multiple of eight; both check themselves. */
function unwrap(key: Uint8Array, bytes: Buffer): Buffer {
  const open = (name: string, iv: string): Buffer => {
    const decipher = createDecipheriv(`id-aes${key.length * 8}-${name}`, key, Buffer.from(iv, 'hex'));
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  };
  try {
    return open('wrap', 'a6a6a6a6a6a6a6a6');
  } catch {
    return open('wrap-pad', 'a65959a6');
  }
}
