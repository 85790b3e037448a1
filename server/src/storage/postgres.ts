import { PostgresDialect } from 'kysely';
import pg from 'pg';

/** int8 comes as a number: times in milliseconds stay exact until the year 287396. */
const int8 = 20;

/** Kysely's dialect over a pool of PostgreSQL connections; a server that is away is noticed within seconds. */
export function postgresDialect(url: string, onError: (error: Error) => void): PostgresDialect {
  const types = {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    types,
    connectionTimeoutMillis: 3000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
  });
  // Without a listener an idle connection that the server ends would end this process.
  pool.on('error', onError);
  return new PostgresDialect({ pool });
}
