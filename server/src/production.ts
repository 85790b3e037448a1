/** What a start refuses, and the exact line that mends it. */
import { existsSync } from 'node:fs';
import { isDevelopment, type Options } from './config.ts';
import { readAccounts } from './delivery/accounts.ts';

/** A start that is refused: the message says why and what to add. */
export class Refused extends Error {}

const isLocal = (origin: string): boolean => {
  const { hostname, protocol } = new URL(origin);
  return protocol === 'http:' && (hostname === 'localhost' || hostname.endsWith('.localhost'));
};

/** Each reason why these options cannot start, as a line to add. Empty when they can. */
function reasonsAgainst(options: Options, hasKeyFile: boolean): string[] {
  const origins = options.SECONDLOCK_ORIGIN;
  const broken = origins.filter((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (origins.length === 0 || broken.length > 0) {
    return [
      `SECONDLOCK_ORIGIN=https://login.example.org   (an origin has a scheme and a host, no path: ${broken.join(', ')})`,
    ];
  }
  const reasons = isDevelopment(options) ? againstDevelopment(options) : againstProduction(options, hasKeyFile);
  return [...reasons, ...againstAny(options), ...readAccounts(options).faults];
}

/** Options that name a file. */
const files = [
  'SECONDLOCK_TLS_CERT',
  'SECONDLOCK_TLS_KEY',
  'SECONDLOCK_SMTP_CA',
  'SECONDLOCK_GEO_DB',
  'SECONDLOCK_PUSH_CA',
  'SECONDLOCK_FIDO_METADATA',
  'SECONDLOCK_FIDO_METADATA_ROOT',
  'SECONDLOCK_WEBAUTHN_NAMES',
] as const;

/** What is wrong in either mode: files that are not there, half a certificate, a database of another kind. */
function againstAny(options: Options): string[] {
  const reasons: string[] = [];
  for (const name of files) {
    const file = options[name];
    if (file !== undefined && !existsSync(file)) reasons.push(`${name}=/path/of/a/file   (there is no file ${file})`);
  }
  if ((options.SECONDLOCK_TLS_CERT === undefined) !== (options.SECONDLOCK_TLS_KEY === undefined)) {
    reasons.push('SECONDLOCK_TLS_CERT and SECONDLOCK_TLS_KEY   (a certificate needs its key; set both or neither)');
  }
  if (!/^postgres(ql)?:\/\//.test(options.SECONDLOCK_DATABASE_URL ?? 'postgres://')) {
    reasons.push(
      'SECONDLOCK_DATABASE_URL=postgres://user:password@host/database   (or none, for the embedded database)',
    );
  }
  const host = new URL(options.SECONDLOCK_ORIGIN[0] ?? '').hostname;
  const rpId = options.SECONDLOCK_WEBAUTHN_RP_ID ?? host;
  if (rpId !== host && !host.endsWith(`.${rpId}`)) {
    reasons.push(`SECONDLOCK_WEBAUTHN_RP_ID=${host}   (the first origin’s host, or a domain above it)`);
  }
  return reasons;
}

function againstDevelopment(options: Options): string[] {
  const reasons: string[] = [];
  if (!options.SECONDLOCK_ORIGIN.every(isLocal)) {
    reasons.push('NODE_ENV=production   (development mode answers http://localhost only)');
  }
  if (options.SECONDLOCK_HOST !== undefined && !['127.0.0.1', '::1', 'localhost'].includes(options.SECONDLOCK_HOST)) {
    reasons.push('SECONDLOCK_HOST=127.0.0.1   (development mode listens on this machine only)');
  }
  return reasons;
}

function againstProduction(options: Options, hasKeyFile: boolean): string[] {
  const reasons: string[] = [];
  if (!options.SECONDLOCK_ORIGIN.every((origin) => origin.startsWith('https://'))) {
    reasons.push('SECONDLOCK_ORIGIN=https://login.example.org   (people sign in over https only)');
  }
  if (options.SECONDLOCK_KEYS === undefined && !hasKeyFile) {
    reasons.push(
      'SECONDLOCK_KEYS=k1:$(openssl rand -base64 32)   (sealing keys; keep a copy, not beside the database)',
    );
  }
  if (options.SECONDLOCK_SMTP_URL === undefined && options.SECONDLOCK_EMAIL.length === 0) {
    reasons.push('SECONDLOCK_SMTP_URL=smtps://user:password@mail.example.org:465   (codes and notices leave by mail)');
  }
  if (options.SECONDLOCK_MAIL_FROM.endsWith('@localhost')) {
    reasons.push('SECONDLOCK_MAIL_FROM=no-reply@example.org   (the sender of every mail, in a domain of yours)');
  }
  const hasTls = options.SECONDLOCK_TLS_CERT !== undefined && options.SECONDLOCK_TLS_KEY !== undefined;
  if (!hasTls && options.SECONDLOCK_TRUSTED_PROXIES.length === 0) {
    reasons.push(
      'SECONDLOCK_TRUSTED_PROXIES=127.0.0.1   (TLS ends at a proxy there; or SECONDLOCK_TLS_CERT and SECONDLOCK_TLS_KEY)',
    );
  }
  return reasons;
}

/** A fault that ends the start, in one line with what to do; undefined where nobody expected it. */
export function startFault(error: unknown, options: Options | undefined): string | undefined {
  if (error instanceof Refused) return error.message;
  if (!(error instanceof Error)) return undefined;
  if (/configuration|SECONDLOCK_/.test(error.message)) return error.message;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') return `Port ${options?.PORT} is in use. End what listens there, or set PORT to another.`;
  if (code === 'EACCES')
    return `Not allowed: ${error.message}. Set PORT above 1023, or SECONDLOCK_DATA_DIR to a folder of yours.`;
  if (
    options?.SECONDLOCK_DATABASE_URL !== undefined &&
    /^(ECONN|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|28|3D|57P)/.test(code)
  ) {
    return `The database at SECONDLOCK_DATABASE_URL cannot be used: ${error.message || code}.`;
  }
  return undefined;
}

/** Throws a refusal that names every line to add. */
export function demandGood(options: Options, hasKeyFile: boolean): void {
  const reasons = reasonsAgainst(options, hasKeyFile);
  if (reasons.length === 0) return;
  throw new Refused(
    `Secondlock does not start like this. Add or mend in its environment:\n${reasons.map((r) => `  ${r}`).join('\n')}`,
  );
}
