import type { ErrorHandler } from 'hono';
import { asProblem, type Problem, statuses } from '../../errors.ts';
import type { AppEnv } from '../context.ts';
import { tell } from './denials.ts';

const titles: Partial<Record<keyof typeof statuses, string>> = {
  'too-many-requests': 'Too many tries. Wait as long as Retry-After says.',
  'step-up-required': 'This needs a fresh proof. Run the step-up flow and ask again.',
  'not-signed-in': 'No live session. Sign in.',
  'flow-over': 'This flow has ended. Start a new one.',
  'no-such-flow': 'There is no such flow for this browser or token.',
  'wrong-host': 'This server does not answer for that host.',
  'https-required': 'Only https is answered here.',
  'cross-site': 'The request does not come from a page of this service.',
  internal: 'Something went wrong here. Nothing was changed.',
  unavailable: 'A part of the service is away. Nothing was changed; try again.',
  busy: 'Too much at once. Try again in a moment.',
};

/** A problem as RFC 9457 tells it: a stable code, never a stack, a query or a version (NET-06). */
export function problemResponse(problem: Problem): Response {
  const status = statuses[problem.code];
  const { retryAfter, ...details } = problem.details;
  const body = {
    type: `urn:secondlock:problem:${problem.code}`,
    title: titles[problem.code] ?? problem.code.replaceAll('-', ' '),
    status,
    code: problem.code,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...details,
  };
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="secondlock"');
  return new Response(JSON.stringify(body), { status, headers });
}

/** Turns whatever was thrown into one answer; what nobody expected is logged with its request's id. */
export const onError: ErrorHandler<AppEnv> = async (error, c) => {
  const problem = asProblem(error);
  if (problem.code === 'internal' || problem.code === 'unavailable') {
    const { name, message, stack } = error;
    c.get('surfaces')?.deps.log.error({ correlation: c.get('correlation'), name, message, stack }, 'request failed');
  }
  await tell(problem, c);
  return problemResponse(problem);
};
