import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Channel } from './deliver.ts';
import { type Account, type Knowledge, routeOf } from './route.ts';

const account = (name: string, prefixes: readonly string[] = [], channel: Channel = 'sms'): Account => ({
  channel,
  prefixes,
  sender: { name, send: async () => ({}), close: async () => {} },
});

const usual: Knowledge = { allows: () => true, dice: 1 };
const names = (accounts: readonly Account[], to: string, known: Partial<Knowledge> = {}, channel: Channel = 'sms') =>
  routeOf(accounts, { channel, to }, { ...usual, ...known }).map(({ sender }) => sender.name);

test('accounts are tried as listed, each channel its own', () => {
  const accounts = [account('a'), account('mail', [], 'email'), account('b')];
  assert.deepEqual(names(accounts, '+4930123456'), ['a', 'b']);
  assert.deepEqual(names(accounts, 'ann@example.org', {}, 'email'), ['mail']);
  assert.deepEqual(names(accounts, 'x', {}, 'push'), []);
});

test('the longest prefix comes first, and an account of other countries not at all', () => {
  const accounts = [
    account('all'),
    account('germany', ['+49']),
    account('usa', ['+1']),
    account('berlin', ['+1202', '+4930']),
    account('germany-too', ['+33', '+49']),
  ];
  assert.deepEqual(names(accounts, '+4930123456'), ['berlin', 'germany', 'germany-too', 'all']);
  assert.deepEqual(names(accounts, '+4989123456'), ['germany', 'germany-too', 'all']);
  assert.deepEqual(names(accounts, '+12025550123'), ['berlin', 'usa', 'all']);
  assert.deepEqual(names(accounts, '+81312345678'), ['all']);
});

test('an account whose circuit is open comes last, for when nobody else takes it', () => {
  const accounts = [account('all'), account('germany', ['+49']), account('spare')];
  const without = (...names: string[]) => ({ allows: ({ sender }: Account) => !names.includes(sender.name) });
  assert.deepEqual(names(accounts, '+4930123456', without('germany')), ['all', 'spare', 'germany']);
  assert.deepEqual(names(accounts, '+4930123456', without('germany', 'all', 'spare')), ['germany', 'all', 'spare']);
});

const rates: Readonly<Record<string, { handed: number; right: number }>> = {
  poor: { handed: 100, right: 50 },
  good: { handed: 200, right: 180 },
  best: { handed: 40, right: 39 },
  new: { handed: 29, right: 29 },
};
const byRate = { rate: ({ sender }: Account) => rates[sender.name] ?? { handed: 0, right: 0 }, dice: 0.5 };

test('where the order follows conversion, accounts that were measured enough change places, within a prefix', () => {
  const accounts = ['poor', 'new', 'good', 'best'].map((name) => account(name));
  assert.deepEqual(names(accounts, '+4930123456', byRate), ['best', 'new', 'good', 'poor']);
  assert.deepEqual(names(accounts, '+4930123456'), ['poor', 'new', 'good', 'best'], 'as listed where it does not');
  const mixed = [account('best'), account('poor', ['+49'])];
  assert.deepEqual(names(mixed, '+4930123456', byRate), ['poor', 'best'], 'a prefix comes before any figure');
});

test('now and then the account that was measured least goes first, or it could never show what it does', () => {
  const accounts = ['poor', 'best', 'new'].map((name) => account(name));
  assert.deepEqual(names(accounts, '+4930123456', { ...byRate, dice: 0.04 }), ['new', 'poor', 'best']);
});

test('whatever is known, every account that serves the number is tried once', () => {
  const one = fc.record({
    prefixes: fc.subarray(['+4', '+49', '+4930', '+1']),
    open: fc.boolean(),
    handed: fc.nat(100),
    right: fc.nat(100),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 6 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (given, dice) => {
      const accounts = given.map(({ prefixes }, at) => account(String(at), prefixes));
      const of = ({ sender }: Account) => given[Number(sender.name)] ?? assert.fail();
      const found = names(accounts, '+4930123456', { allows: (a) => !of(a).open, rate: of, dice });
      const serving = accounts.filter(({ prefixes }) => prefixes.length === 0 || prefixes.some((p) => p !== '+1'));
      assert.deepEqual([...found].sort(), serving.map(({ sender }) => sender.name).sort());
    }),
  );
});
