import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { container, figure6, figure6With, figure7With, keyPackage, plain, seed } from '../../../test/tokens/pskc.ts';
import { readCsv } from './csv.ts';
import { type FileRefusal, ImportRefused } from './imported.ts';
import { readMigration } from './migration.ts';
import { readPskc } from './pskc.ts';

/** Milliseconds of work so far: what else a machine does must not make a refusal look slow. */
const worked = (): number => process.cpuUsage().user / 1000;

/** Refused, as what, and in less time than anybody would notice (generous for a slow machine). */
async function refusedQuickly(file: string | Uint8Array, why: FileRefusal, passphrase = 'qwerty'): Promise<void> {
  const began = worked();
  await assert.rejects(readPskc(file, { key: figure6.key, passphrase }), (error) => {
    assert.ok(error instanceof ImportRefused, String(error));
    assert.equal(error.why, why);
    return true;
  });
  assert.ok(worked() - began < 2000, `${Math.round(worked() - began)} ms`);
}

const sound = container(keyPackage());
const withType = (type: string, serial = '987654321'): string =>
  sound.replace('?>', `?>${type}`).replace('987654321', serial);

describe('hostile token files', () => {
  it('OATH-16 a document type is refused, with whatever is in it', async () => {
    await refusedQuickly(withType('<!DOCTYPE KeyContainer>'), 'hostile');
    await refusedQuickly(withType('<!DOCTYPE KeyContainer [<!ENTITY x "y">]>', '&x;'), 'hostile');
    await refusedQuickly(withType('<!-- a remark --><!DOCTYPE KeyContainer SYSTEM "pskc.dtd">'), 'hostile');
    await refusedQuickly(withType(`<!DOCTYPE KeyContainer [${'<!-- -->'.repeat(100_000)}`), 'hostile');
    await refusedQuickly(`<!DOCTYPE x [${'x'.repeat(900_000)}`, 'hostile');
  });

  it('OATH-16 an external entity is neither fetched nor opened', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end('fetched');
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    const folder = mkdtempSync(join(tmpdir(), 'xxe-'));
    writeFileSync(join(folder, 'serial.txt'), 'READ-FROM-DISK');
    try {
      for (const place of [`http://127.0.0.1:${port}/x`, `file://${folder}/serial.txt`, join(folder, 'serial.txt')]) {
        await refusedQuickly(withType(`<!DOCTYPE k [<!ENTITY x SYSTEM "${place}">]>`, '&x;'), 'hostile');
        await refusedQuickly(withType(`<!DOCTYPE k [<!ENTITY % p SYSTEM "${place}"> %p;]>`), 'hostile');
        await refusedQuickly(withType(`<!DOCTYPE k SYSTEM "${place}">`), 'hostile');
        const included = sound.replace(
          '987654321',
          `<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="${place}"/>`,
        );
        const { tokens } = await readPskc(included, {});
        assert.deepEqual(
          tokens.map(({ serial }) => serial),
          ['12345678'],
        );
        const linked = sound.replace('?>', `?><?xml-stylesheet href="${place}"?>`);
        assert.equal((await readPskc(linked, {})).tokens.length, 1);
      }
    } finally {
      await new Promise((closed) => server.close(closed));
      rmSync(folder, { recursive: true });
    }
    assert.equal(asked, 0);
  });

  it('OATH-16 an entity bomb does not go off, and no entity but XML’s own is known', async () => {
    const bomb = Array.from({ length: 12 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`).join('');
    await refusedQuickly(withType(`<!DOCTYPE k [<!ENTITY a0 "lol">${bomb}]>`, '&a12;'), 'hostile');
    for (const entity of ['&a12;', '&nbsp;', '&__proto__;', '&constructor;', '&#0;', '&#xFFFFFF;']) {
      await refusedQuickly(sound.replace('987654321', entity), 'malformed');
    }
    const own = sound.replace('>Manufacturer<', '>A &amp; &#66; &lt;C&gt;<');
    assert.equal((await readPskc(own, {})).tokens[0]?.maker, 'A & B <C>');
  });

  it('OATH-16 a hundred megabytes are refused before they are read', async () => {
    const large = Buffer.alloc(100 * 1024 * 1024, 'x');
    large.write(sound.slice(0, 200));
    await refusedQuickly(large, 'too-large');
    await refusedQuickly(sound + ' '.repeat(1024 * 1024), 'too-large');
    assert.throws(() => readCsv(large), { why: 'too-large' });
    assert.throws(() => readMigration(large), { why: 'too-large' });
  });

  it('OATH-16 deep nesting, and too much of anything that fits, is refused', async () => {
    await refusedQuickly('<a>'.repeat(300_000), 'hostile');
    await refusedQuickly(container('<a>'.repeat(100_000) + '</a>'.repeat(100_000)), 'hostile');
    await refusedQuickly(container('<a/>'.repeat(200_000)), 'hostile');
    const attributes = Array.from({ length: 50_000 }, (_, at) => `a${at}="1"`).join(' ');
    await refusedQuickly(container(`<a ${attributes}/>`), 'hostile');
    const spaces = Array.from({ length: 20_000 }, (_, at) => `xmlns:a${at}="u${at}"`).join(' ');
    await refusedQuickly(container(`<a ${spaces}/>`), 'hostile');
    await refusedQuickly(container(`<KeyPackage>${'<Key/>'.repeat(20_000)}</KeyPackage>`), 'hostile');
    const device = `<DeviceInfo>${'<a/>'.repeat(40_000)}</DeviceInfo>`;
    const began = worked();
    assert.equal(
      (await readPskc(container(`<KeyPackage>${device}${'<Key/>'.repeat(9000)}</KeyPackage>`), {})).refused.length,
      9000,
    );
    assert.ok(worked() - began < 2000);
    await refusedQuickly(container(`<KeyPackage>${'x'.repeat(900_000)}`), 'malformed');
    await refusedQuickly(container('<KeyPackage a="'.repeat(1000)), 'malformed');
  });

  it('OATH-16 a key derivation that would take for ever is not begun', async () => {
    for (const iterations of ['1000001', '999999999']) {
      await refusedQuickly(figure7With(plain('Counter', '0'), iterations), 'hostile');
    }
    for (const iterations of ['0', '-1', '1e9', '99999999999999999999', '', 'NaN']) {
      await refusedQuickly(figure7With(plain('Counter', '0'), iterations), 'malformed');
    }
  });

  it('OATH-16 another encoding than UTF-8 is not read', async () => {
    await refusedQuickly(Buffer.from(sound.replace('UTF-8', 'UTF-16'), 'utf16le'), 'malformed');
    await refusedQuickly(sound.replace('UTF-8', 'UTF-7'), 'malformed');
    await refusedQuickly(Buffer.concat([Buffer.from(sound), Buffer.from([0xff, 0xfe])]), 'malformed');
    assert.equal((await readPskc(Buffer.from(`\uFEFF${sound}`), {})).tokens.length, 1);
  });

  it('OATH-16 any change of a file leads to a refusal or to the same seed, never to another, and never to a crash', async () => {
    const file = Buffer.from(figure6With());
    const change = fc.record({
      at: fc.nat(file.length - 1),
      length: fc.nat(3),
      by: fc.oneof(
        fc.uint8Array({ maxLength: 3 }),
        fc.constantFrom('<', '>', '"', '/', '&', 'A', '=', ' ').map((s) => Buffer.from(s)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let changed = file;
        for (const { at, length, by } of changes) {
          changed = Buffer.concat([changed.subarray(0, at), by, changed.subarray(at + length)]);
        }
        try {
          const { tokens } = await readPskc(changed, figure6);
          for (const token of tokens) assert.deepEqual(Buffer.from(token.secret), seed);
        } catch (error) {
          assert.ok(error instanceof ImportRefused, String(error));
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('OATH-16 whatever is handed in as a file is read or refused', async () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.stringMatching(/^(serial|secret|"|""|,|;|\r\n|[0-9a-f]{40}|=1){0,20}$/),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (content) => {
        for (const read of [readPskc, readCsv, readMigration]) {
          try {
            await read(content, {});
          } catch (error) {
            assert.ok(error instanceof ImportRefused, String(error));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
