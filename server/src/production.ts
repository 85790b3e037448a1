/** What a start refuses, and the exact line that mends it. */
import { isDevelopment, type Options } from './config.ts';

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
  return isDevelopment(options) ? againstDevelopment(options) : againstProduction(options, hasKeyFile);
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
  if (options.SECONDLOCK_SMTP_URL === undefined) {
    reasons.push('SECONDLOCK_SMTP_URL=smtps://user:password@mail.example.org:465   (codes and notices leave by mail)');
  }
  const hasTls = options.SECONDLOCK_TLS_CERT !== undefined && options.SECONDLOCK_TLS_KEY !== undefined;
  if (!hasTls && options.SECONDLOCK_TRUSTED_PROXIES.length === 0) {
    reasons.push(
      'SECONDLOCK_TRUSTED_PROXIES=127.0.0.1   (TLS ends at a proxy there; or SECONDLOCK_TLS_CERT and SECONDLOCK_TLS_KEY)',
    );
  }
  return reasons;
}

/** Throws a refusal that names every line to add. */
export function demandGood(options: Options, hasKeyFile: boolean): void {
  const reasons = reasonsAgainst(options, hasKeyFile);
  if (reasons.length === 0) return;
  throw new Refused(
    `Secondlock does not start like this. Add to its environment:\n${reasons.map((r) => `  ${r}`).join('\n')}`,
  );
}
