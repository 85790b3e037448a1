/** The lock file works everywhere: `npm ci` installs from it on every platform, from whatever registry is configured. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './source.ts';

interface Locked {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
const packages = Object.entries(lock.packages);

test('every package of every platform is locked', () => {
  // npm leaves out what the registry lacks when it writes the file, and refuses the file for that when it reads it.
  const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !packages.some(([other]) => other.endsWith(`node_modules/${name}`)))
      .map((name) => `${path || 'package.json'} may need ${name}`),
  );
  assert.deepEqual(missing, [], 'Choose a version that the registry has for every platform, and lock it exactly.');
});

test('no download host is named, and every package has its checksum', () => {
  const faults = packages.filter(
    ([path, { link, resolved, integrity }]) =>
      path.includes('node_modules/') && (link ? resolved?.includes(':') : resolved !== undefined || !integrity),
  );
  assert.deepEqual(
    faults.map(([path]) => path),
    [],
    'Run `npm install` with the `.npmrc` of this repository.',
  );
});
