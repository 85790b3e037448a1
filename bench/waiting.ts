/** Ten thousand sign-in pages that wait for a phone: what they cost the server, and whether it answers meanwhile. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { at as path } from '../scripts/workspace.ts';
import { at, type Target } from './figures.ts';
import { type House, openHouse } from './house.ts';
import { eachOf, load } from './load.ts';

/** Longer than the time between two signs of life, which all of them get. */
const watchedMs = 20_000;

/** What waiting pages cost. */
interface Waiting {
  readonly pages: number;
  /** Megabytes before the first page, with all of them, and at most. */
  readonly before: number;
  readonly after: number;
  readonly most: number;
  /** Part of one core that they take. */
  readonly load: number;
  /** Milliseconds that `/livez` took, 99 of a hundred times less. */
  readonly livez: number;
  /** How many were open at the end. */
  readonly open: number;
}

async function heard(lines: Interface, child: ChildProcess, text: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => text.test(line) && resolve(line));
    child.once('exit', (code) => reject(new Error(`The pages ended with ${code}.`)));
  });
}

async function livez(port: number, ms: number): Promise<number[]> {
  const took: number[] = [];
  for (const end = performance.now() + ms; performance.now() < end; await pause(20)) {
    const { answers } = await load(port, 1, eachOf([{ method: 'GET', path: '/livez' }]));
    took.push(...answers.map((answer) => (answer.status === 200 ? answer.took : Number.POSITIVE_INFINITY)));
  }
  return took;
}

/** Lets so many pages wait at a house. */
async function waitAt(house: House, pages: number): Promise<Waiting> {
  const before = house.memory().now;
  const child = spawn(process.execPath, [path('bench/waiting-pages.ts'), String(house.port), String(pages)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: child.stdout });
    await heard(lines, child, /^waiting$/);
    const [cpu, begun] = [house.cpu(), performance.now()];
    const took = await livez(house.port, watchedMs);
    const spent = (house.cpu() - cpu) / 1000 / (performance.now() - begun);
    const last = heard(lines, child, /^open /);
    child.stdin.write('\n');
    const open = Number((await last).split(' ')[1]);
    const { now: after, most } = house.memory();
    return { pages, before, after, most, load: spent, livez: at(took, 0.99), open };
  } finally {
    child.stdin.end();
    child.kill();
  }
}

/** Measures it and says what held. */
export async function waitingFigures(on: string, pages: number, postgres?: string): Promise<Target[]> {
  const house = await openHouse(1, postgres);
  try {
    const { before, after, most, load: part, livez: took, open } = await waitAt(house, pages);
    return [
      {
        name: `${on}: ${pages} waiting pages, all of them still open`,
        value: `${open}, ${(part * 100).toFixed(0)} % of a core`,
        held: open === pages,
      },
      {
        name: '  memory under 300 MB',
        value: `${after.toFixed(0)} MB (${before.toFixed(0)} before, ${most.toFixed(0)} at most)`,
        held: after < 300,
      },
      { name: '  /livez meanwhile, p99 under 100 ms', value: `${took.toFixed(0)} ms`, held: took < 100 },
    ];
  } finally {
    await house.leave();
  }
}

if (import.meta.main) {
  for (const { name, value, held } of await waitingFigures('SQLite', Number(process.argv[2] ?? 10_000))) {
    console.log(`${held ? 'holds ' : 'BROKEN'}  ${name}: ${value}`);
  }
}
