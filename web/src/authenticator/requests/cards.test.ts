import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request } from '../phone/calls.ts';
import { type Board, boardAfter, emptyBoard, type Happening, isOpen } from './cards.ts';
import { eventReader } from './event-stream.ts';

const request = (id: string): Request => ({
  id,
  service: 'Acme',
  account: 'ada@example.org',
  purpose: 'sign-in',
  at: '2026-01-01T00:00:00Z',
  expiresAt: '2026-01-01T00:02:00Z',
  address: '203.0.113.9',
  place: 'Lisbon',
  browser: 'Firefox',
  digits: 6,
});

const after = (...happenings: readonly Happening[]): Board => happenings.reduce(boardAfter, emptyBoard);
const listed = (device: string, ...ids: readonly string[]): Happening => ({
  is: 'listed',
  device,
  requests: ids.map(request),
});
const shown = (board: Board) => board.cards.map((card) => `${card.request.id} ${card.outcome?.is ?? 'open'}`);

test('each account’s list says what waits there, and nothing of the others', () => {
  const board = after(listed('a', 'a1'), listed('b', 'b1'), listed('a', 'a1', 'a2'));
  assert.deepEqual(shown(board), ['a2 open', 'b1 open', 'a1 open']);
  assert.deepEqual(shown(after(listed('a', 'a1'), listed('b', 'b1'), listed('a'))), ['b1 open', 'a1 over']);
});

test('what was answered stays until it is put away, whatever the list says meanwhile', () => {
  const answered: Happening = { is: 'answered', id: 'a1', outcome: { is: 'approved' } };
  const sending: Happening = { is: 'sending', id: 'a1' };
  assert.deepEqual(shown(after(listed('a', 'a1'), sending, listed('a'))), ['a1 open']);
  const board = after(listed('a', 'a1'), sending, listed('a'), answered, listed('a'));
  assert.deepEqual(shown(board), ['a1 approved']);
  assert.equal(board.cards.filter(isOpen).length, 0);
  assert.deepEqual(shown(boardAfter(board, { is: 'put-away', id: 'a1' })), []);
});

test('an answer that did not get through can be given again, unless the request ended meanwhile', () => {
  const failed = after(listed('a', 'a1'), { is: 'sending', id: 'a1' }, { is: 'failed', id: 'a1' });
  assert.deepEqual(
    failed.cards.map(({ busy, outcome }) => [busy, outcome]),
    [[false, null]],
  );
  assert.deepEqual(shown(boardAfter(failed, listed('a'))), ['a1 over']);
});

test('forgetting an account takes its requests and its connection along', () => {
  const on: Happening = { is: 'connection', device: 'a', connection: 'on' };
  const board = after(listed('a', 'a1'), on, listed('b', 'b1'), { is: 'forgotten', device: 'a' });
  assert.deepEqual([shown(board), board.connections], [['b1 open'], {}]);
});

test('events are read however the stream is cut into pieces', () => {
  const stream = ': hello\n\nevent: requests\ndata: {"a":\ndata: 1}\n\n: beat\r\n\r\nevent:gone\rdata\r\rdata: x\n\n';
  const events = [
    { name: 'requests', data: '{"a":\n1}' },
    { name: 'gone', data: '' },
    { name: 'message', data: 'x' },
  ];
  for (const size of [1, 2, 3, 7, stream.length]) {
    const read = eventReader();
    const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, at) =>
      stream.slice(at * size, (at + 1) * size),
    );
    assert.deepEqual(pieces.flatMap(read), events, `in pieces of ${size}`);
  }
});
