/**
 * Vendors' lists of tokens as comma-separated values. Columns are known by their names, in any order; without names by
 * the orders that are common. A row that cannot be used is refused alone. A cell is a text and nothing else: what a
 * spreadsheet would take for a formula is a serial number of the wrong shape here.
 */
import { recordsOf } from './csv-records.ts';
import { type Import, ImportRefused } from './imported.ts';
import { type Row, Rows } from './row.ts';
import { seedReader } from './seed-text.ts';

type Column = 'serial' | 'secret' | 'kind' | 'algorithm' | 'digits' | 'counter' | 'period' | 'maker' | 'model';

/** What a record says, before its seed is read. */
type Cells = { readonly [column in Column]?: string | undefined };

/** What vendors call their columns, in small letters without gaps. */
const names: Readonly<Record<Column, readonly string[]>> = {
  serial: ['serial', 'serialnumber', 'serialno', 'sn', 'tokenserial', 'tokenserialnumber', 'tokenid'],
  secret: ['secret', 'secretkey', 'seed', 'key', 'tokenseed', 'seedhex', 'secrethex', 'secretbase32', 'seedbase32'],
  kind: ['type', 'tokentype', 'kind', 'otptype'],
  algorithm: ['algorithm', 'hash', 'hashalgorithm', 'hmac', 'suite'],
  digits: ['digits', 'otplength', 'length', 'otplen', 'codelength', 'otpdigits'],
  counter: ['counter', 'movingfactor', 'eventcounter', 'initialcounter'],
  period: ['timeinterval', 'interval', 'period', 'timestep', 'step'],
  maker: ['manufacturer', 'maker', 'vendor', 'brand'],
  model: ['model', 'product', 'tokenmodel'],
};

/** Without names: `serial, seed, hotp or totp, digits, seconds`, of which the last three may be missing. */
const usual: ReadonlyMap<Column, number> = new Map([
  ['serial', 0],
  ['secret', 1],
  ['kind', 2],
  ['digits', 3],
  ['period', 4],
]);

/** Reads a list of tokens. Throws {@link ImportRefused} where it is none. */
export function readCsv(content: Uint8Array | string): Import {
  const records = recordsOf(content);
  const columns = columnsOf(records[0] ?? []);
  const headed = columns.has('serial') && columns.has('secret');
  const written = headed
    ? records.slice(1).map((cells) => pick(cells, columns))
    : records.map((cells) => yubico(cells) ?? pick(cells, usual)).filter((each) => each !== 'no token');
  if (written.length === 0) throw new ImportRefused('empty');
  const read = seedReader(written.flatMap(({ secret }) => secret ?? []));
  // No seed at all: this is a list of something else.
  if (!written.some(({ secret }) => secret !== undefined && read(secret))) throw new ImportRefused('malformed');
  const rows = new Rows();
  for (const each of written) rows.take(rowOf(each, read));
  return rows.result();
}

const plainName = (text: string): string =>
  text
    .slice(0, 60)
    .toLowerCase()
    .replace(/\([^)]*\)|[^a-z0-9]/g, '');

function columnsOf(head: readonly string[]): Map<Column, number> {
  const found = new Map<Column, number>();
  for (const [at, cell] of head.entries()) {
    const column = (Object.keys(names) as Column[]).find((each) => names[each].includes(plainName(cell)));
    if (column === undefined) continue;
    // Two columns for one thing: nobody knows which counts.
    if (found.has(column)) throw new ImportRefused('malformed');
    found.set(column, at);
  }
  return found;
}

const pick = (cells: readonly string[], columns: ReadonlyMap<Column, number>): Cells =>
  Object.fromEntries([...columns].map(([column, at]) => [column, cells[at] || undefined]));

/**
 * The two logs of Yubico's personalization tool: `OATH-HOTP,date,slot,id,,seed,,,0,0,0,digits,counter,…` ("traditional")
 * and `serial,,0,seed,,date,` ("Yubico"), where the 0 stands for OATH. Its other lines are no OATH tokens.
 */
function yubico(cells: readonly string[]): Cells | 'no token' | undefined {
  const [first = '', second, third, fourth, , sixth = ''] = cells;
  const maker = 'Yubico';
  if (/^LOGGING START/i.test(first)) return 'no token';
  if (/^OATH-HOTP$/i.test(first)) {
    return { serial: fourth, secret: sixth, kind: 'hotp', digits: cells[11] || '6', counter: cells[12] || '0', maker };
  }
  if (/^(Yubico OTP|Static Password|Challenge-Response)/i.test(first)) return { serial: fourth, kind: first, maker };
  if (!/^[0-9]+$/.test(first) || !/^\d{4}-\d\d-\d\dT/.test(sixth)) return undefined;
  return { serial: first, secret: fourth, kind: third === '0' && !second ? 'hotp' : 'Yubico OTP', maker };
}

function rowOf(cells: Cells, read: (text: string) => Uint8Array | null): Row {
  const { kind, algorithm } = kindOf(cells);
  return {
    ...cells,
    kind,
    algorithm,
    secret: cells.secret === undefined ? undefined : read(cells.secret),
    digits: cells.digits ?? '6',
    counter: cells.counter ?? '0',
  };
}

/** What is said, under `type` or under `algorithm`; else a time interval makes it TOTP, and its absence HOTP. */
function kindOf({ kind, algorithm, period }: Cells): { kind: string | undefined; algorithm: string | undefined } {
  if (kind !== undefined) return { kind: named(kind), algorithm };
  const said = algorithm === undefined ? undefined : named(algorithm);
  if (said !== undefined) return { kind: said, algorithm: undefined };
  return { kind: period === undefined ? 'hotp' : 'totp', algorithm };
}

function named(text: string): string | undefined {
  if (/^(oath[-_ ]?)?hotp([-_ ]?sha-?1)?$|^(event|counter)([-_ ]?based)?$/i.test(text)) return 'hotp';
  return /^(oath[-_ ]?)?totp([-_ ]?sha-?1)?$|^time([-_ ]?based)?$/i.test(text) ? 'totp' : undefined;
}
