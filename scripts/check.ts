/** `npm run check`: types, lint, format, dead exports and the quick tests, under a minute. */
import { quickTests } from './node-tests.ts';
import { runStages, type Stage, sideBySide } from './stages.ts';
import { at } from './workspace.ts';

const node = process.execPath;

/** What looks at the source without running it. */
const source = sideBySide('types, lint, format, dead exports', [
  { name: 'types of the server', command: [node, at('node_modules/typescript/bin/tsc'), '-p', 'server'] },
  { name: 'types of the pages', command: [node, at('node_modules/typescript/bin/tsc'), '-p', 'web'] },
  { name: 'biome', command: [node, at('node_modules/@biomejs/biome/bin/biome'), 'ci', '--colors=off'] },
  { name: 'knip', command: [node, at('node_modules/knip/bin/knip.js'), '--no-progress'] },
]);

/** The stages of a check, in order. */
export const checkStages: readonly Stage[] = [source, quickTests];

if (import.meta.main) await runStages(checkStages);
