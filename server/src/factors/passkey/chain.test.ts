import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Holder, issue } from '../../../test/peers/webauthn/certificate.ts';
import { leadsTo } from './chain.ts';

const now = Date.parse('2026-10-01');
const second = 1000;
const root = issue({ subject: { CN: 'Root' }, ca: true });
const middle = issue({ subject: { CN: 'Middle' }, by: root, ca: true });
const leaf = issue({ subject: { CN: 'Leaf' }, by: middle });
const leads = (roots: Holder[], chain: Holder[], at = now): boolean => {
  const [anchors, certificates] = [roots, chain].map((some) => some.map(({ certificate }) => certificate));
  return leadsTo(anchors ?? [], certificates ?? [], at);
};

test('certificates lead to a root, with it or without it at their end', () => {
  assert.ok(leads([root], [leaf, middle]));
  assert.ok(leads([root], [leaf, middle, root]));
  assert.ok(leads([middle], [leaf]));
  assert.ok(leads([leaf], [leaf]), 'a certificate that is named itself');
});

test('a root that another one signed across leads there too', () => {
  const old = issue({ subject: { CN: 'Old Root' }, ca: true });
  const across = issue({ subject: { CN: 'Root' }, by: old, ca: true });
  assert.ok(leads([root], [leaf, middle, across]));
});

test('what is missing, in disorder, foreign or unsigned leads nowhere', () => {
  const other = issue({ subject: { CN: 'Root' }, ca: true });
  assert.equal(leads([root], [leaf]), false);
  assert.equal(leads([root], [leaf, root, middle]), false);
  assert.equal(leads([other], [leaf, middle]), false, 'the same name with another key');
  assert.equal(leads([], [leaf, middle]), false);
  assert.equal(leads([root], []), false);
});

test('only authorities issue', () => {
  const under = issue({ subject: { CN: 'Under' }, by: leaf });
  assert.equal(leads([root], [under, leaf, middle]), false);
  assert.equal(leads([leaf], [under]), false, 'a certificate that is named itself stands for itself alone');
});

test('each certificate is in its time, the root too', () => {
  const [from, to] = [new Date(now), new Date(now + second)];
  const short = issue({ subject: { CN: 'Short' }, ca: true, from, to });
  const below = issue({ subject: { CN: 'Below' }, by: short });
  const brief = issue({ subject: { CN: 'Brief' }, by: root, from, to });
  for (const [roots, chain] of [
    [[short], [below]],
    [[root], [brief]],
  ] as const) {
    const at = [now - second, now, now + second, now + 2 * second];
    assert.deepEqual(
      at.map((time) => leads([...roots], [...chain], time)),
      [false, true, true, false],
    );
  }
});
