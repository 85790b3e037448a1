import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase32 } from './base32.ts';
import { type CodeKey, readOtpauth, type Unreadable } from './otpauth.ts';

const read = (text: string): CodeKey => {
  const reading = readOtpauth(text);
  if (!reading.ok) assert.fail(`${text}: ${reading.why}`);
  return reading.key;
};

test('base32 is read in any case and spacing, with padding or without (RFC 4648 §10)', () => {
  const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);
  for (const [written, said] of [
    ['MY======', 'f'],
    ['MZXQ====', 'fo'],
    ['MZXW6===', 'foo'],
    ['MZXW6YQ=', 'foob'],
    ['mzxw6ytb', 'fooba'],
    ['MZXW-6YTB oi', 'foobar'],
  ] as const) {
    assert.equal(text(fromBase32(written)), said, written);
  }
  for (const none of ['', '=', 'M', '0189', 'MZXW6!', 'МZXW']) assert.equal(fromBase32(none), null, none);
});

test('a plain link gets the usual settings', () => {
  const key = read('otpauth://totp/Acme:ada@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Acme');
  assert.deepEqual(
    { ...key, secret: Buffer.from(key.secret).toString('hex') },
    {
      issuer: 'Acme',
      account: 'ada@example.org',
      secret: '48656c6c6f21deadbeef',
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    },
  );
});

test('names are found however the link spells them', () => {
  const names = (link: string) => {
    const { issuer, account } = read(link);
    return [issuer, account];
  };
  const secret = 'secret=JBSWY3DPEHPK3PXP';
  assert.deepEqual(names(`otpauth://totp/Acme%20Mail%3A%20ada%40example.org?${secret}`), [
    'Acme Mail',
    'ada@example.org',
  ]);
  assert.deepEqual(names(`otpauth://totp/ada?${secret}&issuer=Acme+Mail`), ['Acme Mail', 'ada']);
  assert.deepEqual(names(`otpauth://totp/Old:ada?${secret}&issuer=New`), ['New', 'ada']);
  assert.deepEqual(names(`OTPAUTH://TOTP/?${secret}`), ['', '']);
  assert.deepEqual(names(`otpauth://totp/100%?${secret}`), ['', '100%']);
});

test('settings are read, and what is not known is refused instead of shown as wrong codes', () => {
  const link = (more: string) => `otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP${more}`;
  const { algorithm, digits, period } = read(link('&algorithm=sha-256&digits=8&period=60'));
  assert.deepEqual([algorithm, digits, period], ['SHA256', 8, 60]);
  assert.equal(read(link('&algorithm=HmacSHA512')).algorithm, 'SHA512');
  const refused: readonly (readonly [string, Unreadable])[] = [
    [link('&algorithm=MD5'), 'settings'],
    [link('&digits=5'), 'settings'],
    [link('&digits=9'), 'settings'],
    [link('&period=0'), 'settings'],
    [link('&period=1e3'), 'settings'],
    ['otpauth://totp/Acme:ada', 'no-key'],
    ['otpauth://totp/Acme:ada?secret=1890', 'no-key'],
    ['otpauth://hotp/Acme:ada?secret=JBSWY3DPEHPK3PXP&counter=1', 'counter'],
    ['otpauth-migration://offline?data=CjEK', 'export'],
    ['otpauth://steam/ada?secret=JBSWY3DPEHPK3PXP', 'not-otpauth'],
    ['https://example.org/?otpauth://totp/', 'not-otpauth'],
    ['', 'not-otpauth'],
  ];
  for (const [text, why] of refused) assert.deepEqual(readOtpauth(text), { ok: false, why }, text);
});
