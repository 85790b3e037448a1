/** The documents keep up with the code: what is generated is fresh, what is listed is whole, what is linked is there. */
import { strict as assert } from 'node:assert';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { manual } from '../../scripts/manual.ts';
import { profilesManual } from '../../scripts/profiles.ts';
import { root } from './source.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });

test('docs/configuration.md says what config.ts says', () => {
  assert.equal(read('docs/configuration.md'), manual(), 'Run `npm run manual`.');
});

test('docs/profiles.md says what policy/profiles.ts says', () => {
  assert.equal(read('docs/profiles.md'), profilesManual(), 'Run `npm run manual`.');
});

test('every dependency of the server has its reason in docs/dependencies.md, and no other', () => {
  const { dependencies } = JSON.parse(read('server/package.json')) as { dependencies: Record<string, string> };
  const given = Array.from(read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| .{20,} \|$/gm), (match) => match[1]);
  assert.deepEqual(given.sort(), Object.keys(dependencies).sort());
});

test('every link between documents leads somewhere', () => {
  const lost = documents.flatMap((path) =>
    Array.from(read(path).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g), ([, to = '']) => to)
      .filter((to) => !existsSync(join(root, dirname(path), to)))
      .map((to) => `${path}: ${to}`),
  );
  assert.deepEqual(lost, []);
});

test('every `npm run` in the documents is a script', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const lost = documents.flatMap((path) =>
    Array.from(read(path).matchAll(/npm run ([a-z][a-z:-]*)/g), ([, name = '']) => name)
      .filter((name) => !(name in scripts))
      .map((name) => `${path}: npm run ${name}`),
  );
  assert.deepEqual(lost, []);
});

test('the license is whole', () => {
  assert.match(read('LICENSE'), /Apache License\s+Version 2\.0[\s\S]+END OF TERMS AND CONDITIONS/);
});
