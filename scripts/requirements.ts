/** `npm run requirements`: each requirement with its strength and the tests that prove it, and what has none yet. */
import { findProofs, readRequirements } from '../server/test/requirement-table.ts';

const proofs = findProofs();
const rows = readRequirements().map((row) => ({ ...row, proofs: proofs.filter(({ ids }) => ids.includes(row.id)) }));

for (const { id, strength, held, wording, proofs: mine } of rows) {
  console.log(`${id.padEnd(8)} ${strength} ${held ? 'held' : '    '}  ${mine.length === 0 ? '—' : wording}`);
  for (const { path, line, title } of mine) console.log(`                  ${path}:${line} ${title}`);
}

const list = (which: typeof rows): string => which.map(({ id }) => id).join(' ') || 'none';
const open = rows.filter(({ proofs: mine }) => mine.length === 0);
console.log(`\nProved: ${rows.length - open.length} of ${rows.length}.`);
console.log(`Held without a proof: ${list(open.filter(({ held }) => held))}`);
console.log(`Not held and without a proof: ${list(open.filter(({ held }) => !held))}`);
