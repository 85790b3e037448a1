/** Error code to HTTP status, one table. A wrong answer is a value; a broken promise is a {@link Problem}. */
export const statuses = {
  'bad-request': 400,
  'bad-json': 400,
  'wrong-host': 421,
  'https-required': 403,
  'cross-site': 403,
  'not-signed-in': 401,
  'wrong-time': 401,
  'step-up-required': 403,
  forbidden: 403,
  'not-found': 404,
  'no-such-flow': 404,
  'flow-over': 410,
  'link-over': 410,
  'method-not-allowed': 405,
  conflict: 409,
  'last-factor': 409,
  'too-slow': 408,
  'too-large': 413,
  'not-json': 415,
  'expectation-failed': 417,
  'too-many-requests': 429,
  'headers-too-large': 431,
  'registration-closed': 403,
  internal: 500,
  unavailable: 503,
  busy: 503,
} as const;

/** A stable code that a program may switch on. */
export type ErrorCode = keyof typeof statuses;

/** What a problem may say beside its code; all of it is public. */
export interface ProblemDetails {
  /** Seconds until asking again makes sense. */
  readonly retryAfter?: number;
  /** Assurance level and age that the session would need. */
  readonly level?: string;
  readonly maxAge?: number;
  /** Names of the fields that are wrong, with why. */
  readonly fields?: readonly { readonly field: string; readonly why: string }[];
}

/** A broken promise, thrown anywhere and answered in one place as RFC 9457. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly details: ProblemDetails;

  constructor(code: ErrorCode, details: ProblemDetails = {}) {
    super(code);
    this.name = 'Problem';
    this.code = code;
    this.details = details;
  }
}

/** Sockets, and PostgreSQL's classes of a server that is away, full, or takes no connections to this database (55000). */
const away = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|57P0|08|53|55000)/;

/** Any thrown value as a problem. What says that a part is away or locked is `unavailable`; the rest is `internal`. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) return new Problem('internal');
  const code = 'code' in error ? String(error.code) : '';
  // Two changes to one unique value at once: the later one is told so.
  if (code === '23505' || ('errcode' in error && Number(error.errcode) === 2067)) return new Problem('conflict');
  const locked = 'errcode' in error && [5, 6, 10, 13].includes(Number(error.errcode) % 256);
  const gone =
    away.test(code) ||
    /connection (terminated|timeout)|timeout exceeded when trying to connect|not queryable/i.test(error.message);
  return new Problem(locked || gone ? 'unavailable' : 'internal', locked || gone ? { retryAfter: 5 } : {});
}
