/** What the audit hears of refused requests. Attempts and sendings are told where they are counted. */
import { tellDenied } from '../../accounts/denials.ts';
import type { AuditEvent } from '../../audit/events.ts';
import type { ErrorCode, Problem } from '../../errors.ts';
import { type AppContext, circumstance } from '../context.ts';

/** The refusals that are told, and as what. */
const told: Partial<Record<ErrorCode, 'access.denied' | 'flow.refused' | 'step-up.demanded'>> = {
  'cross-site': 'access.denied',
  'not-signed-in': 'access.denied',
  'wrong-time': 'access.denied',
  forbidden: 'access.denied',
  'last-factor': 'access.denied',
  'registration-closed': 'access.denied',
  'step-up-required': 'step-up.demanded',
  'no-such-flow': 'flow.refused',
  'flow-over': 'flow.refused',
  'link-over': 'flow.refused',
};

/** Refusals that mean something only where a cookie or token was shown: everybody else just has not signed in. */
const ofTheShown: readonly ErrorCode[] = ['not-signed-in', 'no-such-flow', 'cross-site'];

const longest = 120;

function eventOf(problem: Problem, c: AppContext): AuditEvent | undefined {
  const type = told[problem.code];
  const path = `${c.req.method} ${c.req.path}`.slice(0, longest);
  const userId = c.get('who') ?? null;
  if (type === 'step-up.demanded') {
    return { type, userId, details: { level: problem.details.level ?? '', for: path } };
  }
  return type && { type, userId, details: { reason: problem.code, path } };
}

/** Tells the audit of a refusal, where it is one to tell; what cannot be told is logged and refused all the same. */
export async function tell(problem: Problem, c: AppContext): Promise<void> {
  const shown = c.req.header('cookie') ?? c.req.header('authorization');
  const event = c.get('visit') && eventOf(problem, c);
  if (!event || (shown === undefined && ofTheShown.includes(problem.code))) return;
  const flow = /^\/api\/v1\/flows\/([\w-]{22})(\/|$)/.exec(c.req.path)?.[1];
  const by = circumstance(c);
  try {
    await tellDenied(flow === undefined ? by : { ...by, correlation: flow }, event);
  } catch (error) {
    by.deps.log.error({ correlation: by.correlation, err: error }, 'a refusal could not be told');
  }
}
