/** The requirement table guards itself: titles name known ids, and what is held keeps its proof. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { findProofs, readRequirements } from './requirement-table.ts';

const requirements = readRequirements();
const proofs = findProofs();

test('every requirement stands in the table once', () => {
  const ids = requirements.map(({ id }) => id);
  assert.ok(ids.length > 200, `Only ${ids.length} rows could be read in docs/requirements.md.`);
  assert.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
    'These stand in docs/requirements.md twice.',
  );
});

test('every id in a title is a known one', () => {
  const known = new Set(requirements.map(({ id }) => id));
  const faults = proofs.flatMap(({ ids, path, line }) =>
    ids.filter((id) => !known.has(id)).map((id) => `${path}:${line} names ${id}, which docs/requirements.md does not`),
  );
  assert.deepEqual(faults, []);
});

test('every held requirement is proved by a test whose title begins with its id', () => {
  const proved = new Set(proofs.flatMap(({ ids }) => ids));
  const missing = requirements.filter(({ id, held }) => held && !proved.has(id)).map(({ id }) => id);
  assert.deepEqual(missing, [], 'These are held and have no proof: run `npm run requirements`.');
});
