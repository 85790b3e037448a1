import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { container, type KeyParts, keyPackage, plain } from '../../../test/tokens/pskc.ts';
import { ImportRefused, type TokenRefusal } from './imported.ts';
import { readPskc } from './pskc.ts';

const totp = 'urn:ietf:params:xml:ns:keyprov:pskc:totp';
const seedOf = (bytes: number): string => plain('Secret', Buffer.alloc(bytes, 65).toString('base64'));
const format = (attributes: string): string => `<ResponseFormat ${attributes}/>`;
const pin = (attributes: string, inside = ''): string => `<PINPolicy ${attributes}>${inside}</PINPolicy>`;

/** A sound key beside the one that a test breaks. */
const sound = keyPackage({ serial: 'sound' });

async function read(parts: KeyParts) {
  const { tokens, refused } = await readPskc(container(keyPackage({ serial: 'odd', ...parts }) + sound), {});
  const odd = tokens.find(({ serial }) => serial === 'odd');
  assert.equal(tokens.length, odd ? 2 : 1, 'the sound key goes in');
  return { odd, why: refused.map((each) => each.why) };
}

const refusals: readonly (readonly [TokenRefusal, string, KeyParts])[] = [
  ['counter-missing', 'HOTP without a counter', { data: '' }],
  ['counter-missing', 'a counter of nothing', { data: plain('Counter', '') }],
  ['counter-malformed', 'a counter below nothing', { data: plain('Counter', '-1') }],
  ['counter-malformed', 'a counter past what a number holds', { data: plain('Counter', '9007199254740992') }],
  ['counter-malformed', 'a counter in words', { data: plain('Counter', 'seven') }],
  ['counter-malformed', 'an empty counter element', { data: '<Counter/>' }],
  ['digits-unsupported', 'ten digits', { parameters: format('Length="10" Encoding="DECIMAL"') }],
  ['digits-unsupported', 'five digits', { parameters: format('Length="5" Encoding="DECIMAL"') }],
  ['digits-unsupported', 'no length', { parameters: format('Encoding="DECIMAL"') }],
  ['digits-unsupported', 'no response format', { parameters: '' }],
  ['format-unsupported', 'hexadecimal codes', { parameters: format('Length="8" Encoding="HEXADECIMAL"') }],
  ['format-unsupported', 'no encoding', { parameters: format('Length="8"') }],
  ['format-unsupported', 'check digits', { parameters: format('Length="8" Encoding="DECIMAL" CheckDigits="true"') }],
  ['secret-short', 'eight bytes', { secret: seedOf(8) }],
  ['secret-short', 'fifteen bytes', { secret: seedOf(15) }],
  ['secret-malformed', 'far too much', { secret: seedOf(129) }],
  ['secret-malformed', 'no base64', { secret: plain('Secret', 'not base64!') }],
  ['secret-malformed', 'nothing', { secret: '<Secret/>' }],
  ['secret-missing', 'no secret', { secret: '' }],
  ['kind-unknown', 'a PIN', { algorithm: 'urn:ietf:params:xml:ns:keyprov:pskc:pin' }],
  ['kind-unknown', 'OCRA', { algorithm: 'urn:ietf:params:xml:ns:keyprov:pskc:ocra-1' }],
  ['kind-unknown', 'a name of Object', { algorithm: 'constructor' }],
  ['algorithm-unknown', 'MD5', { parameters: `<Suite>HMAC-MD5</Suite>${format('Length="8" Encoding="DECIMAL"')}` }],
  ['period-unsupported', '90 seconds', { algorithm: totp, data: plain('TimeInterval', '90') }],
  ['drift-too-large', 'a clock that is days off', { algorithm: totp, data: plain('TimeDrift', '-99999') }],
  ['serial-missing', 'no number at all', { serial: '', id: '' }],
  ['serial-malformed', 'a formula', { serial: '=HYPERLINK()' }],
  ['dates-malformed', 'a date that is none', { policy: '<StartDate>2020-13-45T00:00:00Z</StartDate>' }],
  [
    'dates-malformed',
    'an end before the start',
    { policy: '<StartDate>2030-01-01T00:00:00Z</StartDate><ExpiryDate>2029-01-01T00:00:00Z</ExpiryDate>' },
  ],
  ['policy-unknown', 'an unknown policy', { policy: '<OnlyOnSundays/>' }],
  ['policy-unknown', 'a known name of another namespace', { policy: '<ds:KeyUsage>OTP</ds:KeyUsage>' }],
  ['policy-unknown', 'an unknown attribute of a PIN policy', { policy: pin('PINUsageMode="Local" OnWeekDays="1"') }],
  ['policy-unknown', 'something in a PIN policy', { policy: pin('PINUsageMode="Local"', '<Foo/>') }],
  ['policy-forbids', 'a PIN before the code', { policy: pin('PINUsageMode="Prepend"') }],
  ['policy-forbids', 'a key for signatures', { policy: '<KeyUsage>Integrity</KeyUsage>' }],
  ['policy-forbids', 'a count of uses', { policy: '<NumberOfTransactions>10</NumberOfTransactions>' }],
];

