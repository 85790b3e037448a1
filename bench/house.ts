/** The server under measurement: in production, behind a trusted proxy that this program plays. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, serverArguments, serverEnvironment } from '../scripts/workspace.ts';
import type { Request } from './load.ts';
import { type Running, start } from './process.ts';
import { type Person, seed } from './seed.ts';

/** A server with people in it. */
export interface House extends Running {
  readonly people: readonly Person[];
  readonly keys: string;
  /** Where its database is. */
  readonly where: string;
  /** Ends it and takes its data away. */
  leave(): Promise<void>;
}

/** What the server is called. */
export const host = 'login.example.org';

/** Starts a server on SQLite, or on the PostgreSQL database given, with so many people. */
export async function openHouse(count: number, postgres?: string): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'secondlock-bench-'));
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  const where = postgres ?? join(folder, 'secondlock.sqlite');
  const people = await seed(where, keys, count);
  const running = await start(serverArguments, environment(folder, keys, postgres), '/livez');
  return {
    ...running,
    ...{ people, keys, where },
    async leave() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What production asks for. */
function environment(folder: string, keys: string, postgres?: string): NodeJS.ProcessEnv {
  return serverEnvironment({
    NODE_ENV: 'production',
    SECONDLOCK_DATA_DIR: folder,
    SECONDLOCK_KEYS: keys,
    SECONDLOCK_ORIGIN: `https://${host}`,
    SECONDLOCK_SMTP_URL: 'smtps://user:password@127.0.0.1:9',
    SECONDLOCK_MAIL_FROM: 'no-reply@example.org',
    SECONDLOCK_TRUSTED_PROXIES: '127.0.0.1',
    SECONDLOCK_LOG_LEVEL: 'warn',
    ...(postgres ? { SECONDLOCK_DATABASE_URL: postgres } : {}),
  });
}

let visitor = 0;

/** The same request as a proxy passes it on, from a visitor of its own: limits by source are not what is measured. */
export function passedOn(request: Request): Request {
  visitor += 1;
  const address = `10.${(visitor >> 16) & 255}.${(visitor >> 8) & 255}.${visitor & 255}`;
  const own = { host, origin: `https://${host}`, 'x-forwarded-proto': 'https', 'x-forwarded-for': address };
  return { ...request, headers: { ...own, ...request.headers } };
}

/** Where the floors are. */
export const floorFile = at('bench/floor.ts');
