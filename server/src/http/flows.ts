/** The flows over HTTP: start, look, answer, and the events of a flow. */
import { z } from 'zod';
import type { FlowResult } from '../flows/answer.ts';
import { lookAt, startFlow, submitTo } from '../flows/engine.ts';
import { flows } from '../flows/index.ts';
import { answers, flowAnswer } from '../flows/prompt.ts';
import { hashOf } from '../flows/scene.ts';
import { type AppContext, circumstance, demandSameOrigin } from './context.ts';
import { flowCookie, giveBrowser, giveFlow, giveSession, takeFlow } from './cookies.ts';
import { eventStream } from './event-stream.ts';
import { FlowEvents } from './flow-events.ts';
import { parse, readJson } from './middleware/body.ts';
import { bearerToken, sessionOf } from './middleware/session.ts';
import { pathId, type Route } from './route.ts';

const names = flows.map((flow) => flow.name);

const extras = {
  transport: z.enum(['cookie', 'token']).default('cookie'),
  kind: z.string().max(40).optional(),
  level: z.string().max(40).optional(),
  action: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9.-]*$/)
    .describe('What a `step-up` is proved for; the audit keeps it, and the activity shows it.')
    .optional(),
  link: z.string().max(128).optional(),
  /** A factor's id: the token of a `resynchronisation`. */
  factor: z.string().max(64).optional(),
};

/** What a start takes: its extras, and the first step's input. */
const startBody = z.looseObject(extras);

const submitBody = z.union([
  answers.empty,
  answers.credentials,
  answers.identifier,
  answers.password,
  answers.fill,
  answers.choose,
  answers.code,
  answers.credential,
  answers.link,
  answers.resend,
  answers.kept,
  answers.renew,
  answers.accept,
]);

/** The flow routes. */
export const flowRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/v1/flows/{id}',
    summary: `Starts a flow (${names.join(', ')}) when given a name, submits an answer when given a flow's id.`,
    parameters: { id: pathId },
    body: z.union([startBody, submitBody]),
    answers: { 200: flowAnswer },
    who: 'anyone',
    handle: (c) => (names.includes(c.req.param('id') ?? '') ? start(c) : submit(c)),
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}',
    summary: 'The state of a flow. Never sends anything.',
    parameters: { id: pathId },
    answers: { 200: flowAnswer },
    who: 'flow',
    handle: async (c) => c.json((await look(c)).answer),
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}/events',
    summary: 'The same as server-sent events, one at each change, until the flow is done.',
    parameters: { id: pathId },
    answers: { 200: flowAnswer },
    media: 'text/event-stream',
    who: 'flow',
    handle: events,
  },
];

async function start(c: AppContext): Promise<Response> {
  const body = await readJson(c);
  const { transport: wanted, kind, level, action, link, factor, ...input } = parse(startBody, body);
  const session = await sessionOf(c);
  const transport = session?.transport ?? wanted;
  if (transport === 'cookie') demandSameOrigin(c);
  const result = await startFlow(circumstance(c), {
    name: c.req.param('id') ?? '',
    transport,
    session,
    extras: { kind, level, action, link, factor },
    input: Object.keys(input).length > 0 ? input : undefined,
  });
  return handOver(c, result);
}

async function submit(c: AppContext): Promise<Response> {
  const body = await readJson(c);
  const id = c.req.param('id') ?? '';
  return handOver(c, await submitTo(of(c, id), id, holder(c, id), body));
}

const look = (c: AppContext): Promise<FlowResult> => {
  const id = c.req.param('id') ?? '';
  return lookAt(of(c, id), id, holder(c, id));
};

/** A flow's commits are all told under the flow's id. */
const of = (c: AppContext, id: string) => ({ ...circumstance(c), correlation: id });

/** The hash of the secret that continues this flow: from the header in token transport, else from its own cookie. */
function holder(c: AppContext, id: string): string | undefined {
  const token = bearerToken(c);
  if (token !== undefined) return hashOf('token', token);
  const cookie = flowCookie(c, id);
  if (cookie === undefined) return undefined;
  demandSameOrigin(c);
  return hashOf('cookie', cookie);
}

/** Puts a result's secrets where the transport wants them. */
function handOver(c: AppContext, { answer, transport, holder: secret, finished }: FlowResult): Response {
  if (transport === 'token') return c.json(secret === undefined ? answer : { ...answer, flowToken: secret });
  if (answer.done) takeFlow(c, answer.id);
  else if (secret !== undefined) giveFlow(c, answer.id, secret, secondsUntil(c, answer.expiresAt));
  if (finished?.session) giveSession(c, finished.session.token);
  if (finished?.browserToken !== undefined) giveBrowser(c, finished.browserToken);
  return c.json(answer);
}

const secondsUntil = (c: AppContext, iso: string): number =>
  Math.round((Date.parse(iso) - c.get('surfaces').deps.now()) / 1000);

/** Tells how the flow stands, at once and whenever it has moved, until it is over. */
async function events(c: AppContext): Promise<Response> {
  const first = await look(c);
  const id = c.req.param('id') ?? '';
  // No more than this outlives the request.
  const [by, secret] = [of(c, id), holder(c, id)];
  return eventStream(c, (stream) =>
    new FlowEvents(stream, { by, id, look: () => lookAt(by, id, secret) }).begin(first),
  );
}
