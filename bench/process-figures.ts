/** What the process itself costs: its start, its idle memory, and the first page. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { serverArguments, serverEnvironment } from '../scripts/workspace.ts';
import { median, type Target } from './figures.ts';
import { freePort, type Running, start } from './process.ts';

/** A server in development mode, with a compile cache of its own that the first start fills. */
async function startFresh(folder: string): Promise<Running> {
  const port = await freePort();
  const environment = {
    PORT: String(port),
    SECONDLOCK_ORIGIN: `http://localhost:${port}`,
    SECONDLOCK_DATA_DIR: join(folder, 'data'),
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
  return start(serverArguments, serverEnvironment(environment), '/livez');
}

/** Start time, memory and the size of the first page. */
export async function processFigures(): Promise<Target[]> {
  const folder = mkdtempSync(join(tmpdir(), 'secondlock-bench-'));
  try {
    const cold = await startFresh(folder);
    await cold.stop();
    const starts: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const warm = await startFresh(folder);
      starts.push(warm.startedIn);
      await warm.stop();
    }
    const idle = await startFresh(folder);
    await pause(5000);
    const memory = idle.memory().now;
    const page = await firstPage(idle.port);
    await idle.stop();
    const warm = median(starts);
    return [
      {
        name: 'start to listening, compiled before, under 1 s',
        value: `${warm.toFixed(0)} ms (cold ${cold.startedIn.toFixed(0)} ms)`,
        held: warm < 1000,
      },
      { name: 'idle memory under 170 MB', value: `${memory.toFixed(0)} MB`, held: memory < 170 },
      { name: 'first page, JS and CSS gzipped, at most 100 kB', value: `${page.toFixed(1)} kB`, held: page <= 100 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kilobytes of script and style that a browser fetches for the sign-in page, each gzipped. */
async function firstPage(port: number): Promise<number> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', chromiumSandbox: false });
  try {
    const page = await browser.newPage();
    const bodies: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (/\.(js|css)(\?|$)/.test(response.url())) bodies.push(response.body());
    });
    await page.goto(`http://localhost:${port}/sign-in`, { waitUntil: 'networkidle' });
    const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body, { level: 9 }).length);
    return sizes.reduce((sum, size) => sum + size, 0) / 1000;
  } finally {
    await browser.close();
  }
}
