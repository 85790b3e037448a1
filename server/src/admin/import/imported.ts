/** What every reader of token files gives: tokens ready for the store room, and why others are not. */
import type { Algorithm } from '../../factors/oath/oath.ts';

/** A hardware token as a file names it. Times are milliseconds since 1970. */
export interface ImportedToken {
  /** As printed on the token: 1 to 64 letters, digits and `._:-`. */
  readonly serial: string;
  readonly kind: 'hotp' | 'totp';
  /** Empty where the file does not say. */
  readonly maker: string;
  readonly model: string;
  /** At least 16 bytes (RFC 4226 §4, R6). */
  readonly secret: Uint8Array;
  readonly algorithm: Algorithm;
  readonly digits: 6 | 7 | 8 | 9;
  /** HOTP: the counter of the next code. */
  readonly counter?: number;
  /** TOTP: seconds of a step; 30 where it is missing. */
  readonly period?: 30 | 60;
  /** TOTP: by how many steps the token's clock is ahead. */
  readonly driftSteps?: number;
  readonly startsAt?: number;
  readonly expiresAt?: number;
}

/** Why one token of a file is not taken while others are. */
export type TokenRefusal =
  | 'serial-missing'
  | 'serial-malformed'
  /** Twice in one file, with other contents. */
  | 'serial-twice'
  /** The serial is here already: with another seed, or with somebody. */
  | 'serial-taken'
  | 'secret-missing'
  | 'secret-malformed'
  /** Below 128 bits. */
  | 'secret-short'
  | 'kind-unknown'
  | 'algorithm-unknown'
  | 'digits-unsupported'
  /** Codes that are not decimal digits. */
  | 'format-unsupported'
  | 'counter-missing'
  | 'counter-malformed'
  | 'period-unsupported'
  | 'drift-too-large'
  | 'dates-malformed'
  | 'expired'
  /** Its key policy says something that this server does not know or does not grant (RFC 6030 §5). */
  | 'policy-unknown'
  | 'policy-forbids';

/** A token that is not taken. */
export interface RefusedToken {
  readonly serial?: string;
  readonly why: TokenRefusal;
}

/** What a file holds. */
export interface Import {
  readonly tokens: readonly ImportedToken[];
  readonly refused: readonly RefusedToken[];
}

/** What opens an encrypted file: a pre-shared key or a passphrase. */
export interface FileSecrets {
  readonly key?: Uint8Array;
  readonly passphrase?: string;
}

/** Reads one format of files; throws {@link ImportRefused} where nothing of the file may be used. */
export type Parse = (content: Uint8Array | string, secrets: FileSecrets) => Import | Promise<Import>;

/** Why a whole file is refused. */
export type FileRefusal =
  | 'malformed'
  /** A document type, an entity, too deep or too much: what only hostile files have. */
  | 'hostile'
  | 'too-large'
  | 'empty'
  | 'version-unsupported'
  | 'encryption-unsupported'
  | 'key-missing'
  | 'passphrase-missing'
  /** A wrong key or passphrase, or a file that was changed: the two look the same. */
  | 'not-authentic';

/** Nothing of the file is used. */
export class ImportRefused extends Error {
  readonly why: FileRefusal;

  constructor(why: FileRefusal) {
    super(why);
    this.name = 'ImportRefused';
    this.why = why;
  }
}
