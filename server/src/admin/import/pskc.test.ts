import assert from 'node:assert/strict';
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  container,
  encrypted,
  figure6,
  figure6With,
  figure7With,
  keyPackage,
  type Made,
  macMethod,
  makeFiles,
  plain,
  preShared,
  readByPskctool,
  seed,
} from '../../../test/tokens/pskc.ts';
import { type FileRefusal, type FileSecrets, type ImportedToken, ImportRefused } from './imported.ts';
import { readPskc } from './pskc.ts';

const refusedAs =
  (...why: FileRefusal[]) =>
  (error: unknown): boolean =>
    error instanceof ImportRefused && why.includes(error.why);

/** The only token of a file that refuses nothing. */
async function only(file: string, secrets: FileSecrets = {}): Promise<ImportedToken> {
  const { tokens, refused } = await readPskc(file, secrets);
  assert.deepEqual(refused, []);
  assert.equal(tokens.length, 1);
  const [token] = tokens;
  assert.ok(token);
  return token;
}

const figure3 = {
  serial: '987654321',
  kind: 'hotp',
  maker: 'Manufacturer',
  model: '',
  secret: new Uint8Array(seed),
  algorithm: 'SHA1',
  digits: 8,
  counter: 0,
};

/** The bytes of a base64 text with each of them changed in turn. */
function* flips(text: string): Generator<string> {
  const bytes = Buffer.from(text, 'base64');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    yield changed.toString('base64');
  }
}

describe('the figures of RFC 6030', () => {
  it('OATH-14 figure 3, in the open', async () => {
    assert.deepEqual(await only(container(keyPackage())), figure3);
  });

  it('OATH-14 figure 6, under a pre-shared key', async () => {
    assert.deepEqual(await only(figure6With(), { key: figure6.key }), figure3);
    assert.deepEqual(await only(figure6With(), { key: figure6.key, passphrase: 'not needed' }), figure3);
  });

  it('OATH-14 figure 7, under a passphrase, with the counter that it lacks', async () => {
    assert.deepEqual(await only(figure7With(plain('Counter', '0')), { passphrase: 'qwerty' }), figure3);
    const { tokens, refused } = await readPskc(figure7With(), { passphrase: 'qwerty' });
    assert.deepEqual([tokens, refused], [[], [{ serial: '987654321', why: 'counter-missing' }]]);
  });

  it('OATH-14 one changed byte of a cipher text, of a MAC or of its key refuses the whole file', async () => {
    const another = keyPackage({ serial: '1' });
    const behind = another.replace(/<Secret>.*<\/Secret>/, /<Secret>[\s\S]*<\/Secret>/.exec(figure6With())?.[0] ?? '');
    assert.equal((await readPskc(figure6With({}, behind), figure6)).tokens.length, 2);
    for (const part of ['cipher', 'mac', 'macKey'] as const) {
      for (const changed of flips(figure6[part])) {
        const file = figure6With({ [part]: changed }, behind);
        await assert.rejects(readPskc(file, figure6), refusedAs('not-authentic'), `${part} ${changed}`);
      }
    }
  });

  it('OATH-14 a value cut short, lengthened, moved or without its MAC is refused', async () => {
    const bytes = Buffer.from(figure6.cipher, 'base64');
    const changes = [bytes.subarray(0, 32), bytes.subarray(16), Buffer.concat([bytes, bytes]), Buffer.alloc(16)];
    for (const cipher of changes.map((each) => each.toString('base64'))) {
      await assert.rejects(readPskc(figure6With({ cipher }), figure6), refusedAs('not-authentic'));
    }
    for (const mac of ['', figure6.mac.slice(0, 12), `${figure6.mac.slice(0, -1)}AA==`]) {
      await assert.rejects(readPskc(figure6With({ mac }), figure6), refusedAs('not-authentic'));
    }
    const bare = figure6With().replace(/<ValueMAC>.*?<\/ValueMAC>/, '');
    await assert.rejects(readPskc(bare, figure6), refusedAs('not-authentic'));
    const unkeyed = figure6With().replace(/<MACMethod[\s\S]*<\/MACMethod>/, '');
    await assert.rejects(readPskc(unkeyed, figure6), refusedAs('not-authentic'));
  });

  it('OATH-14 a wrong key or passphrase refuses the file, and a missing one is asked for', async () => {
    for (const key of [Buffer.alloc(16), Buffer.alloc(32), Buffer.alloc(24), Buffer.alloc(0)]) {
      await assert.rejects(readPskc(figure6With(), { key }), refusedAs('not-authentic'));
    }
    const withCounter = figure7With(plain('Counter', '0'));
    for (const passphrase of ['', 'Qwerty', 'qwerty ']) {
      await assert.rejects(readPskc(withCounter, { passphrase }), refusedAs('not-authentic'));
    }
    await assert.rejects(readPskc(figure6With(), { passphrase: 'qwerty' }), refusedAs('key-missing'));
    await assert.rejects(readPskc(withCounter, { key: figure6.key }), refusedAs('passphrase-missing'));
  });

  it('OATH-14 a secret that somebody put in the open among encrypted ones refuses the file', async () => {
    const planted = figure6With(
      {},
      keyPackage({ serial: '1', secret: plain('Secret', randomBytes(20).toString('base64')) }),
    );
    await assert.rejects(readPskc(planted, figure6), refusedAs('not-authentic'));
    const both = figure6With().replace('<Secret>', `<Secret><PlainValue>${seed.toString('base64')}</PlainValue>`);
    await assert.rejects(readPskc(both, figure6), refusedAs('malformed'));
  });

  it('OATH-14 ciphers that are not read here are named as such', async () => {
    for (const other of ['tripledes-cbc', 'aes128-cbc2', 'rsa_1_5']) {
      const file = figure6With().replaceAll('#aes128-cbc', `#${other}`);
      await assert.rejects(readPskc(file, figure6), refusedAs('encryption-unsupported'));
    }
    const asymmetric = container(keyPackage(), '<EncryptionKey><ds:X509Data/></EncryptionKey>');
    await assert.rejects(readPskc(asymmetric, figure6), refusedAs('encryption-unsupported'));
    const md5 = figure6With().replace('#hmac-sha1', '#hmac-md5');
    await assert.rejects(readPskc(md5, figure6), refusedAs('encryption-unsupported'));
  });
});

