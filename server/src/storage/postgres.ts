import { Socket } from 'node:net';
import { PostgresDialect } from 'kysely';
import pg from 'pg';

/** int8 comes as a number: times in milliseconds stay exact until the year 287396. */
const int8 = 20;

/** A statement that takes longer is ended by the server. */
const statementMs = 10_000;
/** A wire that is silent for longer is dead: a server that lives would have ended the statement, and said so. */
const silenceMs = statementMs + 2000;

/** A wire that ends itself when nothing comes over it; the pool closes those that are merely idle before that. */
function wire(): Socket {
  const socket = new Socket();
  const silent = Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' });
  return socket.setTimeout(silenceMs, () => socket.destroy(silent));
}

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
    stream: wire,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: statementMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: statementMs,
  });
  // Without listeners a connection that the server ends would end this process: one that is idle in the pool, and one
  // that a transaction holds between two statements. The next statement fails, and the pool drops the connection.
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return new PostgresDialect({ pool });
}
