import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { known } from './known-providers.ts';
import { Providers } from './providers.ts';

const bitwarden = 'd548826e-79b4-db40-a3d8-11116f7e8349';
const own = '01020304-0506-4708-890a-0b0c0d0e0f10';
const svg = 'data:image/svg+xml;base64,PHN2Zy8+';
const read = (file: unknown): Providers => Providers.read(JSON.stringify(file));

test('well-known authenticators have a name and a category', () => {
  const shipped = Providers.shipped();
  assert.deepEqual(shipped.of(bitwarden.toUpperCase()), { name: 'Bitwarden', category: 'cloud' });
  assert.equal(shipped.of(own), undefined);
  assert.equal(shipped.of('00000000-0000-0000-0000-000000000000'), undefined);
  for (const [aaguid] of known) assert.match(aaguid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(new Set(known.map(([aaguid]) => aaguid)).size, known.length);
});

test('the operator’s file comes first, and those that are shipped stay', () => {
  const providers = read({
    [own.toUpperCase()]: { name: 'Company key', icon_light: svg, icon_dark: null },
    [bitwarden]: { name: 'Vault' },
    '00000000-0000-0000-0000-000000000000': { name: 'Nobody' },
  });
  assert.deepEqual(providers.of(own), { name: 'Company key', category: 'key', icon: { light: svg } });
  assert.deepEqual(providers.of(bitwarden), { name: 'Vault', category: 'cloud' });
  assert.equal(providers.of('fbfc3007-154e-4ecc-8c0b-6e020557d7bd')?.name, 'iCloud Keychain');
  assert.equal(providers.of('00000000-0000-0000-0000-000000000000'), undefined);
  assert.equal(read({ [own]: { name: 'Phone', category: 'phone' } }).of(own)?.category, 'phone');
});

test('a picture that is too large is left out', () => {
  const large = `data:image/png;base64,${'A'.repeat(64 * 1024)}`;
  assert.deepEqual(read({ [own]: { name: 'Key', icon_light: large } }).of(own), { name: 'Key', category: 'key' });
});

test('a file that is wrong is refused with the option and the place', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [[], /its start/],
    [{ YubiKey: { name: 'YubiKey' } }, /AAGUID/],
    [{ [own]: {} }, /name/],
    [{ [own]: { name: ' ' } }, /name/],
    [{ [own]: { name: 'a\u202eb' } }, /printable/],
    [{ [own]: { name: 'a'.repeat(101) } }, /name/],
    ...['https://example.org/a.svg', 'data:text/html;base64,AAAA', 'data:image/svg+xml,<svg/>', `${svg}" onload="`].map(
      (icon_dark) => [{ [own]: { name: 'Key', icon_dark } }, /icon_dark: must be data:/] as const,
    ),
  ];
  for (const [file, why] of wrong) {
    assert.throws(
      () => read(file),
      new RegExp(`^Error: SECONDLOCK_WEBAUTHN_NAMES: the file is not right at .*${why.source}`),
    );
  }
  assert.throws(() => Providers.read('{'), /SECONDLOCK_WEBAUTHN_NAMES: the file is not JSON/);
  assert.throws(() => Providers.read('a'.repeat(16 * 1024 * 1024 + 1)), /larger than 16 MB/);
});
