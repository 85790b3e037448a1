/** An account that this phone is connected to. Its private key never leaves the browser's own keeping. */
import { erase, read, readAll, write } from '../vault.ts';

export interface Device {
  /** What the server calls it. */
  readonly id: string;
  readonly service: string;
  readonly account: string;
  /** The server's key for push messages. */
  readonly vapidKey: string;
  readonly key: CryptoKey;
  readonly added: number;
  /** Where the server was last told to send push messages. */
  readonly told?: string;
}

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A new pair of keys, of which the private one cannot be exported. */
export const newKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(curve, false, ['sign', 'verify']);

/** Signs a text, as r and s in 64 bytes. */
export const sign = (key: CryptoKey, text: string): Promise<ArrayBuffer> =>
  crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new TextEncoder().encode(text));

/** The accounts, in the order they were connected. */
export const keptDevices = async (): Promise<Device[]> =>
  (await readAll<Device>('devices')).sort((a, b) => a.added - b.added);

export const keepDevice = (device: Device): Promise<void> => write('devices', device);

export const forgetDevice = (id: string): Promise<void> => erase('devices', id);

/** Whether the server was told where push messages go. */
export const isTold = async (id: string): Promise<boolean> => (await read<Device>('devices', id))?.told !== undefined;

/** Notes what the server was told, unless the account was forgotten meanwhile. */
export async function noteTold(id: string, told: string): Promise<void> {
  const kept = await read<Device>('devices', id);
  if (kept) await write('devices', { ...kept, told });
}
