import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { newKeys, sign } from './device.ts';
import { pairingIn, readPairingLink } from './pairing-link.ts';
import { answerText, base64url, deviceText, fromBase64url, pairText } from './signed-texts.ts';

const pairing = { pairing: 'a'.repeat(22), secret: 'B_'.repeat(21).concat('-') };

test('bytes are written in base64url without padding', () => {
  for (const length of [0, 1, 2, 3, 32, 65]) {
    const bytes = new Uint8Array(length).map((_, at) => 255 - at * 7);
    assert.equal(base64url(bytes), Buffer.from(bytes).toString('base64url'));
    assert.deepEqual(fromBase64url(base64url(bytes)), bytes);
  }
});

test('the texts that are signed are those of the contract', () => {
  assert.equal(pairText(pairing, 'BKey'), `secondlock-pair\n${pairing.pairing}\n${pairing.secret}\nBKey`);
  const none = createHash('sha256').digest('base64url');
  assert.equal(
    deviceText('GET', '/api/v1/authenticator/requests', 1_700_000_000_000, none),
    `secondlock-device\nGET\n/api/v1/authenticator/requests\n1700000000000\n${none}`,
  );
  assert.equal(answerText('r1', 'approve', '042917'), 'secondlock-answer\nr1\napprove\n042917');
  assert.equal(answerText('r1', 'not-me', ''), 'secondlock-answer\nr1\nnot-me\n');
});

test('PUSH-05 the phone’s key signs in 64 bytes, and cannot be exported', async () => {
  const { privateKey, publicKey } = await newKeys();
  const text = answerText('r1', 'approve', '042917');
  const signature = await sign(privateKey, text);
  assert.equal(signature.byteLength, 64);
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  assert.ok(await crypto.subtle.verify(how, publicKey, signature, new TextEncoder().encode(text)));
  const other = new TextEncoder().encode(answerText('r1', 'approve', '042918'));
  assert.ok(!(await crypto.subtle.verify(how, publicKey, signature, other)));
  for (const format of ['pkcs8', 'jwk'] as const) await assert.rejects(crypto.subtle.exportKey(format, privateKey));
  assert.equal((await crypto.subtle.exportKey('raw', publicKey)).byteLength, 65);
});

test('a pairing link is read, and nothing that only looks like one', () => {
  const fragment = `#pair=${pairing.pairing}.${pairing.secret}`;
  assert.deepEqual(pairingIn(fragment), pairing);
  assert.deepEqual(readPairingLink(` https://login.example.org/authenticator${fragment}\n`), {
    origin: 'https://login.example.org',
    pairing,
  });
  for (const text of [
    '',
    fragment,
    `https://login.example.org/${fragment}`,
    `https://login.example.org/authenticator?${fragment.slice(1)}`,
    `https://login.example.org/authenticator${fragment}x`,
    `https://login.example.org/authenticator${fragment.slice(0, -1)}`,
    `javascript://login.example.org/authenticator${fragment}`,
  ]) {
    assert.equal(readPairingLink(text), null, text);
  }
});