/** The keys of the files below, as python3-pskc is told them, and as they must come out. */
const madeKeys: Made['keys'] = (['hotp', 'totp'] as const).flatMap((kind) =>
  [1, 256, 512].map((bits, index) => ({
    serial: `${kind}-${bits}`,
    manufacturer: 'Acme & Söhne',
    model: 'Mark <3>',
    algorithm: `urn:ietf:params:xml:ns:keyprov:pskc:${kind}`,
    algorithm_suite: `HMAC-SHA${bits}`,
    response_length: 6 + index,
    response_encoding: 'DECIMAL',
    secret: Buffer.alloc([20, 32, 64][index] ?? 20, bits).toString('hex'),
    'policy.start_date': '2020-01-02T03:04:05',
    'policy.expiry_date': '2040-01-02T03:04:05',
    ...(kind === 'hotp' ? { counter: 70_000 + index } : { time_interval: index === 0 ? 30 : 60, time_drift: index }),
  })),
);

function checkMade(tokens: readonly ImportedToken[]): void {
  assert.deepEqual(
    tokens.map((token) => ({ ...token, secret: Buffer.from(token.secret).toString('hex') })),
    madeKeys.map((key, at) => ({
      serial: key.serial,
      kind: at < 3 ? 'hotp' : 'totp',
      maker: 'Acme & Söhne',
      model: 'Mark <3>',
      secret: key.secret,
      algorithm: ['SHA1', 'SHA256', 'SHA512'][at % 3],
      digits: key.response_length,
      startsAt: Date.UTC(2020, 0, 2, 3, 4, 5),
      expiresAt: Date.UTC(2040, 0, 2, 3, 4, 5),
      ...(at < 3 ? { counter: key.counter } : { period: key.time_interval, driftSteps: key.time_drift }),
    })),
  );
}

