/** People for a measurement, written straight into the database: an address, a password and an authenticator app each. */

import { factorBound } from '../server/src/accounts/tokens.ts';
import { hotp, stepAt } from '../server/src/factors/oath/oath.ts';
import { Hasher } from '../server/src/security/passwords.ts';
import { randomId, randomToken, systemRandom } from '../server/src/security/random.ts';
import { Keyring } from '../server/src/security/sealing.ts';
import { insertFactor } from '../server/src/storage/factors.ts';
import { openDatabase, type Tx } from '../server/src/storage/open.ts';
import { insertUser } from '../server/src/storage/users.ts';

/** Everybody's password. */
export const password = 'mauve lantern beside a quiet harbour';

/** One person. */
export interface Person {
  readonly email: string;
  /** The seed of the authenticator app. */
  readonly secret: Uint8Array;
}

/** What the app shows now, or a code that is wrong now. */
export function code({ secret }: Person, right: boolean): string {
  const step = stepAt(Date.now(), 30);
  const codes = [-1, 0, 1, 2].map((by) => hotp({ secret, algorithm: 'SHA1', digits: 6 }, step + by));
  if (right) return codes[1] ?? '';
  const wrong = ['000001', '000002', '000003', '000004', '000005'].find((each) => !codes.includes(each));
  return wrong ?? '';
}

/** Writes so many people. The hash is the same for all: making each would take longer than the measurement. */
export async function seed(where: string, keys: string, count: number): Promise<Person[]> {
  const keyring = Keyring.parse(keys);
  const hash = await new Hasher({ keyring, random: systemRandom, memory: 19456, time: 2 }).make(password);
  const database = await openDatabase(where);
  const people = Array.from({ length: count }, (_, index) => ({
    email: `person${index}@example.org`,
    secret: systemRandom(20),
  }));
  await database.transaction('main', async (tx) => {
    for (const person of people) await write(tx, person, hash, keyring);
  });
  await database.close();
  return people;
}

/** Writes somebody with this hash of a password, and gives their id. */
export async function writeUser(tx: Tx, email: string, hash: string, handle: string): Promise<string> {
  const [id, now] = [randomId(systemRandom), Date.now()];
  await insertUser(tx, {
    id,
    handle,
    name: '',
    email,
    email_canonical: email,
    locale: 'en',
    password_hash: hash,
    password_changed_at: now,
    epoch: 1,
    state: 'active',
    created_at: now,
    last_sign_in_at: null,
  });
  return id;
}

async function write(tx: Tx, { email, secret }: Person, hash: string, keyring: Keyring): Promise<void> {
  const id = await writeUser(tx, email, hash, randomToken(systemRandom, 64));
  const [factorId, now] = [randomId(systemRandom), Date.now()];
  const data = {
    secret: Buffer.from(secret).toString('base64'),
    algorithm: 'SHA1',
    digits: 6,
    period: 30,
    lastStep: -1,
    drift: 0,
  };
  await insertFactor(tx, {
    id: factorId,
    user_id: id,
    kind: 'totp',
    use: 'everyday',
    label: 'Authenticator app',
    state: 'active',
    level: 'aal2',
    channel: `totp:${factorId}`,
    lookup: null,
    hint: '',
    preferred: 0,
    kept: 0,
    data: keyring.seal(JSON.stringify(data), factorBound(tx.tenant, id, factorId)),
    created_at: now,
    created_from: '127.0.0.1',
    last_used_at: null,
  });
}
