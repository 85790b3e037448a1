import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { testKeys } from '../../../test/house.ts';
import { freshDatabase } from '../../../test/postgres.ts';
import { Keyring, SealBroken } from '../../security/sealing.ts';
import { type Database, openDatabase } from '../../storage/open.ts';
import { vapidOf } from './vapid.ts';

const openers: Readonly<Record<string, () => Promise<Database>>> = {
  sqlite: () => openDatabase(':memory:'),
  postgres: async () => openDatabase((await freshDatabase()).url),
};

const now = (): number => Date.UTC(2026, 10, 21);
const sealedIn = async ({ all }: Database): Promise<string[]> =>
  (await all.k.selectFrom('service_keys').select('private_key').execute()).map((row) => row.private_key);

for (const [dialect, open] of Object.entries(openers)) {
  test(`PUSH-10 the key is made once, however many processes begin at once, and stays, on ${dialect}`, async (t) => {
    const database = await open();
    t.after(() => database.close());
    const keyring = Keyring.parse(testKeys());
    const nodes = Array.from({ length: 20 }, () => vapidOf({ database, keyring, now }));
    const pairs = await Promise.all(nodes.flatMap((node) => [node(), node()]));
    const [first = assert.fail()] = pairs;
    for (const pair of pairs) assert.deepEqual(pair, first);
    assert.deepEqual(await vapidOf({ database, keyring, now })(), first);
    const [x, y] = [
      Buffer.from(first.publicKey, 'base64url').subarray(1, 33),
      Buffer.from(first.publicKey, 'base64url').subarray(33),
    ];
    const jwk = { kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url') };
    const right = createPublicKey(createPrivateKey({ key: { ...jwk, d: first.privateKey }, format: 'jwk' }));
    assert.deepEqual(right.export({ format: 'jwk' }), jwk);
    const [sealed = '', ...others] = await sealedIn(database);
    assert.deepEqual(others, []);
    assert.ok(!sealed.includes(first.privateKey));
  });

  test(`PUSH-10 the key outlives a change of the sealing keys, and the old one may then go, on ${dialect}`, async (t) => {
    const database = await open();
    t.after(() => database.close());
    const [old, fresh] = [testKeys(), testKeys().replace('t1:', 't2:')];
    const before = await vapidOf({ database, keyring: Keyring.parse(old), now })();
    const wrong = vapidOf({ database, keyring: Keyring.parse(fresh), now });
    await assert.rejects(wrong(), SealBroken);
    assert.deepEqual(await vapidOf({ database, keyring: Keyring.parse(`${fresh},${old}`), now })(), before);
    assert.match((await sealedIn(database)).join(), /^v1\.t2\./);
    assert.deepEqual(await wrong(), before, 'what failed is tried again');
  });
}
