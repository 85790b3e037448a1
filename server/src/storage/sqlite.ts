import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

/** A lock held by another process must not freeze the event loop: wait a moment here, then yield and try again. */
const busyTimeout = 50;

/** Statements kept prepared; preparing again costs more than running (five times on a select). */
const keptStatements = 500;

/**
 * Kysely's own dialect over the runtime's SQLite. Durable: WAL with a sync at each commit. Transactions take the write
 * lock when they begin, so none fails half-way for want of it.
 */
export function sqliteDialect(path: string): SqliteDialect {
  const db = new DatabaseSync(path, { timeout: busyTimeout });
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;');
  const kept = new Map<string, SqliteStatement>();
  const database: SqliteDatabase = {
    close: () => db.close(),
    prepare: (sql) => {
      const text = sql === 'begin' ? 'begin immediate' : sql;
      // A pragma acts when it is compiled, not when it runs (https://www.sqlite.org/pragma.html): never kept.
      if (text.startsWith('pragma ')) return adapt(db.prepare(text));
      const found = kept.get(text);
      if (found) return found;
      const statement = adapt(db.prepare(text));
      if (kept.size < keptStatements) kept.set(text, statement);
      return statement;
    },
  };
  return new SqliteDialect({ database });
}

function adapt(statement: StatementSync): SqliteStatement {
  const inputs = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...inputs(parameters)),
    run: (parameters) => statement.run(...inputs(parameters)),
    iterate: (parameters) => statement.iterate(...inputs(parameters)),
  };
}
