/** The server, as the pages call it. Cookies are the browser's business: nothing secret passes through here to be kept. */
import type { ErrorCode } from '../../server/src/errors.ts';
import type { Answer, FlowAnswer } from '../../server/src/flows/prompt.ts';

/** A flow that a page may start. */
export type FlowName =
  | 'set-up'
  | 'invitation'
  | 'registration'
  | 'sign-in'
  | 'recovery'
  | 'step-up'
  | 'enrolment'
  | 'password'
  | 'address'
  | 'resynchronisation';

/** What a start may hold beside the first answer. */
export interface FlowStart {
  readonly kind?: string;
  readonly level?: string;
  readonly link?: string;
  readonly factor?: string;
}

/** `network` where no answer came, `other` where it said nothing that is known. */
type ProblemCode = ErrorCode | 'network' | 'other';

interface ProblemBody {
  readonly code: ProblemCode;
  readonly retryAfter?: number;
  readonly level?: string;
  readonly maxAge?: number;
}

/** The body of a start: what it may hold, and the first answer where the page has it. */
export type FlowBeginning = FlowStart & Partial<Answer>;

/** A call that failed. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly retryAfter: number | undefined;
  readonly level: string | undefined;

  constructor(problem: ProblemBody) {
    super(problem.code);
    this.name = 'ApiProblem';
    this.code = problem.code;
    this.retryAfter = problem.retryAfter;
    this.level = problem.level;
  }
}

/** Anything thrown, as a problem that can be shown. */
export const asProblem = (thrown: unknown): ApiProblem =>
  thrown instanceof ApiProblem ? thrown : new ApiProblem({ code: 'other' });

const patience = 30_000;

/** How far the server's clock is ahead of this machine's, in milliseconds, as its last answer showed. */
let ahead = 0;

function compareClocks(response: Response): void {
  const there = Date.parse(response.headers.get('date') ?? '');
  if (!Number.isNaN(there)) ahead = there - Date.now();
}

/** A moment that the server names, in milliseconds since 1970 by the clock of this machine. */
export const hereTime = (iso: string): number => Date.parse(iso) - ahead;

async function problemOf(response: Response): Promise<ApiProblem> {
  const told = response.headers.get('content-type')?.includes('json') ?? false;
  const body = told ? ((await response.json().catch(() => ({}))) as Partial<ProblemBody>) : {};
  const waiting = Number(response.headers.get('retry-after')) || undefined;
  return new ApiProblem({ retryAfter: waiting, ...body, code: body.code ?? 'other' });
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiProblem({ code: 'network' });
  }
}

/** One call. Resolves with what the server answers, or rejects with an {@link ApiProblem}. */
export async function call<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  compareClocks(response);
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiProblem({ code: 'network' });
  }
}

/** Starts a flow. */
export const startFlow = (name: FlowName, body: FlowBeginning): Promise<FlowAnswer> =>
  call('POST', `/flows/${name}`, body);

/** Where a flow stands; this never sends a message. */
export const seeFlow = (id: string): Promise<FlowAnswer> => call('GET', `/flows/${encodeURIComponent(id)}`);

/** Answers a flow's prompt. */
export const answerFlow = (id: string, answer: Answer): Promise<FlowAnswer> =>
  call('POST', `/flows/${encodeURIComponent(id)}`, answer);
