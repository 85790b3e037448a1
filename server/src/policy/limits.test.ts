import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { flowLifetimes, paceOf, resendPause, sendingQuotas, setUpLifetime } from './limits.ts';
import { profileNames, profiles } from './profiles.ts';

const second = 1000;
const minute = 60 * second;

const paces = {
  balanced: [0, 0, 0, 0, 5, 10, 20, 40, 80, 1800],
  nist: [0, 0, 0, 0, 5, 10, 20, 40, 80, 1800],
  pci: [0, 0, 0, 0, 5, 10, 20, 40, 80, 1800],
  psd2: [0, 0, 0, 0, 1800],
} as const;

for (const name of profileNames) {
  test(`the pauses of ${name} grow from the fifth guess and end in a block of half an hour`, () => {
    const { pauses, disableAt } = paceOf(profiles[name]);
    assert.deepEqual(
      pauses.map((pause) => pause / second),
      paces[name],
    );
    assert.equal(disableAt, 100);
  });
}

test('pauses never shrink before the block, whatever a profile says', () => {
  const guesses = fc.record({
    perChallenge: fc.constant(5),
    pauseFrom: fc.integer({ min: 1, max: 10 }),
    blockAt: fc.integer({ min: 1, max: 12 }),
    block: fc.constant(30 * minute),
    disableAt: fc.constant(100),
  });
  fc.assert(
    fc.property(guesses, (row) => {
      const { pauses } = paceOf({ ...profiles.balanced, guesses: row });
      assert.equal(pauses.length, row.blockAt);
      assert.equal(pauses.at(-1), row.block);
      const growing = pauses.slice(0, -1);
      assert.deepEqual(
        growing,
        growing.toSorted((one, other) => one - other),
      );
    }),
  );
});

test('flows, links and messages live no longer than their ceilings', () => {
  assert.ok(flowLifetimes.signIn <= 10 * minute && flowLifetimes.stepUp <= 10 * minute);
  assert.ok(flowLifetimes.longer <= 30 * minute && setUpLifetime <= 60 * minute);
  assert.ok(resendPause >= 30 * second);
});

test('what is sent is bounded by person, by address, by source and in total, each over a window', () => {
  const quotas = Object.values(sendingQuotas).flat();
  const names = new Set<string>(quotas.map((quota) => quota.name));
  for (const name of ['user', 'destination', 'source', 'country', 'total']) assert.ok(names.has(name), name);
  assert.ok(quotas.every((quota) => quota.most > 0 && quota.windowMs > 0 && quota.windowMs <= 24 * 60 * minute));
});

test('OOB-07 text messages are bounded in all five ways, and those to unproved numbers more tightly', () => {
  const { ownNumber, newNumber } = sendingQuotas;
  for (const table of [ownNumber, newNumber]) {
    const names = new Set(table.map(({ name }) => name));
    for (const name of ['user', 'destination', 'source', 'country', 'total'] as const) assert.ok(names.has(name), name);
  }
  for (const { name, most, windowMs } of newNumber) {
    const proved = ownNumber.find((quota) => quota.name === name && quota.windowMs === windowMs);
    assert.ok(proved === undefined || most < proved.most, name);
  }
});
