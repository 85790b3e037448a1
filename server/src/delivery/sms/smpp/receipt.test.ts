import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import smpp, { type Unit } from 'smpp';
import { Parts } from './parts.ts';
import { isReceipt, readReceipt } from './receipt.ts';

/** As it comes from the wire. */
const wired = (fields: ConstructorParameters<typeof smpp.PDU>[1]): Unit =>
  new smpp.PDU('deliver_sm', { esm_class: 4, ...fields });

describe('receipts', () => {
  test('whatever a receipt holds, reading it throws nothing and gives printable ids', () => {
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.string(), fc.constantFrom('DELIVRD', 'UNDELIV', 'constructor', ''), fc.string())
        .map(([id, stat, err]) => Buffer.from(`id:${id} sub:001 stat:${stat} err:${err} text:id:9 stat:DELIVRD`)),
    );
    const ids = fc.constantFrom('same', 'hex-to-decimal', 'decimal-to-hex');
    const state = fc.option(fc.nat(255), { nil: undefined });
    const tlv = fc.option(fc.string(), { nil: undefined });
    fc.assert(
      fc.property(text, ids, state, tlv, fc.nat(255), (bytes, how, message_state, receipted_message_id, coding) => {
        const fields = { short_message: bytes, data_coding: coding };
        const unit = wired({
          ...fields,
          ...(message_state === undefined ? {} : { message_state }),
          ...(receipted_message_id === undefined ? {} : { receipted_message_id }),
        });
        assert.ok(isReceipt(unit));
        const receipt = readReceipt(unit, how);
        if (!receipt) return;
        assert.match(receipt.reference, /^[\x21-\x7e]{1,80}$/);
        assert.match(receipt.error ?? '', /^([A-Z]{7}( [0-9a-zA-Z]{1,8})?)?$/);
      }),
      { numRuns: 500 },
    );
  });

  test('a huge number is no id', () => {
    const unit = wired({ message_payload: Buffer.from(`id:${'9'.repeat(16_000)} stat:DELIVRD`) });
    assert.equal(readReceipt(unit, 'hex-to-decimal'), undefined);
    const tlv = wired({ receipted_message_id: 'f'.repeat(10_000), message_state: 2 });
    assert.equal(readReceipt(tlv, 'hex-to-decimal'), undefined);
  });

  test('segments become one message, in whatever order they are told of', () => {
    const parts = new Parts();
    for (const id of ['a', 'b', 'c']) parts.add('a', id);
    assert.equal(parts.join({ reference: 'c', state: 'delivered' }), undefined);
    assert.equal(parts.join({ reference: 'a', state: 'delivered' }), undefined);
    assert.deepEqual(parts.join({ reference: 'b', state: 'sent' }), { reference: 'a', state: 'sent' });
    assert.equal(parts.join({ reference: 'b', state: 'delivered' }), undefined, 'one segment may still be refused');
    assert.deepEqual(parts.complete('a'), { reference: 'a', state: 'delivered' });
    assert.equal(parts.join({ reference: 'b', state: 'delivered' }), undefined, 'told once');
    assert.deepEqual(parts.join({ reference: 'x', state: 'failed' }), { reference: 'x', state: 'failed' });
    assert.equal(parts.complete('x'), undefined);
  });

  test('only so many long messages are remembered', () => {
    const parts = new Parts();
    parts.add('first', 'first');
    for (let i = 0; i < 10_000; i += 1) parts.add(String(i), String(i));
    const forgotten = { reference: 'first', state: 'delivered' } as const;
    assert.deepEqual(parts.join(forgotten), forgotten);
    assert.equal(parts.join({ reference: '9999', state: 'delivered' }), undefined);
  });
});
