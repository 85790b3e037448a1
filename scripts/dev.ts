/** `npm run dev`: the server restarts and the pages are built again at each change; Ctrl-C ends both. */
import { spawn } from 'node:child_process';
import { startVite } from './pages.ts';
import { root, serverArguments, serverEnvironment, whenLeftAlone } from './workspace.ts';

const server = spawn(process.execPath, ['--watch', '--watch-preserve-output', ...serverArguments], {
  cwd: root,
  stdio: 'inherit',
  env: serverEnvironment(),
});
const both = [server, startVite('--watch', '--logLevel', 'warn')];

const end = (): void => {
  for (const one of both) one.kill('SIGTERM');
};
process.on('SIGINT', end);
process.on('SIGTERM', end);
whenLeftAlone(end);
for (const one of both) {
  one.on('exit', (code) => {
    process.exitCode ??= code ?? 0;
    end();
  });
}
