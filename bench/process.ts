/** Processes under measurement: started, waited for, their processor time and memory read from the system, ended. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** A running process. */
export interface Running {
  readonly port: number;
  /** Milliseconds from its start until it first answered. */
  readonly startedIn: number;
  /** Microseconds of processor time so far, all threads. */
  cpu(): number;
  /** Megabytes in memory now, and at most so far. */
  memory(): { now: number; most: number };
  stop(): Promise<void>;
}

/** Starts `node <arguments>` with `PORT` set and waits until `path` answers 200. */
export async function start(given: readonly string[], environment: NodeJS.ProcessEnv, path: string): Promise<Running> {
  const port = Number(environment.PORT ?? (await freePort()));
  const begun = performance.now();
  const child = spawn(process.execPath, given, {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (part) => {
    said += part;
  });
  child.stderr.on('data', (part) => {
    said += part;
  });
  await answering(`http://127.0.0.1:${port}${path}`, child, () => said);
  const startedIn = performance.now() - begun;
  return {
    port,
    startedIn,
    cpu: () => cpuOf(child),
    memory: () => memoryOf(child),
    stop: () => stop(child),
  };
}

async function answering(url: string, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 6000; tries += 1) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${said()}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(5);
  }
  throw new Error(`Nothing answers at ${url}:\n${said()}`);
}

function cpuOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticks) * 1e6;
}

function memoryOf({ pid }: ChildProcess): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string): number => Number(status.match(new RegExp(`${field}:\\s+(\\d+)`))?.[1]) / 1024;
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.on('exit', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
