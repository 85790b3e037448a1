/** `npm test`: everything, in order; with a stage's name (`check`, `quick`, `hard`, `browser`) only that part. */
import { readFileSync } from 'node:fs';
import { checkStages } from './check.ts';
import { hardTests, quickTests } from './node-tests.ts';
import { buildPages, pagesAreStale } from './pages.ts';
import { oneCommand, runStages, type Stage, testStage } from './stages.ts';
import type { Tally } from './tally.ts';
import { at } from './workspace.ts';

const debian = oneCommand({ name: 'what Debian brings', command: ['sh', at('scripts/install-debian.sh')] });

const pages: Stage = {
  name: 'pages',
  async run() {
    if (pagesAreStale()) await buildPages();
    return undefined;
  },
};

interface BrowserReport {
  readonly stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

/** Playwright's own report as a tally: a test that needed a second try has failed. */
function readBrowserReport(text: string): Tally {
  const { stats } = JSON.parse(text) as BrowserReport;
  const skipped = Array.from({ length: stats.skipped }, () => 'a browser test');
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped };
}

const browser = testStage(
  'browser',
  [
    (file) => ({
      name: 'browser',
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
      command: [process.execPath, at('node_modules/@playwright/test/cli.js'), 'test', '--reporter=line,json'],
    }),
  ],
  readBrowserReport,
);

const parts: Readonly<Record<string, readonly Stage[]>> = {
  all: [debian, ...checkStages, pages, hardTests, browser],
  quick: [quickTests],
  hard: [pages, hardTests],
  browser: [pages, browser],
};

const stages = parts[process.argv[2] ?? 'all'];
if (!stages) throw new Error(`There is no such part: ${process.argv[2]}. There are: ${Object.keys(parts).join(', ')}.`);
console.log(`Node ${process.versions.node}, Secondlock ${version()}`);
await runStages(stages);

function version(): string {
  return (JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string }).version;
}
