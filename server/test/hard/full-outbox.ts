/** An outbox with a database of its own on disk, filled with messages and then emptied as fast as it can be. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel, Rendered, Sender } from '../../src/delivery/deliver.ts';
import { enqueue } from '../../src/delivery/enqueue.ts';
import { Outbox } from '../../src/delivery/outbox.ts';
import { renderMessage } from '../../src/delivery/render.ts';
import { systemRandom } from '../../src/security/random.ts';
import { Keyring } from '../../src/security/sealing.ts';
import { type Database, openDatabase } from '../../src/storage/open.ts';

const service = { name: 'Acme Mail', sender: 'no-reply@acme.example', origin: 'https://acme.example' };
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Where messages of a channel go in these tests. */
const destinations = { email: 'ann@example.org', sms: '+4915123456789', push: '' } as const;

/** The message that a test sends, the same for whoever sends it. */
export function sample(channel: Channel, id: string): Rendered {
  const message = {
    channel,
    text: 'code.sign-in',
    locale: 'en',
    parameters: { code: '012345', minutes: '5' },
  } as const;
  return renderMessage(message, { id, to: destinations[channel], service });
}

/** Writes so many codes into the outbox, in their order. Gives their ids. */
export async function fill(
  database: Database,
  keyring: Keyring,
  { channel, count, from }: { readonly channel: Channel; readonly count: number; readonly from: number },
): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, n) => `m${from + n}-${randomBytes(6).toString('hex')}`);
  const begun = Date.now();
  await database.transaction('main', async (tx) => {
    for (const [at, id] of ids.entries()) {
      const now = begun - count + at;
      const end = { notAfter: begun + 600_000, parameters: { code: '012345' } };
      const message = { channel, to: destinations[channel], text: 'code.sign-in', locale: 'en', ...end } as const;
      await enqueue(tx, message, { id, now, keyring });
    }
  });
  return ids;
}

/** An outbox in a folder of its own, or on a PostgreSQL database. */
export async function fullOutbox(sender: Sender, channel: Channel, url?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'secondlock-outbox-'));
  const database = await openDatabase(url ?? join(folder, 'secondlock.sqlite'));
  const keyring = Keyring.parse(`k:${randomBytes(32).toString('base64')}`);
  const outbox = new Outbox({
    ...{ database, keyring, now: Date.now, random: systemRandom, log: silent },
    accounts: [{ channel, prefixes: [], sender }],
    timeoutMs: 3000,
    service: async () => service,
  });
  let from = 0;
  return {
    database,
    /** Queues so many and sends them. Gives their ids in order of age, and how many left in a second. */
    async send(count: number): Promise<{ readonly ids: readonly string[]; readonly rate: number }> {
      const ids = await fill(database, keyring, { channel, count, from });
      from += count;
      const began = performance.now();
      await outbox.drain();
      return { ids, rate: (count * 1000) / (performance.now() - began) };
    },
    [Symbol.asyncDispose]: async () => {
      await outbox.stop();
      await sender.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
