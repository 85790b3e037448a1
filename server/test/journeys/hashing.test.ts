/** Passwords at rest, and what their cost must not do to the service. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type House, openHouse, testKeys } from '../house.ts';
import { type Person, register } from '../people.ts';

const hashOf = async (house: House, { address }: Person): Promise<string> => {
  const { k } = house.database.all;
  return (await k.selectFrom('users').select('password_hash').where('email', '=', address).executeTakeFirstOrThrow())
    .password_hash;
};

const signsIn = async (house: House, { address, password }: Person): Promise<boolean> =>
  (await house.browser().start('sign-in', { identifier: address, password })).body.done === true;

test('PW-11 hashes are salted argon2id at the floor or above, raised at the next sign-in, worth nothing without the key', async () => {
  await using house = await openHouse({ realHash: true });
  const ada = await register(house, 'nothing');
  const bob = await register(house, 'nothing');
  const hashes = [await hashOf(house, ada), await hashOf(house, bob)];
  assert.notEqual(hashes[0], hashes[1], 'equal passwords');
  for (const hash of hashes) {
    const [, , version, costs = '', salt = ''] = hash.split('$');
    assert.match(hash, /^t1\$argon2id\$/);
    assert.equal(version, 'v=19');
    const [memory = 0, time = 0] = (costs.match(/\d+/g) ?? []).map(Number);
    assert.ok(memory >= 19456 && time >= 2, costs);
    assert.ok(Buffer.from(salt, 'base64').length >= 16);
  }
  const raised = await openHouse({ like: house, realHash: true, options: { SECONDLOCK_ARGON2_TIME: '3' } });
  assert.equal(await signsIn(raised, ada), true);
  assert.match(await hashOf(house, ada), /m=19456,t=3,p=1/);
  assert.equal(await signsIn(house, ada), true, 'and the sign-in after that');
  const thief = await openHouse({ like: { ...house, keys: testKeys() }, realHash: true });
  assert.equal(await signsIn(thief, bob), false);
});

test('PW-12 a body of a megabyte is refused before anything is hashed or counted', async () => {
  await using house = await openHouse();
  for (const size of [4097, 70_000, 1_000_000]) {
    const password = 'x'.repeat(size);
    const { status } = await house.browser().start('sign-in', { identifier: 'ada@example.org', password });
    assert.equal(status, size > 65_536 ? 413 : 400);
  }
  assert.deepEqual(await house.database.all.k.selectFrom('attempts').selectAll().execute(), []);
});
