/** The requirement table: docs/requirements.md with the tests that prove each row, found by the ids in their titles. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { literal, type Node, readSources, root, type Source, walk } from './source.ts';

/** One row of the table. */
export interface Requirement {
  readonly id: string;
  readonly strength: 'M' | 'S' | 'D';
  /** Whether it applies to what is built, and must be proved. */
  readonly held: boolean;
  readonly wording: string;
}

/** One test's title with the ids that it begins with. */
export interface Proof {
  readonly ids: readonly string[];
  readonly title: string;
  readonly path: string;
  readonly line: number;
}

const row = /^\| ([A-Z0-9]+-\d\d) \| ([MSD]) \| (yes|) *\| (.+) \|$/gm;

/** The rows of docs/requirements.md. */
export function readRequirements(): Requirement[] {
  const text = readFileSync(join(root, 'docs/requirements.md'), 'utf8');
  return Array.from(text.matchAll(row), ([, id = '', strength, held, wording = '']) => ({
    id,
    strength: strength as Requirement['strength'],
    held: held === 'yes',
    wording,
  }));
}

const leadingIds = /^(?:[A-Z][A-Z0-9]{1,4}-\d\d(?:, ?|: ?| |$))+/;

/** Every title in the tests that begins with ids, whatever function it is given to. */
export function findProofs(): Proof[] {
  return readSources()
    .filter(({ path }) => /\.(hard-)?test\.ts$|^e2e\//.test(path))
    .flatMap((source) => [...walk(source.program)].flatMap((node) => proofIn(source, node)));
}

function proofIn(source: Source, node: Node): Proof[] {
  if (node.type !== 'CallExpression') return [];
  const title = startOf((node.arguments as Node[])[0]);
  const [start] = title.match(leadingIds) ?? [];
  if (!start) return [];
  const ids = start.match(/[A-Z0-9]+-\d\d/g) ?? [];
  return [{ ids, title, path: source.path, line: source.lineAt(node.start) }];
}

/** A string, or a template up to what is filled in. */
function startOf(node: Node | undefined): string {
  if (node?.type !== 'TemplateLiteral') return literal(node) ?? '';
  const [first] = node.quasis as { value: { cooked: string } }[];
  return first?.value.cooked ?? '';
}
