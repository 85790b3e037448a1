import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromBase32, scanned } from '../../../test/authenticator.ts';
import { decodeQr } from '../../../test/peers/qr-reader.ts';
import { algorithms, base32, hotp, otpauthUri, seedBytes } from './oath.ts';

describe('one-time password arithmetic and the URI of a seed', () => {
  it('OATH-02: the arithmetic equals RFC 4226 appendix D', () => {
    const oath = { secret: Buffer.from('12345678901234567890'), algorithm: 'SHA1', digits: 6 } as const;
    const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
    assert.deepEqual(
      codes.map((_code, counter) => hotp(oath, counter)),
      codes,
    );
  });

  it('OATH-12: the URI is well formed for names with every awkward sign, and says what is verified', async () => {
    const names = [
      'a:b',
      'R&D',
      'two words',
      '🦊 fox',
      'a?b=c#d/e%41',
      'ö',
      '\ud800',
      'x'.repeat(500),
      '🦊'.repeat(500),
    ];
    for (const label of names) {
      for (const settings of [{}, { algorithm: 'SHA512', digits: 8 }]) {
        const { uri, secret, length, given, pending } = await scanned({ label, service: 'Mail: R&D 🦊', settings });
        assert.match(uri, /^otpauth:\/\/totp\/[A-Za-z0-9%:\-_.!~*'()]+\?[A-Za-z0-9%&=\-_.!~*'()]+$/);
        const read = new URL(uri);
        const path = read.pathname.slice(1);
        assert.equal(path.split(':').length, 2, 'one colon divides issuer and account');
        const [issuer = '', account = ''] = path.split(':').map(decodeURIComponent);
        assert.equal(issuer, 'Mail R&D 🦊');
        assert.ok(account.length > 0 && label.toWellFormed().startsWith(account));
        assert.deepEqual(
          [...read.searchParams],
          [
            ['secret', secret],
            ['issuer', issuer],
            ['algorithm', given.settings && (settings.algorithm ?? 'SHA1')],
            ['digits', String(length)],
            ['period', '30'],
          ],
        );
        assert.equal(Buffer.from(fromBase32(secret)).toString('base64'), (pending as { secret: string }).secret);
      }
    }
  });

  it('OATH-12: base32 has no padding and comes back as it was', () => {
    assert.equal(base32(Buffer.from('12345678901234567890')), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    assert.equal(base32(Buffer.from('foob')), 'MZXW6YQ');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => Buffer.from(fromBase32(base32(bytes))).equals(bytes)),
    );
  });

  it('OATH-12: an independent reader finds the URI in the picture', async () => {
    for (const label of ['anna.berg@example.org', 'a:b & c 🦊', '🦊'.repeat(100)]) {
      for (const algorithm of algorithms) {
        const { uri, qr } = await scanned({ label, settings: { algorithm } });
        assert.equal(decodeQr(qr), uri);
      }
    }
  });

  it('A11Y-02: the picture is black on white with a quiet zone, and holds nothing that could run', async () => {
    const { qr } = await scanned();
    assert.match(
      qr,
      /^<svg [^>]*viewBox="0 0 (\d+) \1"><rect fill="#fff" width="(\d+)" height="\2"\/><path fill="#000" d="[Mhvz0-9,-]+"\/><\/svg>$/,
    );
    const places = [...qr.matchAll(/M(\d+),(\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
    assert.equal(Math.min(...places), 4);
  });

  it('OATH-12: oathtool reads the secret that the URI carries', async () => {
    const provisioned = { issuer: 'A', account: 'b', digits: 6, period: 30 } as const;
    for (const algorithm of algorithms) {
      const secret = randomBytes(seedBytes[algorithm]);
      const uri = otpauthUri({ ...provisioned, algorithm, secret });
      const read = new URL(uri).searchParams.get('secret') ?? '';
      const said = execFileSync('oathtool', ['-v', `--totp=${algorithm}`, '-b', read], { encoding: 'utf8' });
      assert.ok(said.includes(`Hex secret: ${secret.toString('hex')}`));
    }
  });
});
