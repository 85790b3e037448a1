/** Stages that run tests with `node --test`, all on one private PostgreSQL. */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Cluster, startCluster } from '../server/test/postgres.ts';
import { type Stage, testStage } from './stages.ts';
import type { Tally } from './tally.ts';
import { at, root, serverEnvironment } from './workspace.ts';

/** The tests of the files that match; `parallel` says how many files run at once. */
export function nodeTests(name: string, patterns: readonly string[], parallel = availableParallelism() + 1): Stage {
  let cluster: Cluster | undefined;
  return testStage(
    name,
    async (tally) => {
      cluster = await startCluster();
      return {
        name,
        env: serverEnvironment({ SECONDLOCK_TEST_POSTGRES: cluster.url }),
        command: [
          process.execPath,
          '--disable-warning=ExperimentalWarning',
          '--test',
          `--test-concurrency=${parallel}`,
          `--test-reporter=${process.stdout.isTTY ? 'spec' : 'dot'}`,
          '--test-reporter-destination=stdout',
          `--test-reporter=${at('scripts/tally.ts')}`,
          `--test-reporter-destination=${tally}`,
          ...globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] }).sort(),
        ],
      };
    },
    (text) => JSON.parse(text) as Tally,
    async () => cluster?.stop(),
  );
}

/** What every commit must pass: unit, contract, journey and house tests. */
export const quickTests = nodeTests('tests', [
  'server/src/**/*.test.ts',
  'server/test/**/*.test.ts',
  'web/src/**/*.test.ts',
]);

/** Statistics, races, kills, two processes, a whole installation: what takes its time. One file after the other. */
export const hardTests = nodeTests('hard tests', ['server/test/hard/*.hard-test.ts'], 1);
