/** A server of one's own: its port, its data, its mails. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** A mail as the development outbox keeps it. */
export interface Mail {
  readonly channel: string;
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
  readonly at: string;
}

/** A running server. */
export interface Server {
  readonly origin: string;
  readonly setUpLink: string;
  /** The mails to an address, newest first. */
  readonly mailsTo: (address: string) => Promise<Mail[]>;
  readonly stop: () => Promise<void>;
}

const patience = 120_000;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** What the server prints when it is up. */
function printed(child: ChildProcess, line: RegExp): Promise<string> {
  return new Promise((found, fail) => {
    let said = '';
    const late = setTimeout(() => fail(new Error(`the server did not start in time:\n${said}`)), patience);
    const { stdout, stderr } = child;
    if (!stdout || !stderr) return fail(new Error('the server has no output'));
    stderr.on('data', (data: Buffer) => {
      said += data.toString();
    });
    createInterface({ input: stdout }).on('line', (text) => {
      said += `${text}\n`;
      const match = line.exec(text)?.[1];
      if (match === undefined) return;
      clearTimeout(late);
      found(match);
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(new Error(`the server ended with ${code}:\n${said}`));
    });
  });
}

async function stop(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(dir, { recursive: true, force: true });
}

/** Starts one in development mode. `settings` are added to its environment. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const dir = mkdtempSync(join(tmpdir(), 'secondlock-e2e-'));
  const child = spawn(process.execPath, [resolve('server/src/main.ts')], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: String(port),
      SECONDLOCK_ORIGIN: origin,
      SECONDLOCK_DATA_DIR: dir,
      SECONDLOCK_LOG_LEVEL: 'error',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const setUpLink = await printed(child, /^Set-up link: (\S+)$/);
  return {
    origin,
    setUpLink,
    mailsTo: async (address) => {
      const answer = await fetch(`${origin}/dev/outbox`, { headers: { accept: 'application/json' } });
      const mails = (await answer.json()) as Mail[];
      return mails.filter((mail) => mail.to === address);
    },
    stop: () => stop(child, dir),
  };
}
