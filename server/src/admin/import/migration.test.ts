import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeQr } from '../../../test/peers/qr-reader.ts';
import { drawQr } from '../../factors/qr.ts';
import { ImportRefused } from './imported.ts';
import { readMigration } from './migration.ts';

const seed = Buffer.from('12345678901234567890');

/** A varint of protocol buffers, written without looking at ours. */
function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest % 128n) + 128);
  }
}

const count = (field: number, value: number | bigint): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field: number, value: string | Uint8Array): Buffer => {
  const raw = Buffer.from(value as Uint8Array);
  return Buffer.concat([varint(field * 8 + 2), varint(raw.length), raw]);
};

interface Account {
  readonly secret?: Uint8Array;
  readonly name?: string;
  readonly issuer?: string;
  readonly algorithm?: number;
  readonly digits?: number;
  readonly type?: number;
  readonly counter?: number | bigint;
}

/** One account as the app writes it: zeros are left out. */
const account = (one: Account): Buffer =>
  bytes(
    1,
    Buffer.concat([
      bytes(1, one.secret ?? seed),
      bytes(2, one.name ?? 'ana@example.org'),
      bytes(3, one.issuer ?? 'Example'),
      ...([one.algorithm ?? 1, one.digits ?? 1, one.type ?? 2] as const).map((value, at) => count(at + 4, value)),
      ...(one.counter ? [count(7, one.counter)] : []),
    ]),
  );

/** What follows the accounts: version, and which of how many pictures this is. */
const batch = Buffer.concat([count(2, 1), count(3, 1), count(4, 0), count(5, 4_294_967_295)]);

const uriOf = (...accounts: Buffer[]): string =>
  `otpauth-migration://offline?data=${encodeURIComponent(Buffer.concat([...accounts, batch]).toString('base64'))}`;

const refusedAs = (why: string) => (error: unknown) => error instanceof ImportRefused && error.why === why;

