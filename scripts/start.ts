/** `npm start`: builds the pages where they are missing or older than their sources, then runs the server. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { buildPages, pagesAreStale } from './pages.ts';
import { root, serverArguments, serverEnvironment, whenLeftAlone } from './workspace.ts';

if (pagesAreStale()) await buildPages();

const server = spawn(process.execPath, serverArguments, { cwd: root, stdio: 'inherit', env: serverEnvironment() });

let passedOn = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A terminal gives Ctrl-C to the whole group, so the server has it already.
    const hasIt = signal === 'SIGINT' && process.stdin.isTTY;
    if (!passedOn && !hasIt) server.kill(signal);
    passedOn = true;
  });
}
whenLeftAlone(() => server.kill('SIGTERM'));
server.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal === null ? 1 : constants.signals[signal]);
});
