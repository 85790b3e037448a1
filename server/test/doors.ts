/** The doors of the house: which room may import from which. The table is ARCHITECTURE's, and `layout.test.ts` holds it. */
import type { Import, Source } from './source.ts';

/** Rooms that each room may import from, values and types; a room may always import from itself. */
const doors: Readonly<Record<string, readonly string[]>> = {
  http: ['flows', 'accounts', 'verify', 'admin', 'oidc', 'policy', 'audit', 'texts'],
  oidc: ['flows', 'accounts', 'policy', 'storage', 'audit', 'security'],
  flows: ['accounts', 'factors', 'policy', 'storage', 'delivery', 'audit', 'security'],
  accounts: ['policy', 'storage', 'delivery', 'audit', 'security'],
  verify: ['factors', 'policy', 'storage', 'delivery', 'audit', 'security'],
  admin: ['flows', 'accounts', 'factors', 'policy', 'storage', 'delivery', 'audit', 'security'],
  audit: ['storage', 'delivery', 'security'],
  delivery: ['storage', 'security', 'texts'],
  factors: ['security'],
  storage: ['security'],
  policy: [],
  security: [],
  texts: [],
};

/** Rooms of which only types may be imported. */
const typeDoors: Readonly<Record<string, readonly string[]>> = { factors: ['delivery'] };

/** Files beside the rooms: `types` are open to all, `values` with what they hold, `wiring` only to each other. */
const beside: Readonly<Record<string, 'values' | 'types' | 'wiring'>> = {
  'levels.ts': 'values',
  'errors.ts': 'values',
  'config.ts': 'types',
  'deps.ts': 'types',
  'main.ts': 'wiring',
  'assemble.ts': 'wiring',
  'production.ts': 'wiring',
};

/** What puts the rooms together may import from all. */
const wires = (room: string): boolean => room === 'cli' || beside[room] === 'wiring';

/** Packages that live in some rooms only. */
const packages: readonly { name: RegExp; rooms: readonly string[]; why: string }[] = [
  { name: /^kysely(\/|$)/, rooms: ['storage'], why: 'the SQL builder lives in storage/ only' },
  { name: /^(pg|node:sqlite)(\/|$)/, rooms: ['storage'], why: 'databases are spoken to in storage/ only' },
  {
    name: /^(hono|@hono\/[^/]+)(\/|$)/,
    rooms: ['http', 'main.ts', 'assemble.ts'],
    why: 'the HTTP framework lives in http/ and the wiring only',
  },
];

/** Why an import is against the house, or nothing. */
export function doorFault(path: string, { to, typeOnly }: Import): string | undefined {
  // Only main.ts reads a file that the operator names: the configuration.
  if (to === '?' && path !== 'server/src/main.ts') return 'its path is put together at run time; name the file';
  if (path.startsWith('web/')) return pageFault(to, typeOnly);
  const from = roomOf(path);
  const kept = packages.find(({ name }) => name.test(to));
  if (kept) return kept.rooms.includes(from) ? undefined : kept.why;
  if (!to.startsWith('server/') && !to.startsWith('web/')) return undefined;
  if (!to.startsWith('server/src/')) return 'the server imports nothing outside server/src';
  const target = roomOf(to);
  if (wires(from) || target === from) return undefined;
  if (from === 'deps.ts' && typeOnly) return undefined;
  return target in beside ? besideFault(target, typeOnly) : roomFault(from, target, typeOnly);
}

function pageFault(to: string, typeOnly: boolean): string | undefined {
  if (!to.startsWith('server/') && !to.startsWith('@secondlock/server')) return undefined;
  if (/^(server\/src|@secondlock\/server)\/texts\//.test(to) || typeOnly) return undefined;
  return 'pages import only types and texts of the server';
}

function besideFault(target: string, typeOnly: boolean): string | undefined {
  const open = beside[target];
  if (open === 'values' || (open === 'types' && typeOnly)) return undefined;
  return open === 'wiring' ? `no room imports ${target}` : `only the types of ${target} are open`;
}

function roomFault(from: string, target: string, typeOnly: boolean): string | undefined {
  if (!(from in doors) && !(from in beside)) return `${from} is no room: put the file into one`;
  if (doors[from]?.includes(target)) return undefined;
  if (typeDoors[from]?.includes(target)) return typeOnly ? undefined : `${from} may know only types of ${target}`;
  return `${from} may not know ${target}`;
}

/** The room that a file of the server is in, or its own name where it stands beside them. */
function roomOf(path: string): string {
  return path.replace(/^server\/src\//, '').split('/')[0] ?? '';
}

/**
 * Circles of imports, each once. Types count too: files that need each other's types are one subject. Only deps.ts,
 * which is a list of everybody's types and is opened by everybody, may close one.
 */
export function circles(sources: readonly Source[]): string[][] {
  const edges = new Map(
    sources.map(({ path, imports }) => [path, path.endsWith('/src/deps.ts') ? [] : imports.map(({ to }) => to)]),
  );
  const found: string[][] = [];
  const finished = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const before = way.indexOf(path);
    if (before >= 0) found.push([...way.slice(before), path]);
    if (before >= 0 || finished.has(path)) return;
    for (const next of edges.get(path) ?? []) if (edges.has(next)) visit(next, [...way, path]);
    finished.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}
