/** Runs test files in this one process: `node scripts/share.ts <file for the tally> <test file> …`. */
import hooks from 'node:async_hooks';
import { createWriteStream } from 'node:fs';
import tally from './tally.ts';

const { createHook } = hooks;

/**
 * The runner watches every promise, so as to know which test an error belongs to that nobody caught. That takes a fifth
 * of the time of tests that do much at once; so it is given only what is no promise, and an error that nobody caught
 * fails the run instead of its test. The runner takes `createHook` when it is first loaded.
 */
hooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
const { run } = await import('node:test');
const { dot, spec } = await import('node:test/reporters');

const [tallyFile = '', ...files] = process.argv.slice(2);

// The runner says that there was such an error, but not where.
process.on('uncaughtException', (error) => console.error(error));
process.on('unhandledRejection', (error) => console.error(error));

const tests = run({ files, isolation: 'none' });
tests.on('test:summary', ({ success }) => {
  if (!success) process.exitCode = 1;
});
tests.compose(process.stdout.isTTY ? spec : dot).pipe(process.stdout);
tests.compose(tally).pipe(createWriteStream(tallyFile));
