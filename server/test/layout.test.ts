/** The house rules: who may know whom, what is handed in, how large things get. A failure names the file and the remedy. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { circles, doorFault } from './doors.ts';
import { functionsOf, literal, type Node, percentile, readSources, root, type Source, walk } from './source.ts';

const all = readSources();
const isTest = ({ path }: Source): boolean => /\.(hard-)?test\.tsx?$/.test(path) || !/^(server|web)\/src\//.test(path);
const product = all.filter((source) => !isTest(source));
const server = product.filter(({ path }) => path.startsWith('server/src/'));
const room = ({ path }: Source): string => path.split('/').slice(2, -1)[0] ?? basename(path, '.ts');
/** Texts are data, outside the limits of size; there are no other exceptions. */
const isData = ({ path }: Source): boolean => path.startsWith('server/src/texts/');

/** Fails with every fault on a line of its own. */
function none(faults: readonly string[], remedy: string): void {
  if (faults.length === 0) return;
  const text = `${remedy}\n  ${faults.join('\n  ')}`;
  // The way through this file helps nobody who reads the failure.
  throw Object.assign(new Error(text), { stack: text });
}

describe('doors', () => {
  test('a room imports only from the rooms that its door opens to', () => {
    const faults = product.flatMap((source) =>
      source.imports.flatMap((given) => {
        const why = doorFault(source.path, given);
        return why ? [`${source.path}:${given.line} imports ${given.to}: ${why}`] : [];
      }),
    );
    none(faults, 'Hand it in (deps.ts), import only its type, or move the code into the room that may know it.');
  });

  test('no file imports itself over others', () => {
    none(
      circles(product).map((path) => path.join(' → ')),
      'Move what both need into a file of its own that imports neither.',
    );
  });
});

describe('what is handed in', () => {
  const clocks = ['Date.now', 'Math.random', 'performance.now'];
  const chance = ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync', 'randomFill', 'getRandomValues'];
  const mayReach = (source: Source): boolean =>
    ['main', 'cli'].includes(room(source)) || source.path === 'server/src/security/random.ts';

  function reach(node: Node): string | undefined {
    const name = (value: unknown): string => String((value as { name?: unknown } | null)?.name ?? '');
    if (node.type === 'NewExpression' && name(node.callee) === 'Date' && (node.arguments as unknown[]).length === 0) {
      return 'new Date()';
    }
    if (node.type === 'CallExpression' && name(node.callee) === 'Date') return 'Date()';
    if (node.type === 'MemberExpression') {
      const path = `${name(node.object)}.${name(node.property)}`;
      return clocks.includes(path) || chance.includes(name(node.property)) ? path : undefined;
    }
    return node.type === 'Identifier' && chance.includes(name(node)) ? name(node) : undefined;
  }

  test('no room reads the clock or throws dice', () => {
    const faults = server
      .filter((source) => !mayReach(source))
      .flatMap((source) =>
        [...walk(source.program)].flatMap((node) => {
          const what = reach(node);
          return what ? [`${source.path}:${source.lineAt(node.start)} ${what}`] : [];
        }),
      );
    none([...new Set(faults)], 'Take `now` from the clock and `random` from the generator that are handed in.');
  });
});

describe('size', () => {
  const sized = product.filter((source) => !isData(source));
  const longest = (limit: number, sources: readonly Source[]): string[] =>
    sources.filter(({ lines }) => lines > limit).map(({ path, lines }) => `${path}: ${lines} lines`);

  test('no file has more than 400 lines', () => {
    none(
      longest(
        400,
        all.filter((source) => !isData(source)),
      ),
      'Split it by what its parts are in the world.',
    );
  });

  test('95 of 100 files have at most 300 lines, half of them at most 100', () => {
    const lines = sized.map((source) => source.lines);
    if (percentile(lines, 0.95) > 300) none(longest(300, sized), 'Too many files of more than 300 lines: split some.');
    const median = percentile(lines, 0.5);
    none(
      median > 100 ? [`the median file has ${median} lines`] : [],
      'At most 100 are allowed: split the files with two subjects.',
    );
  });

  test('no function has more than 60 lines, and 95 of 100 at most 40', () => {
    const functions = sized.flatMap((source) => functionsOf(source).map((one) => ({ ...one, path: source.path })));
    const over = (limit: number): string[] =>
      functions.filter(({ lines }) => lines > limit).map((one) => `${one.path}:${one.line} ${one.name}: ${one.lines}`);
    none(over(60), 'Name a part of it and make it a function.');
    if (
      percentile(
        functions.map(({ lines }) => lines),
        0.95,
      ) > 40
    )
      none(over(40), 'Too many functions over 40 lines.');
  });

  test('no folder has more than 25 files', () => {
    const folders = [...new Set(all.map(({ path }) => dirname(path)))];
    const counts = folders.map((folder) => ({
      folder,
      files: readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile()).length,
    }));
    none(
      counts.filter(({ files }) => files > 25).map(({ folder, files }) => `${folder}: ${files} files`),
      'Make a folder for those that belong together.',
    );
  });
});

describe('names and words', () => {
  test('no drawers', () => {
    const drawer = /^(utils?|helpers?|common|shared|misc|managers?|services?|lib|tools|stuff)$/i;
    const faults = all.filter(({ path }) => path.split('/').some((part) => drawer.test(part.replace(/\.tsx?$/, ''))));
    none(
      faults.map(({ path }) => path),
      'Name it by what it is in the world, in the room that it belongs to.',
    );
  });

  test('no `any` and no comment that silences a check', () => {
    const faults = product.flatMap((source) => [
      ...[...walk(source.program)]
        .filter(({ type }) => type === 'TSAnyKeyword')
        .map(({ start }) => `${source.path}:${source.lineAt(start)} any`),
      ...source.comments
        .filter(({ value }) => /@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/.test(value))
        .map(({ line }) => `${source.path}:${line} a check is silenced`),
    ]);
    none(faults, 'Give it its type: `unknown` and a zod schema at the door, a generic inside.');
  });

  test('at most two files outside factors/ name a kind of code', () => {
    // What a file of tokens calls them is the format's word, and happens to be the same.
    const readers = /^server\/src\/admin\/import\//;
    for (const kind of ['totp', 'hotp', 'backup-codes', 'paper-key']) {
      const naming = server.filter(
        (source) =>
          !['factors', 'texts'].includes(room(source)) &&
          !readers.test(source.path) &&
          [...walk(source.program)].some((node) => literal(node) === kind),
      );
      none(
        naming.length > 2 ? naming.map(({ path }) => `${path} names '${kind}'`) : [],
        'Read it from the kind (factors/index.ts); two files at most may name one.',
      );
    }
  });
});
