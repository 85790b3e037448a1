import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Gate } from './gate.ts';

const open = (window: number, perSecond = 0, now: () => number = () => 0): Gate => new Gate({ window, perSecond, now });

/** What has come through so far, in order. */
function enterAll(gate: Gate, names: readonly string[], signal?: AbortSignal): { through: string[]; turned: string[] } {
  const through: string[] = [];
  const turned: string[] = [];
  for (const name of names) {
    gate.enter(signal).then(
      () => through.push(name),
      () => turned.push(name),
    );
  }
  return { through, turned };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the gate', () => {
  test('holds a window, in order', async () => {
    const gate = open(2);
    const { through } = enterAll(gate, ['a', 'b', 'c', 'd']);
    await turn();
    assert.deepEqual(through, ['a', 'b']);
    gate.leave();
    await turn();
    assert.deepEqual(through, ['a', 'b', 'c']);
    gate.leave();
    gate.leave();
    await turn();
    assert.deepEqual(through, ['a', 'b', 'c', 'd']);
  });

  test('lets nobody take a place whose time is over', async () => {
    const gate = open(1);
    const ends = new AbortController();
    const first = enterAll(gate, ['a']);
    const late = enterAll(gate, ['b'], ends.signal);
    const last = enterAll(gate, ['c']);
    await turn();
    ends.abort();
    await turn();
    assert.deepEqual(late.turned, ['b']);
    gate.leave();
    await turn();
    assert.deepEqual([first.through, late.through, last.through], [['a'], [], ['c']]);
    await assert.rejects(gate.enter(ends.signal), /abort/);
  });

  test('gives a place on that was had in the moment its time ended', async () => {
    const gate = open(1);
    const ends = new AbortController();
    enterAll(gate, ['a']);
    const late = enterAll(gate, ['b'], ends.signal);
    await turn();
    ends.abort();
    gate.leave();
    await turn();
    assert.deepEqual(late.turned, ['b']);
    const next = enterAll(gate, ['c']);
    await turn();
    assert.deepEqual(next.through, ['c']);
  });

  test('turns everybody away at once', async () => {
    const gate = open(1);
    enterAll(gate, ['a']);
    const waiting = enterAll(gate, ['b', 'c']);
    gate.clear(new Error('over'));
    await turn();
    assert.deepEqual(waiting.turned, ['b', 'c']);
  });

  test('keeps the pace of a second, also where the clock is set back', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let now = 1000;
    const gate = open(1000, 20, () => now);
    const { through } = enterAll(
      gate,
      Array.from({ length: 100 }, (_, index) => String(index)),
    );
    const pass = async (ms: number): Promise<number> => {
      for (let step = 0; step < ms; step += 10) {
        now += 10;
        t.mock.timers.tick(10);
        await turn();
      }
      return through.length;
    };
    await turn();
    assert.equal(through.length, 2);
    assert.ok(Math.abs((await pass(1000)) - 22) <= 1, String(through.length));
    now -= 60_000;
    const before = through.length;
    assert.ok(Math.abs((await pass(1000)) - before - 20) <= 2, String(through.length - before));
    gate.clear(new Error('over'));
  });
});
