/**
 * The export of Google Authenticator: an `otpauth-migration://offline?data=…` address in a QR code, which holds a
 * protocol buffer. Nobody published its definition; its fields have stayed the same since 2020.
 */
import { createHash } from 'node:crypto';
import { type Import, ImportRefused } from './imported.ts';
import { Rows } from './row.ts';

/** A QR code holds less than 3,000 bytes; exports are split over several. */
const mostLetters = 16 * 1024;
const mostAccounts = 1000;

/** Fields by number: a count, or bytes. */
type Fields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

const algorithmNames: readonly string[] = ['SHA1', 'SHA1', 'SHA256', 'SHA512'];
/** 0 stands for what the app assumes: six digits, and time. */
const digitsNames: readonly string[] = ['6', '6', '8'];
const kindNames: readonly string[] = ['totp', 'hotp', 'totp'];

/**
 * Reads one or several addresses, one in a line. The app gives no serial numbers, so one is made of issuer and account:
 * the same account exported again has the same. Throws {@link ImportRefused}.
 */
export function readMigration(content: Uint8Array | string): Import {
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
  if (text.length > mostLetters) throw new ImportRefused('too-large');
  const lines = text.split(/\s+/).filter(Boolean);
  if (lines.length === 0) throw new ImportRefused('empty');
  const accounts = lines.flatMap((line) => messagesIn(fieldsOf(payloadOf(line)), 1));
  if (accounts.length === 0) throw new ImportRefused('empty');
  if (accounts.length > mostAccounts) throw new ImportRefused('hostile');
  const rows = new Rows();
  for (const account of accounts) take(rows, account);
  return rows.result();
}

/** The bytes behind `data=`: base64, in either alphabet, percent-encoded or with its `+` read as a space. */
function payloadOf(line: string): Uint8Array {
  const data = /^otpauth-migration:\/\/offline\/?\?(?:[^#]*&)?data=([^&#]+)/i.exec(line)?.[1];
  if (data === undefined) throw new ImportRefused('malformed');
  let plain: string;
  try {
    plain = decodeURIComponent(data).replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  } catch {
    throw new ImportRefused('malformed');
  }
  if (!/^[A-Za-z0-9+/]+$/.test(plain)) throw new ImportRefused('malformed');
  return Buffer.from(plain, 'base64');
}

function take(rows: Rows, account: Fields): void {
  const name = textIn(account, 2);
  const issuer = textIn(account, 3);
  const kind = numberIn(account, 6);
  const row = {
    serial: serialFor(issuer, name),
    kind: kindNames[kind],
    maker: issuer,
    model: name,
    secret: bytesIn(account, 1),
    algorithm: algorithmNames[numberIn(account, 4)] ?? 'MD5',
    digits: digitsNames[numberIn(account, 5)],
  };
  // Protocol buffers leave out what is 0.
  rows.take(kind === 1 ? { ...row, counter: String(numberIn(account, 7)) } : row);
}

/** `ga:anna-example.org-1f3c5a7b9d2e`: something to read, and a digest that tells two of the same letters apart. */
function serialFor(issuer: string, name: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, name]))
    .digest('hex')
    .slice(0, 12);
  const readable = name
    .slice(0, 40)
    .replace(/[^A-Za-z0-9._]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return readable === '' ? `ga:${digest}` : `ga:${readable}-${digest}`;
}

/** The fields of a message (https://protobuf.dev/programming-guides/encoding/). Groups are none of this format. */
function fieldsOf(bytes: Uint8Array): Fields {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  let at = 0;
  const some = (count: number): Uint8Array => {
    if (count > bytes.length - at) throw new ImportRefused('malformed');
    at += count;
    return bytes.subarray(at - count, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = some(1)[0] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new ImportRefused('malformed');
  };
  while (at < bytes.length) {
    const tag = Number(varint() & 0xffff_ffffn);
    const wire = tag & 7;
    const field = tag >>> 3;
    if (field === 0 || ![0, 1, 2, 5].includes(wire)) throw new ImportRefused('malformed');
    const value = wire === 0 ? varint() : some(wire === 1 ? 8 : wire === 5 ? 4 : clamped(varint()));
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const clamped = (length: bigint): number => Number(length > 0xffff_ffffn ? 0xffff_ffffn : length);

function messagesIn(fields: Fields, field: number): Fields[] {
  return (fields.get(field) ?? []).map((value) => {
    if (typeof value === 'bigint') throw new ImportRefused('malformed');
    return fieldsOf(value);
  });
}

const bytesIn = (fields: Fields, field: number): Uint8Array | undefined => {
  const value = fields.get(field)?.at(-1);
  return typeof value === 'bigint' ? undefined : value;
};

const textIn = (fields: Fields, field: number): string => new TextDecoder().decode(bytesIn(fields, field));

const numberIn = (fields: Fields, field: number): number => {
  const value = fields.get(field)?.at(-1) ?? 0n;
  return typeof value === 'bigint' ? Number(value) : -1;
};