describe('exports of Google Authenticator', () => {
  it('OATH-15 reads every hash, both lengths and both kinds, out of the picture as a phone shows it', () => {
    const uri = uriOf(
      account({ name: 'one' }),
      account({ name: 'two', algorithm: 2, digits: 2 }),
      account({ name: 'three', algorithm: 3, type: 1, counter: 300 }),
      account({ name: 'four', algorithm: 0, digits: 0, type: 0 }),
      account({ name: 'five', type: 1 }),
    );
    const { tokens, refused } = readMigration(decodeQr(drawQr(uri)));
    assert.deepEqual(refused, []);
    assert.deepEqual(
      tokens.map((one) => [one.model, one.maker, one.kind, one.algorithm, one.digits, one.counter ?? one.period]),
      [
        ['one', 'Example', 'totp', 'SHA1', 6, 30],
        ['two', 'Example', 'totp', 'SHA256', 8, 30],
        ['three', 'Example', 'hotp', 'SHA512', 6, 300],
        ['four', 'Example', 'totp', 'SHA1', 6, 30],
        ['five', 'Example', 'hotp', 'SHA1', 6, 0],
      ],
    );
    for (const token of tokens) assert.deepEqual(Buffer.from(token.secret), seed);
  });

  it('OATH-17 makes serial numbers that can be printed, are one for one account, and stay the same', () => {
    const names = ['ana@example.org', 'ana-example.org', 'Ana Berg 😀', '', '=1+1', 'x'.repeat(300), '李小龍'];
    const read = () =>
      readMigration(names.map((name) => uriOf(account({ name }))).join('\n')).tokens.map(({ serial }) => serial);
    const serials = read();
    assert.equal(new Set(serials).size, names.length);
    for (const serial of serials) assert.match(serial, /^ga:[A-Za-z0-9._-]{12,60}$/);
    assert.match(serials[0] ?? '', /^ga:ana-example\.org-[0-9a-f]{12}$/);
    assert.deepEqual(read(), serials);
    const elsewhere = readMigration(uriOf(account({ issuer: 'Other' }))).tokens[0]?.serial;
    assert.notEqual(elsewhere, serials[0]);
    // The same account with another seed keeps its number, so that the store room notices.
    const renewed = readMigration(uriOf(account({ secret: Buffer.alloc(20, 1) }))).tokens[0]?.serial;
    assert.equal(renewed, serials[0]);
  });

  it('OATH-03 a short seed, MD5 and what is not known are refused alone', () => {
    const { tokens, refused } = readMigration(
      uriOf(
        account({ name: 'good' }),
        account({ name: 'short', secret: Buffer.alloc(10, 1) }),
        account({ name: 'md5', algorithm: 4 }),
        account({ name: 'digits', digits: 3 }),
        account({ name: 'type', type: 9 }),
        account({ name: 'counter', type: 1, counter: 2n ** 63n }),
        bytes(1, bytes(2, 'no secret')),
      ),
    );
    assert.deepEqual(
      tokens.map(({ model }) => model),
      ['good'],
    );
    const due = [
      'secret-short',
      'algorithm-unknown',
      'digits-unsupported',
      'kind-unknown',
      'counter-malformed',
      'secret-missing',
    ];
    assert.deepEqual(
      refused.map(({ why }) => why),
      due,
    );
  });

  it('OATH-15 takes the address however it was copied, several at once, and fields of later versions', () => {
    const plain = uriOf(account({}), bytes(99, 'later'), Buffer.concat([varint(98 * 8 + 5), Buffer.alloc(4)]));
    const data = decodeURIComponent(plain.split('data=')[1] ?? '');
    const head = 'otpauth-migration://offline?data=';
    const ways = [
      plain,
      `${head}${data}`,
      `${head}${data.replaceAll('+', '-').replaceAll('/', '_')}`,
      ` ${plain}\r\n`,
      `${plain}&x=1`,
    ];
    for (const way of [...ways, `${plain}\n${plain}`]) {
      assert.equal(readMigration(way).tokens.length, 1, way);
      assert.equal(readMigration(Buffer.from(way)).tokens.length, 1);
    }
  });

  it('OATH-16 what is no export, is cut or claims too much is refused as a whole', () => {
    assert.throws(() => readMigration(''), refusedAs('empty'));
    assert.throws(() => readMigration(uriOf()), refusedAs('empty'));
    for (const other of [
      'x',
      'otpauth://totp/x?secret=A',
      'otpauth-migration://offline?data=',
      'otpauth-migration://offline?data=%zz',
      'otpauth-migration://offline?data=!!',
    ]) {
      assert.throws(() => readMigration(other), refusedAs('malformed'), other);
    }
    const raw = (buffer: Buffer): string =>
      `otpauth-migration://offline?data=${encodeURIComponent(buffer.toString('base64'))}`;
    const whole = account({});
    const bad = [
      whole.subarray(0, -1),
      Buffer.concat([varint(10), varint(2n ** 40n), seed]),
      Buffer.concat([varint(8), Buffer.alloc(20, 0xff)]),
      Buffer.from([0]),
      Buffer.from([11, 12]),
      count(1, 5),
    ];
    for (const each of bad) assert.throws(() => readMigration(raw(each)), refusedAs('malformed'), each.toString('hex'));
    assert.throws(
      () => readMigration(raw(Buffer.concat(Array(2000).fill(bytes(1, '')) as Buffer[]))),
      refusedAs('hostile'),
    );
  });

  it('OATH-16 changed bytes are refused or read, and never break the reader', () => {
    const sound = Buffer.concat([account({ type: 1, counter: 5 }), batch]);
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length), (at, value, length) => {
        const changed = Buffer.from(sound);
        changed.writeUInt8(value, at);
        const data = encodeURIComponent(changed.subarray(0, length).toString('base64'));
        try {
          for (const token of readMigration(`otpauth-migration://offline?data=${data}`).tokens) {
            assert.ok(token.secret.length >= 16);
          }
        } catch (error) {
          assert.ok(error instanceof ImportRefused, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
