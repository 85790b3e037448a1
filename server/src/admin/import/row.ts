/** One token of a file, whatever the file's format: what must hold before it may enter the store room. */
import { type Algorithm, algorithms } from '../../factors/oath/oath.ts';
import type { Import, ImportedToken, RefusedToken, TokenRefusal } from './imported.ts';

/** A token as it is written: texts that nobody has judged yet, undefined or empty where the file does not say. */
export interface Row {
  readonly serial?: string | undefined;
  readonly kind?: string | undefined;
  readonly maker?: string | undefined;
  readonly model?: string | undefined;
  /** `null`: something stands there that cannot be read. */
  readonly secret?: Uint8Array | null | undefined;
  readonly algorithm?: string | undefined;
  readonly digits?: string | undefined;
  readonly counter?: string | undefined;
  readonly period?: string | undefined;
  readonly drift?: string | undefined;
  /** Milliseconds since 1970. */
  readonly startsAt?: number | undefined;
  readonly expiresAt?: number | undefined;
}

/** Of a file, in bytes: some thousand tokens in PSKC, more in a list. */
export const mostBytes = 1024 * 1024;

/** At least 128 bits (RFC 4226 §4, R6); more than a block of any hash is no seed. */
const secretBytes = { least: 16, most: 128 };

/** Further away a clock is not off but wrong: twelve hours at 30 seconds. */
const mostDrift = 1440;

const longestName = 200;

/** Judges a row: a token, or why it is none. */
function judge(row: Row): ImportedToken | TokenRefusal {
  const fault = nameFault(row) ?? secretFault(row.secret) ?? countFault(row);
  if (fault !== undefined) return fault;
  const algorithm = algorithmOf(row.algorithm);
  const digits = Number(row.digits);
  if (algorithm === undefined) return 'algorithm-unknown';
  if (row.secret == null || (digits !== 6 && digits !== 7 && digits !== 8 && digits !== 9)) return 'digits-unsupported';
  const shared = {
    serial: row.serial ?? '',
    maker: line(row.maker),
    model: line(row.model),
    secret: Uint8Array.from(row.secret),
    algorithm,
    digits,
    ...(row.startsAt === undefined ? {} : { startsAt: row.startsAt }),
    ...(row.expiresAt === undefined ? {} : { expiresAt: row.expiresAt }),
  } as const;
  if (row.kind === 'hotp') return { ...shared, kind: 'hotp', counter: Number(row.counter) };
  return {
    ...shared,
    kind: 'totp',
    period: Number(row.period || 30) === 60 ? 60 : 30,
    ...(row.drift ? { driftSteps: Number(row.drift) } : {}),
  };
}

function nameFault({ serial, kind }: Row): TokenRefusal | undefined {
  if (!serial) return 'serial-missing';
  if (!isSerial(serial)) return 'serial-malformed';
  return kind === 'hotp' || kind === 'totp' ? undefined : 'kind-unknown';
}

function secretFault(secret: Row['secret']): TokenRefusal | undefined {
  if (secret === undefined) return 'secret-missing';
  if (secret === null || secret.length > secretBytes.most) return 'secret-malformed';
  return secret.length < secretBytes.least ? 'secret-short' : undefined;
}

/** A token that is pressed once a second for a hundred thousand years gets there; the rest would be no whole numbers. */
const mostCounter = 2 ** 52;

function countFault({ kind, digits, counter, period, drift, startsAt, expiresAt }: Row): TokenRefusal | undefined {
  // HOTP's 31 bits never fill a tenth digit (RFC 4226, erratum 5792).
  if (!/^[6-9]$/.test(digits ?? '')) return 'digits-unsupported';
  if (startsAt !== undefined && expiresAt !== undefined && startsAt >= expiresAt) return 'dates-malformed';
  if (kind === 'hotp') {
    if (!counter) return 'counter-missing';
    return /^[0-9]{1,16}$/.test(counter) && Number(counter) <= mostCounter ? undefined : 'counter-malformed';
  }
  if (period && period !== '30' && period !== '60') return 'period-unsupported';
  return drift && !(/^-?[0-9]{1,6}$/.test(drift) && Math.abs(Number(drift)) <= mostDrift)
    ? 'drift-too-large'
    : undefined;
}

const isSerial = (text: string): boolean => /^[A-Za-z0-9._:-]{1,64}$/.test(text);

/** One line of text for a list: what would hide, turn or break it is gone. */
const line = (text = ''): string =>
  text
    .slice(0, longestName)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();

/** `HMAC-SHA-256`, `sha256` or the name of an HMAC in XML Signature; SHA-1 where nothing is said. */
function algorithmOf(text: string | undefined): Algorithm | undefined {
  if (!text) return 'SHA1';
  const bits = /^(?:http[^#]{1,80}#)?(?:hmac[-_ ]?)?sha[-_ ]?(1|256|512)$/i.exec(text.trim().slice(0, 120))?.[1];
  return algorithms.find((each) => each === `SHA${bits}`);
}

/** Gathers the rows of a file. */
export class Rows {
  readonly #tokens = new Map<string, ImportedToken>();
  readonly #twice = new Set<string>();
  readonly #refused: RefusedToken[] = [];

  /** Judges a row and keeps what it is. A row that is there already changes nothing; another one of its serial ends both. */
  take(row: Row): void {
    const judged = judge(row);
    if (typeof judged === 'string') this.refuse(row.serial, judged);
    else this.#keep(judged);
  }

  #keep(token: ImportedToken): void {
    const { serial } = token;
    const before = this.#tokens.get(serial);
    const other = before !== undefined && fingerprint(before) !== fingerprint(token);
    if (!other && !this.#twice.has(serial)) {
      this.#tokens.set(serial, token);
      return;
    }
    if (other) this.refuse(serial, 'serial-twice');
    this.refuse(serial, 'serial-twice');
    this.#twice.add(serial);
    this.#tokens.delete(serial);
  }

  /** Says why a row is no token. */
  refuse(serial: string | undefined, why: TokenRefusal): void {
    this.#refused.push(serial && isSerial(serial) ? { serial, why } : { why });
  }

  /** How many rows there were. */
  get size(): number {
    return this.#tokens.size + this.#refused.length;
  }

  /** What the file holds. */
  result(): Import {
    return { tokens: [...this.#tokens.values()], refused: this.#refused };
  }
}

const fingerprint = (token: ImportedToken): string =>
  JSON.stringify({ ...token, secret: Buffer.from(token.secret).toString('base64') });
