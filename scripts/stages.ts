/** Stages: what `npm run check` and `npm test` are made of, in order, each with its time; the first that fails ends it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tally } from './tally.ts';
import { root } from './workspace.ts';

/** One stage. It throws where it fails, and gives its tally where it ran tests. */
export interface Stage {
  readonly name: string;
  run(): Promise<Tally | undefined>;
}

/** A stage that failed, with how far it got. */
class Failed extends Error {
  readonly tally: Tally | undefined;

  constructor(why: string, tally?: Tally) {
    super(why);
    this.tally = tally;
  }
}

/** Runs the stages and prints the closing line, `N passed, N failed`. */
export async function runStages(stages: readonly Stage[]): Promise<void> {
  const sum = { passed: 0, failed: 0 };
  const add = (tally?: Tally): void => {
    sum.passed += tally?.passed ?? 0;
    sum.failed += tally?.failed ?? 0;
  };
  const start = performance.now();
  for (const { name, run } of stages) {
    const begun = performance.now();
    console.log(`\n── ${name}`);
    try {
      add(await run());
      console.log(`── ${name}: ${seconds(begun)}`);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      add(error.tally);
      if (!error.tally?.failed) sum.failed += 1;
      console.log(`── ${name} failed after ${seconds(begun)}: ${error.message}`);
      process.exitCode = 1;
      break;
    }
  }
  console.log(`\nIn ${seconds(start)}:\n${sum.passed} passed, ${sum.failed} failed`);
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** A command that must end well. Quiet commands speak only when they fail. */
export interface Command {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  readonly quiet?: boolean;
}

/** Runs a command; gives its exit code and, where it is quiet, what it said. */
function execute({ command: [file, ...rest], env, quiet }: Command): Promise<{ code: number; said: string }> {
  const child = spawn(file, rest, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  });
  let said = '';
  const hear = (part: Buffer): void => {
    said += part;
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, said }));
  });
}

/** A stage of commands that run side by side and print only what is wrong. */
export const sideBySide = (name: string, commands: readonly Command[]): Stage => ({
  name,
  async run() {
    const results = await Promise.all(commands.map((command) => execute({ ...command, quiet: true })));
    const wrong = commands.filter((_, index) => results[index]?.code !== 0);
    for (const command of wrong) console.log(`${command.name}:\n${results[commands.indexOf(command)]?.said}`);
    if (wrong.length > 0) throw new Failed(wrong.map((command) => command.name).join(', '));
    return undefined;
  },
});

/** A stage of one command that speaks for itself. */
export const oneCommand = (given: Command): Stage => ({
  name: given.name,
  async run() {
    const { code } = await execute(given);
    if (code !== 0) throw new Failed(`exit code ${code}`);
    return undefined;
  },
});

/**
 * A stage of tests, by one command or several side by side. Each writes its tally into the file that it is given; `read`
 * turns its text into one. A run with no test, or with a test that was skipped, is a failure: nothing is skipped
 * silently.
 */
export function testStage(
  name: string,
  commands: readonly ((file: string) => Promise<Command> | Command)[],
  read: (text: string) => Tally,
  end: () => Promise<void> = async () => {},
): Stage {
  return {
    name,
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'secondlock-tally-'));
      try {
        const runs = commands.map(async (command, index) => {
          const file = join(folder, `${index}.json`);
          const { code } = await execute(await command(file));
          // A run that broke before its end has told nothing, and its exit code tells that.
          return { code, tally: existsSync(file) ? read(readFileSync(file, 'utf8')) : summed([]) };
        });
        const done = await Promise.all(runs);
        const tally = summed(done.map((run) => run.tally));
        const code = Math.max(...done.map((run) => run.code));
        if (tally.skipped.length > 0) throw new Failed(`tests were skipped: ${tally.skipped.join('; ')}`, tally);
        if (tally.failed > 0) throw new Failed(`${tally.failed} of ${tally.failed + tally.passed} tests`, tally);
        if (code !== 0) throw new Failed(`exit code ${code}`, tally);
        if (done.some((run) => run.tally.passed === 0)) throw new Failed('there was no test to run', tally);
        return tally;
      } finally {
        await end();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

const summed = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
  failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
  skipped: tallies.flatMap(({ skipped }) => skipped),
});
