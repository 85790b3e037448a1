/** What a house has written: every table as it stands, and the audit events. */
import type { Tables } from '../src/storage/tables.ts';
import type { House } from './house.ts';

/** Every table; one more in the schema is one more here, or the types do not fit. */
const tables = {
  tenants: true,
  users: true,
  user_roles: true,
  factors: true,
  flows: true,
  challenges: true,
  attempts: true,
  throttles: true,
  sessions: true,
  known_browsers: true,
  messages: true,
  message_tries: true,
  tokens: true,
  invitations: true,
  events: true,
  event_persons: true,
  service_keys: true,
} as const satisfies Record<keyof Tables, true>;

/** One cell of a dump. */
export interface Cell {
  readonly table: keyof Tables;
  readonly column: string;
  readonly value: unknown;
}

/** A copy of the whole database, cell by cell: what somebody who took the file holds. */
export async function dump(house: Pick<House, 'database'>): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const table of Object.keys(tables) as (keyof Tables)[]) {
    const rows = await house.database.all.k.selectFrom(table).selectAll().execute();
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) cells.push({ table, column, value });
    }
  }
  return cells;
}

/** The cells whose text holds one of these secrets, as `table.column`. */
export function cellsWith(cells: readonly Cell[], secrets: readonly string[]): string[] {
  const holds = (value: unknown): boolean => secrets.some((secret) => String(value).includes(secret));
  return cells.filter(({ value }) => holds(value)).map(({ table, column }) => `${table}.${column}`);
}

/** An audit event with its details read. */
export interface Told {
  readonly type: string;
  readonly at: number;
  readonly actor: string | null;
  readonly user_id: string | null;
  readonly correlation: string;
  readonly address: string;
  readonly browser: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The audit events from `since` on. */
export async function trail(house: Pick<House, 'database'>, since = 0): Promise<Told[]> {
  const rows = await house.database.all.k
    .selectFrom('events')
    .select(['type', 'at', 'actor', 'user_id', 'correlation', 'address', 'browser', 'details'])
    .where('at', '>=', since)
    .execute();
  return rows.map((row) => ({ ...row, details: JSON.parse(row.details) as Told['details'] }));
}

/** What one action adds to the trail. */
export async function told(house: Pick<House, 'database'>, action: () => Promise<unknown>): Promise<Told[]> {
  const ids = async () => house.database.all.k.selectFrom('events').select('id').execute();
  const before = new Set((await ids()).map(({ id }) => id));
  await action();
  const rows = await house.database.all.k.selectFrom('events').selectAll().execute();
  return rows
    .filter(({ id }) => !before.has(id))
    .map((row) => ({ ...row, details: JSON.parse(row.details) as Told['details'] }));
}
