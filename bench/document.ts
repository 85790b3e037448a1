/** Puts figures into docs/benchmarks.md, between the marks of their block. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { at } from '../scripts/workspace.ts';

/** Where the figures were taken. */
export const machine = `Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()}).`;

/** Replaces a block by these lines. */
export function writeFigures(name: 'figures' | 'delivery', lines: readonly string[]): void {
  const file = at('docs/benchmarks.md');
  const block = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(<!-- /${name} -->)`);
  const figures = `\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`;
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(block, (_, start, end) => `${start}\n${figures}\n${end}`),
  );
}
