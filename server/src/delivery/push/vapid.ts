/**
 * The key that push services know this installation by (VAPID, RFC 8292). It is made once and is the same for all
 * processes: browsers bind their subscriptions to it, so that another one would lose them all. It signs who we are and
 * encrypts nothing; each message is encrypted with a key of its own (RFC 8292 §5, RFC 8291 §2).
 */
import { generateKeyPairSync } from 'node:crypto';
import type { Keyring } from '../../security/sealing.ts';
import type { Database } from '../../storage/open.ts';
import { findServiceKey, insertServiceKey, resealServiceKey } from '../../storage/service-keys.ts';

/** A P-256 key pair, base64url: the point uncompressed, as browsers take it, and the number. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Gives the key pair, which is made where there is none yet. Not to be called inside a transaction. */
export type Vapid = () => Promise<VapidKeys>;

const name = 'vapid';
/** One key for the installation: what leaves by push says which service it is for by its subscription. */
const tenant = 'main';
const bound = `service-key:${tenant}:${name}`;

/** What {@link vapidOf} needs. */
export interface VapidOptions {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly now: () => number;
}

/** The key pair of this installation; read once and then kept in memory. */
export function vapidOf(options: VapidOptions): Vapid {
  let kept: Promise<VapidKeys> | undefined;
  return () => {
    kept ??= keysIn(options).catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}

async function keysIn({ database, keyring, now }: VapidOptions): Promise<VapidKeys> {
  const found = (): ReturnType<typeof findServiceKey> => findServiceKey(database.in(tenant), name);
  if (!(await found())) {
    const { publicKey, privateKey } = newKeys();
    const row = { name, public_key: publicKey, private_key: keyring.seal(privateKey, bound), created_at: now() };
    await database.transaction(tenant, (tx) => insertServiceKey(tx, row));
  }
  // Read again: of several processes that made one, one was first.
  const row = await found();
  if (!row) throw new Error('the key of this service was not kept');
  const privateKey = keyring.open(row.private_key, bound);
  if (keyring.sealedUnder(row.private_key) !== keyring.currentKey) {
    // Nobody else touches this row, and the key that it is under may be taken away one day.
    const sealed = keyring.seal(privateKey, bound);
    await database.transaction(tenant, (tx) => resealServiceKey(tx, row, sealed));
  }
  return { publicKey: row.public_key, privateKey };
}

/** The operating system's own randomness: a key pair is drawn by the library that will use it. */
function newKeys(): VapidKeys {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { publicKey: point.toString('base64url'), privateKey: d };
}
