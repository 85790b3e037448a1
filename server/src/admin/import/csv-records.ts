/** Comma-separated values (RFC 4180, and what is written instead of it): texts in rows, and nothing is computed. */
import { ImportRefused } from './imported.ts';
import { mostBytes } from './row.ts';

const mostRecords = 10_001;

/**
 * The records of a text without those that are empty or a remark, each cell trimmed. Throws {@link ImportRefused}:
 * `too-large`, `hostile` or `malformed`.
 */
export function recordsOf(content: Uint8Array | string): string[][] {
  const { text, separator } = separated(decoded(content));
  const records: string[][] = [];
  let cells: string[] = [];
  const cell = cellPattern(separator);
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) throw new ImportRefused('malformed');
    const [, quoted, plain = '', end] = found;
    cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    if (end === separator) continue;
    records.push(cells);
    cells = [];
    if (records.length > mostRecords) throw new ImportRefused('hostile');
  }
  // A file that ends in a separator and not in a line end.
  if (cells.length > 0) records.push(cells);
  return records.filter((each) => each.some((one) => one !== '') && !each[0]?.startsWith('#'));
}

/** A cell, quoted or not, and what ends it. */
const cellPattern = (separator: string): RegExp =>
  new RegExp(
    `(?: *"([^"]*(?:""[^"]*)*)" *|([^"${separator}\\r\\n][^${separator}\\r\\n]*)?)(${separator}|\\r\\n|[\\r\\n]|$)`,
    'y',
  );

/** UTF-8, or UTF-16 with its mark, as spreadsheets write it. */
function decoded(content: Uint8Array | string): string {
  if (content.length > mostBytes) throw new ImportRefused('too-large');
  const wide = typeof content !== 'string' && content[0] === 0xff && content[1] === 0xfe;
  try {
    const text =
      typeof content === 'string'
        ? content.replace(/^\uFEFF/, '')
        : new TextDecoder(wide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(content);
    if (text.includes('\0')) throw new ImportRefused('malformed');
    return text;
  } catch {
    throw new ImportRefused('malformed');
  }
}

/** Much of Europe separates by semicolons, some vendors by tabs; `sep=;` in a first line says so. */
function separated(text: string): { text: string; separator: string } {
  const said = /^"?sep=([,;\t])"?\r?\n/i.exec(text);
  if (said) return { text: text.slice(said[0].length), separator: said[1] ?? ',' };
  const first = text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  return { text, separator: [',', ';', '\t'].find((each) => first.includes(each)) ?? ',' };
}
