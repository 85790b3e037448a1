import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readKeys, readOrMakeKeys } from './keyfile.ts';
import { systemRandom } from './random.ts';
import { Keyring } from './sealing.ts';

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'secondlock-keys-'));
  t.after(() => rm(dir, { recursive: true }));
  return dir;
}

test('CRY-03 a new installation makes a key of its own, once, for its owner’s eyes', async (t) => {
  const dir = join(await folder(t), 'deep', 'data');
  assert.equal(await readKeys(dir), undefined);
  const made = await readOrMakeKeys(dir, systemRandom);
  assert.match(made, /^k[0-9a-z]{5}:[\w+/]{43}=$/);
  assert.ok(Keyring.parse(made));
  assert.equal(await readOrMakeKeys(dir, systemRandom), made);
  assert.equal(await readKeys(dir), made);
  assert.equal((await stat(join(dir, 'keys'))).mode & 0o777, 0o600);
  assert.equal((await stat(dir)).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(dir), ['keys']);
});

test('CRY-03 those who start at once agree on one key and leave nothing behind', async (t) => {
  const dir = await folder(t);
  const all = await Promise.all(Array.from({ length: 20 }, () => readOrMakeKeys(dir, systemRandom)));
  assert.equal(new Set(all).size, 1);
  assert.deepEqual(await readdir(dir), ['keys']);
});

for (const mode of [0o640, 0o604, 0o660, 0o644]) {
  test(`CRY-03 a key file of mode ${mode.toString(8)} is refused with the remedy`, async (t) => {
    const dir = await folder(t);
    await writeFile(join(dir, 'keys'), 'k:whatever');
    await chmod(join(dir, 'keys'), mode);
    await assert.rejects(readKeys(dir), /can be read by others.*chmod 600 .*keys$/);
    await assert.rejects(readOrMakeKeys(dir, systemRandom), /chmod 600/);
  });
}
