/** The pages in web/: built into web/dist, which the server serves. */
import { spawn } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { at, root } from './workspace.ts';

/** What the built pages depend on. */
const sources = [
  'web/src/**/*',
  'web/public/**/*',
  'web/*.{html,ts,json}',
  'server/src/texts/**/*',
  'server/src/levels.ts',
  'package-lock.json',
];

const changed = (path: string): number => statSync(at(path)).mtimeMs;

/** Whether web/dist is missing or older than anything it is made of. */
export function pagesAreStale(): boolean {
  const built = statSync(at('web/dist/index.html'), { throwIfNoEntry: false });
  if (!built) return true;
  return globSync(sources, { cwd: root }).some((path) => changed(path) > built.mtimeMs);
}

/** Runs Vite once, or with `--watch` until it is ended. */
export const startVite = (...more: string[]) =>
  spawn(process.execPath, [at('node_modules/vite/bin/vite.js'), 'build', 'web', ...more], {
    cwd: root,
    stdio: 'inherit',
  });

/** Builds the pages; throws where that fails. */
export async function buildPages(): Promise<void> {
  console.log('Building the pages …');
  const code = await new Promise((resolve) => startVite('--logLevel', 'error').on('exit', resolve));
  if (code !== 0) throw new Error('The pages could not be built: see above.');
}

if (import.meta.main) await buildPages();
