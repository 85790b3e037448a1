import type { ErrorHandler } from 'hono';
import { asProblem, type ErrorCode, type Problem, statuses } from '../../errors.ts';
import type { AppEnv } from '../context.ts';
import { tell } from './denials.ts';

/** What happened and what to do, for whoever writes the program that asks. */
const titles: Readonly<Record<ErrorCode, string>> = {
  'bad-request': 'The request is not what this route takes. The API document says what it takes.',
  'bad-json': 'The body is no JSON object in UTF-8.',
  'wrong-host': 'This server does not answer for that host.',
  'https-required': 'Only https is answered here.',
  'cross-site': 'The request does not come from a page of this service.',
  'not-signed-in': 'No live session. Sign in.',
  'wrong-time': 'The signature’s time is too far from the server’s clock. The Date header says what time it is here.',
  'step-up-required': 'This needs a fresh proof. Run the step-up flow and ask again.',
  forbidden: 'The roles of this account do not allow it.',
  'not-found': 'There is nothing here.',
  'no-such-flow': 'There is no such flow for this browser or token.',
  'flow-over': 'This flow has ended. Start a new one.',
  'link-over': 'This link was used or is too old. Ask for a new one.',
  'method-not-allowed': 'This route does not know that method. Allow says which it knows.',
  'too-slow': 'The request took too long to arrive. Send it again.',
  conflict: 'This does not fit what is there. Read it again, then decide.',
  'last-factor': 'The last second factor stays, because a role needs one. Add another first.',
  'too-large': 'The body is larger than anything this service takes.',
  'not-json': 'The body must be sent as application/json.',
  'expectation-failed': 'No expectation is met here. Send the request without Expect.',
  'too-many-requests': 'Too many tries. Wait as long as Retry-After says.',
  'headers-too-large': 'The headers are larger than anything this service takes.',
  'registration-closed': 'No new accounts are taken. Ask whoever runs the service.',
  internal: 'Something went wrong here. Nothing was changed.',
  unavailable: 'A part of the service is away. Nothing was changed; try again.',
  busy: 'Too much at once. Try again in a moment.',
};

/** A problem as RFC 9457 tells it: a stable code, never a stack, a query or a version (NET-06). */
export function problemResponse(problem: Problem, more: Readonly<Record<string, string>> = {}): Response {
  const status = statuses[problem.code];
  const { retryAfter, ...details } = problem.details;
  const body = {
    type: `urn:secondlock:problem:${problem.code}`,
    title: titles[problem.code],
    status,
    code: problem.code,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...details,
  };
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...more });
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