describe('one key of a PSKC file', () => {
  for (const [why, what, parts] of refusals) {
    it(`OATH-15 ${what} is refused alone: ${why}`, async () => {
      assert.deepEqual(await read(parts), { odd: undefined, why: [why] });
    });
  }

  it('OATH-15 six to nine digits, 30 and 60 seconds, and every hash are taken', async () => {
    for (const digits of [6, 7, 8, 9]) {
      const { odd } = await read({ parameters: format(`Length="${digits}" Encoding="DECIMAL"`) });
      assert.equal(odd?.digits, digits);
    }
    for (const period of [30, 60] as const) {
      const { odd } = await read({
        algorithm: totp,
        data: plain('TimeInterval', String(period)) + plain('TimeDrift', '-2'),
      });
      assert.deepEqual([odd?.kind, odd?.period, odd?.driftSteps, odd?.counter], ['totp', period, -2, undefined]);
    }
    for (const [suite, hash] of [
      ['HMAC-SHA256', 'SHA256'],
      ['sha-512', 'SHA512'],
      ['', 'SHA1'],
    ]) {
      const { odd } = await read({ parameters: `<Suite>${suite}</Suite>${format('Length="8" Encoding="DECIMAL"')}` });
      assert.equal(odd?.algorithm, hash);
    }
    assert.equal((await read({ secret: seedOf(16) })).odd?.secret.length, 16);
  });

  it('OATH-15 dates of key and device are kept, the narrower ones, whatever the zone', async () => {
    const { odd } = await read({
      device: '<StartDate>2020-01-01T00:00:00Z</StartDate><ExpiryDate>2031-01-01T01:00:00+01:00</ExpiryDate>',
      policy:
        '<StartDate>2021-06-01T12:00:00.5</StartDate><ExpiryDate>2035-01-01T00:00:00Z</ExpiryDate><KeyUsage>OTP</KeyUsage>',
    });
    assert.deepEqual([odd?.startsAt, odd?.expiresAt], [Date.UTC(2021, 5, 1, 12), Date.UTC(2031, 0, 1)]);
    // What is past is for whoever knows the time: the store room refuses it.
    assert.equal(
      (await read({ policy: '<ExpiryDate>2006-05-31T00:00:00Z</ExpiryDate>' })).odd?.expiresAt,
      Date.UTC(2006, 4, 31),
    );
  });

  it('OATH-15 a policy that is understood and kept is no hindrance', async () => {
    const local = pin('MinLength="4" MaxLength="4" PINKeyId="1" PINEncoding="DECIMAL" PINUsageMode="Local"');
    const { odd } = await read({ policy: `${local}<KeyUsage>CR</KeyUsage><KeyUsage>OTP</KeyUsage>` });
    assert.ok(odd);
  });

  it('OATH-17 a serial number that is there twice with other contents is nobody’s, and once more the same is once', async () => {
    const file = container(
      keyPackage({ serial: 'a' }) +
        keyPackage({ serial: 'a', secret: seedOf(20) }) +
        keyPackage({ serial: 'a' }) +
        sound +
        sound,
    );
    const { tokens, refused } = await readPskc(file, {});
    assert.deepEqual(
      tokens.map(({ serial }) => serial),
      ['sound'],
    );
    assert.deepEqual(refused, Array(3).fill({ serial: 'a', why: 'serial-twice' }));
  });

  it('OATH-15 without a serial number of the device the key’s own counts, and names are one line each', async () => {
    const device = '<Model>Mark&#10;3\u202e</Model>';
    const { tokens } = await readPskc(container(keyPackage({ serial: '', id: 'K-77', device })), {});
    assert.deepEqual([tokens[0]?.serial, tokens[0]?.model], ['K-77', 'Mark 3']);
  });

  it('OATH-15 what is no PSKC file of version 1, or holds no key, is refused as that', async () => {
    const version = { 'version-unsupported': ['Version="2.0"', 'Version="11"', '', 'Version="1.0 or so"'] };
    for (const attributes of version['version-unsupported']) {
      await assert.rejects(readPskc(container(sound, '', attributes), {}), { why: 'version-unsupported' });
    }
    await assert.rejects(readPskc(container(''), {}), { why: 'empty' });
    await assert.rejects(readPskc('  \n', {}), { why: 'empty' });
    const others = [
      '<a/>',
      '<KeyContainer Version="1.0"/>',
      '{"json":true}',
      '<KeyContainer',
      `${container(sound)}<more/>`,
    ];
    for (const other of others) await assert.rejects(readPskc(other, {}), { why: 'malformed' }, other);
    const contrary = [
      keyPackage({ policy: '<KeyUsage>OTP</KeyUsage></Policy><Policy>' }),
      keyPackage({ parameters: format('Length="8" Encoding="DECIMAL"') + format('Length="6" Encoding="DECIMAL"') }),
      keyPackage({ device: '<SerialNo>2</SerialNo>' }),
    ];
    for (const each of contrary) await assert.rejects(readPskc(container(each), {}), { why: 'malformed' });
    const twice = container(keyPackage({ data: plain('Counter', '1') + plain('Counter', '2') }));
    await assert.rejects(readPskc(twice, {}), (error) => error instanceof ImportRefused);
  });
});
