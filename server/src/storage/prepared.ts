import type { CompiledQuery, Kysely, QueryResult } from 'kysely';
import type { Db, Dialect } from './open.ts';
import type { Tables } from './tables.ts';

/** Stands in a query where a value will be; knows which. */
class Hole {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const holes = new Proxy({}, { get: (_, name) => new Hole(String(name)) });

/** Anything that Kysely can compile. */
interface Compilable<R> {
  compile(): CompiledQuery<R>;
}

/**
 * A query that is built and compiled once for each database and then only gets its values: building and compiling costs
 * several times what running costs. `build` must give the same query at every call; what varies is a value `p.name`.
 */
export function prepared<Values extends object, R = unknown>(
  build: (k: Kysely<Tables>, p: Values) => Compilable<R>,
): (db: Db, values: Values) => Promise<QueryResult<R>> {
  const compiled = new Map<Dialect, CompiledQuery<R>>();
  return (db, values) => {
    let query = compiled.get(db.dialect);
    if (!query) {
      query = build(db.k, holes as Values).compile();
      compiled.set(db.dialect, query);
    }
    const given = values as Readonly<Record<string, unknown>>;
    const parameters = query.parameters.map((value) => (value instanceof Hole ? given[value.name] : value));
    return db.k.executeQuery({ ...query, parameters });
  };
}

/** The first row, or undefined. */
export const first = async <R>(result: Promise<QueryResult<R>>): Promise<R | undefined> => (await result).rows[0];

/** How many rows a statement changed. */
export const changed = async (result: Promise<QueryResult<unknown>>): Promise<number> =>
  Number((await result).numAffectedRows ?? 0);

/** A row's holes by its column names, for an insert whose columns are always the same. */
export const columns = <Row extends object>(p: Row, names: readonly (keyof Row & string)[]): Row =>
  Object.fromEntries(names.map((name) => [name, p[name]])) as Row;