describe('files made and read by others', () => {
  const shared = (algorithm: string, bytes: number, mac?: string): Made => ({
    keys: madeKeys,
    shared: { key: '2b'.repeat(bytes), algorithm, fields: ['secret', 'counter', 'time_interval'] },
    ...(mac ? { mac } : {}),
  });

  it('OATH-14 all that python3-pskc makes: plain, under keys and passphrases, with every MAC', async () => {
    const specs: Made[] = [
      { keys: madeKeys },
      shared('aes128-cbc', 16),
      shared('aes192-cbc', 24, 'hmac-sha224'),
      shared('aes256-cbc', 32, 'hmac-sha256'),
      shared('aes128-cbc', 16, 'hmac-sha384'),
      shared('aes256-cbc', 32, 'hmac-sha512'),
      shared('kw-aes128', 16),
      shared('kw-aes256', 32),
      { keys: madeKeys, passphrase: { password: 'grüne Wiese', iterations: 1200 } },
      {
        keys: madeKeys,
        passphrase: {
          password: 'qwerty',
          iterations: 5000,
          prf: 'hmac-sha256',
          algorithm: 'aes256-cbc',
          fields: ['secret', 'counter'],
        },
      },
    ];
    const files = await makeFiles(specs);
    assert.equal(files.length, specs.length);
    for (const [at, file] of files.entries()) {
      const { shared: key, passphrase } = specs[at] ?? {};
      const secrets = {
        ...(key ? { key: Buffer.from(key.key, 'hex') } : {}),
        ...(passphrase ? { passphrase: passphrase.password } : {}),
      };
      const { tokens, refused } = await readPskc(Buffer.from(file), secrets);
      assert.deepEqual(refused, []);
      checkMade(tokens);
      if (at === 0) continue;
      await assert.rejects(
        readPskc(file, { key: Buffer.alloc(secrets.key?.length ?? 16, 7), passphrase: 'no' }),
        refusedAs('not-authentic'),
      );
    }
  });

  it('OATH-14 pskctool reads the same in a file as we do', async () => {
    const [file = ''] = await makeFiles([{ keys: madeKeys.slice(1, 2) }]);
    // Its dates have no zone, which pskctool does not read.
    const undated = file.replace(/<pskc:Policy>[\s\S]*<\/pskc:Policy>/, '');
    for (const each of [undated, container(keyPackage())]) {
      const [theirs, ours] = [await readByPskctool(each), await only(each)];
      assert.equal(theirs.get('SerialNo'), ours.serial);
      assert.equal(theirs.get('Key Secret (base64)'), Buffer.from(ours.secret).toString('base64'));
      assert.equal(theirs.get('Key Counter'), String(ours.counter));
      assert.equal(theirs.get('Response Format Length'), String(ours.digits));
      assert.equal(theirs.get('Manufacturer'), ours.maker);
    }
  });

  it('OATH-14 AES-GCM needs no other MAC, and refuses one changed byte', async () => {
    const [key, iv] = [randomBytes(32), randomBytes(12)];
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const text = Buffer.concat([iv, cipher.update(seed), cipher.final(), cipher.getAuthTag()]).toString('base64');
    const gcm = 'http://www.w3.org/2009/xmlenc11#aes256-gcm';
    const file = (value: string) => container(keyPackage({ secret: encrypted('Secret', gcm, value) }), preShared);
    assert.deepEqual((await only(file(text), { key })).secret, new Uint8Array(seed));
    for (const changed of flips(text))
      await assert.rejects(readPskc(file(changed), { key }), refusedAs('not-authentic'));
    const withMac = (mac: string) =>
      container(keyPackage({ secret: encrypted('Secret', gcm, text, mac) }), preShared + macMethod(text, gcm));
    const mac = createHmac('sha1', seed).update(Buffer.from(text, 'base64')).digest('base64');
    assert.equal((await only(withMac(mac), { key })).serial, '987654321');
    await assert.rejects(readPskc(withMac(figure6.mac), { key }), refusedAs('not-authentic'));
  });
});
