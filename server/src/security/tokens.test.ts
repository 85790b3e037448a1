import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashToken, sameText } from './tokens.ts';

test('CRY-01 a token is kept as its SHA-256 alone', () => {
  assert.equal(hashToken('abc'), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
});

test('CRY-04 texts are compared whole, whatever their lengths', () => {
  assert.equal(sameText('a-token', 'a-token'), true);
  assert.equal(sameText('', ''), true);
  for (const other of ['a-tokeN', 'a-toke', 'a-token ', '', 'á-token']) assert.equal(sameText('a-token', other), false);
});
