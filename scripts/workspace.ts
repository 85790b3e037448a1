/** Where things are in this workspace, and how the server is started from it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** An absolute path of something in the workspace. */
export const at = (...parts: string[]): string => join(root, ...parts);

/** What Node is given to run the server. */
export const serverArguments = ['--disable-warning=ExperimentalWarning', at('server/src/main.ts')];

/** The environment with a folder that keeps compiled code from one start to the next: half the start time. */
export const serverEnvironment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? at('node_modules/.cache/compiled'),
  ...more,
});

/**
 * Calls back once when the process that started this one is gone. Debian's `sh`, which npm runs a script in, dies of a
 * signal without passing it on.
 */
export function whenLeftAlone(end: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 500);
  watch.unref();
}
