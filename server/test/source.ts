/** The source as the house rules see it: every hand-written file with its imports, its functions and its words. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ParseResult, parseSync } from 'oxc-parser';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** One import or re-export. `to` is a path in the workspace, or the package's name. */
export interface Import {
  readonly to: string;
  readonly line: number;
  /** Gone when types are stripped. */
  readonly typeOnly: boolean;
}

/** A node of the syntax tree. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One file. */
export interface Source {
  /** From the workspace's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly comments: readonly { readonly value: string; readonly line: number }[];
  readonly program: Node;
  /** The line that an offset is on. */
  lineAt(offset: number): number;
}

const patterns = [
  'server/{src,test}/**/*.ts',
  'web/src/**/*.{ts,tsx}',
  'web/*.ts',
  '{e2e,bench,scripts}/**/*.ts',
  '*.ts',
];

/** Every hand-written TypeScript file of the workspace. */
export function readSources(): Source[] {
  return globSync(patterns, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] })
    .sort()
    .map((path) => readSource(path.replaceAll('\\', '/')));
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const parsed = parseSync(path, text, { lang: path.endsWith('x') ? 'tsx' : 'ts', sourceType: 'module' });
  if (parsed.errors.length > 0) throw new Error(`${path}: ${parsed.errors[0]?.message}`);
  const starts = [0, ...Array.from(text.matchAll(/\n/g), (match) => match.index + 1)];
  const lineAt = (offset: number): number => {
    const after = starts.findIndex((start) => start > offset);
    return after < 0 ? starts.length : after;
  };
  return {
    path,
    text,
    lines: text.replace(/\n$/, '').split('\n').length,
    imports: readImports(path, parsed, lineAt),
    comments: parsed.comments.map(({ value, start }) => ({ value, line: lineAt(start) })),
    program: parsed.program as unknown as Node,
    lineAt,
  };
}

function readImports(path: string, { module, program }: ParseResult, lineAt: (offset: number) => number): Import[] {
  const found: Import[] = [];
  const add = (name: string, offset: number, typeOnly: boolean): void => {
    const to = name.startsWith('.') ? relative(root, join(root, dirname(path), name)).replaceAll('\\', '/') : name;
    found.push({ to, line: lineAt(offset), typeOnly });
  };
  for (const { moduleRequest, start, entries } of module.staticImports) {
    add(moduleRequest.value, start, entries.length > 0 && entries.every((entry) => entry.isType));
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, start, isType } of entries) if (moduleRequest) add(moduleRequest.value, start, isType);
  }
  for (const node of walk(program as unknown as Node)) {
    // A path that is put together at run time could go anywhere: it counts as an import of `?`.
    if (node.type === 'ImportExpression') add(literal(node.source) ?? '?', node.start, false);
    if (node.type === 'TSImportType') add(literal(node.source) ?? '?', node.start, true);
  }
  return found;
}

/** A string in the tree, or nothing where it is put together. */
export function literal(value: unknown): string | undefined {
  const node = value as Node | undefined;
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** Every node below one, outermost first. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child !== null && typeof child === 'object' && typeof (child as Node).type === 'string') {
        yield* walk(child as Node);
      }
    }
  }
}

/** Every function with its length in lines. */
export function functionsOf(source: Source): { name: string; line: number; lines: number }[] {
  const found: { name: string; line: number; lines: number }[] = [];
  for (const node of walk(source.program)) {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) continue;
    const line = source.lineAt(node.start);
    const name = (node.id as { name?: string } | null)?.name ?? 'a function';
    found.push({ name, line, lines: source.lineAt(node.end - 1) - line + 1 });
  }
  return found;
}

/** The value below which this part of the numbers lies. */
export function percentile(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
