/** A reporter for `node --test` that counts, so that several runs can be added up. Its lines are read by `tests.ts`. */
import { resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** How a run went. */
export interface Tally {
  passed: number;
  failed: number;
  /** Names of tests that did not run: nothing is skipped silently. */
  skipped: string[];
}

/** Counts single tests (not the suites around them) and prints one JSON line at the end. */
export default async function* tally(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const sum: Tally = { passed: 0, failed: 0, skipped: [] };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details.type === 'suite' || isFile(data)) {
      if (type === 'test:fail' && isFile(data)) sum.failed += 1;
      continue;
    }
    if (type === 'test:fail') sum.failed += 1;
    else if (data.skip !== undefined || data.todo !== undefined) sum.skipped.push(`${data.name} (${data.file ?? ''})`);
    else sum.passed += 1;
  }
  yield `${JSON.stringify(sum)}\n`;
}

/** A file that could not even be read reports itself as a test of its own name. */
const isFile = (data: { name: string; file?: string; nesting: number }): boolean =>
  data.nesting === 0 && data.file !== undefined && resolve(data.name) === data.file;
