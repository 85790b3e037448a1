/** Stages that run tests with Node's own runner, all on one private PostgreSQL. */
import { globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Cluster, startCluster } from '../server/test/postgres.ts';
import { type Command, type Stage, testStage } from './stages.ts';
import type { Tally } from './tally.ts';
import { at, root, serverEnvironment } from './workspace.ts';

/** What runs these files and writes its tally into that one. */
type Run = (tally: string, files: readonly string[]) => readonly string[];

/** The tests of the files that match, in so many processes at once, each with its share of the files. */
function nodeTests(name: string, patterns: readonly string[], processes: number, how: Run): Stage {
  let cluster: Promise<Cluster> | undefined;
  const run = (files: readonly string[]) => async (tally: string) => {
    cluster ??= startCluster();
    return command(name, (await cluster).url, how(tally, files));
  };
  return testStage(
    name,
    shares(files(patterns), processes).map(run),
    (text) => JSON.parse(text) as Tally,
    async () => (await cluster)?.stop(),
  );
}

const files = (patterns: readonly string[]): string[] =>
  globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] }).sort();

const command = (name: string, cluster: string, how: readonly string[]): Command => ({
  name,
  env: serverEnvironment({ SECONDLOCK_TEST_POSTGRES: cluster }),
  command: [process.execPath, '--disable-warning=ExperimentalWarning', ...how],
});

/** Deals the files out, largest first and each to the smallest share: about equal, and the same in every run. */
function shares(files: readonly string[], count: number): string[][] {
  const dealt = Array.from({ length: count }, () => ({ files: [] as string[], bytes: 0 }));
  const bySize = files.map((file) => ({ file, bytes: statSync(at(file)).size })).sort((a, b) => b.bytes - a.bytes);
  for (const { file, bytes } of bySize) {
    const smallest = dealt.reduce((least, share) => (share.bytes < least.bytes ? share : least));
    smallest.files.push(file);
    smallest.bytes += bytes;
  }
  return dealt.map((share) => share.files.sort());
}

/**
 * What every commit must pass: unit, contract, journey and house tests. The files of a share run in one process: to
 * start one for each, and load what all of them load, took a third of the time.
 */
export const quickTests = nodeTests(
  'tests',
  ['server/src/**/*.test.ts', 'server/test/**/*.test.ts', 'web/src/**/*.test.ts'],
  availableParallelism() + 1,
  (tally, files) => [at('scripts/share.ts'), tally, ...files],
);

/** Statistics, races, kills, two processes, a whole installation: what takes its time. One file after the other. */
export const hardTests = nodeTests('hard tests', ['server/test/hard/**/*.hard-test.ts'], 1, (tally, files) => [
  '--test',
  '--test-concurrency=1',
  `--test-reporter=${process.stdout.isTTY ? 'spec' : 'dot'}`,
  '--test-reporter-destination=stdout',
  `--test-reporter=${at('scripts/tally.ts')}`,
  `--test-reporter-destination=${tally}`,
  ...files,
]);
