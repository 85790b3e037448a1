/**
 * The codes' keys on this phone. Each is sealed with AES-GCM under a key that the browser holds and gives to nobody, so
 * that a copy of the profile's files shows neither secrets nor the names of services.
 */
import { erase, read, readAll, write, writeFirst } from '../vault.ts';
import type { Algorithm, CodeKey } from './otpauth.ts';
import { codeKey } from './totp.ts';

/** One account of which this phone shows codes. */
export interface KeptCode {
  readonly id: string;
  readonly issuer: string;
  readonly account: string;
  readonly digits: number;
  readonly period: number;
  readonly added: number;
  readonly key: CryptoKey;
}

interface SealedRow {
  readonly id: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

interface Opened extends Omit<CodeKey, 'secret'> {
  readonly secret: readonly number[];
  readonly added: number;
}

const newSealingKey = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

async function sealingKey(): Promise<CryptoKey> {
  const kept = await read<{ id: string; key: CryptoKey }>('keys', 'codes');
  // Two pages may begin at once: the first key that was written is everybody's.
  return (kept ?? (await writeFirst('keys', { id: 'codes', key: await newSealingKey() }))).key;
}

/** The row's id is sealed in as well: no row can be passed off as another. */
const parameters = (id: string, iv: Uint8Array<ArrayBuffer>) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(id),
});

async function seal(id: string, opened: Opened): Promise<SealedRow> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(opened));
  return { id, iv, sealed: await crypto.subtle.encrypt(parameters(id, iv), await sealingKey(), text) };
}

async function unseal(row: SealedRow): Promise<Opened> {
  const bytes = await crypto.subtle.decrypt(parameters(row.id, row.iv), await sealingKey(), row.sealed);
  return JSON.parse(new TextDecoder().decode(bytes)) as Opened;
}

const keyOf = (secret: readonly number[], algorithm: Algorithm) => codeKey(new Uint8Array(secret), algorithm);

async function openRow(row: SealedRow): Promise<KeptCode | null> {
  try {
    const { secret, algorithm, ...shown } = await unseal(row);
    return { ...shown, id: row.id, key: await keyOf(secret, algorithm) };
  } catch {
    // One row that cannot be opened must not hide the others.
    return null;
  }
}

/** All codes, in the order they were added. */
export async function keptCodes(): Promise<KeptCode[]> {
  const opened = await Promise.all((await readAll<SealedRow>('codes')).map(openRow));
  return opened.filter((code) => code !== null).sort((a, b) => a.added - b.added);
}

/** Two keys for one account are both kept, but the same key is not kept twice. */
const same = (a: Opened, b: CodeKey): boolean =>
  a.issuer === b.issuer && a.account === b.account && a.secret.join() === b.secret.join();

/** Keeps one; says so when it was there already. */
export async function keepCode(code: CodeKey): Promise<'kept' | 'there-already'> {
  for (const row of await readAll<SealedRow>('codes')) {
    const there = await unseal(row).catch(() => null);
    if (there && same(there, code)) return 'there-already';
  }
  await write('codes', await seal(crypto.randomUUID(), { ...code, secret: [...code.secret], added: Date.now() }));
  return 'kept';
}

/** Gives a code other names. */
export async function renameCode(id: string, issuer: string, account: string): Promise<void> {
  const row = await read<SealedRow>('codes', id);
  if (row) await write('codes', await seal(id, { ...(await unseal(row)), issuer, account }));
}

/** Removes one for good. */
export const forgetCode = (id: string): Promise<void> => erase('codes', id);
