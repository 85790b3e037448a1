/** The paired phone: pairs, shows what is asked, answers. Each request is signed by its key; no cookie means anything here. */
import { createHash } from 'node:crypto';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { Problem } from '../errors.ts';
import { answerRequest } from '../flows/elsewhere/answer.ts';
import { type Device, deviceOf, sameDevice, wakeAt } from '../flows/elsewhere/devices.ts';
import { pair } from '../flows/elsewhere/pairing.ts';
import { requestsFor } from '../flows/elsewhere/requests.ts';
import { type AppContext, circumstance } from './context.ts';
import { parse, readText } from './middleware/body.ts';
import type { Route } from './route.ts';

const base = '/api/v1/authenticator';

const id = z.string().regex(/^[\w-]{22}$/);
const signature = z.string().regex(/^[\w-]{86}$/, 'r and s, 64 bytes, base64url');
const time = z.iso.datetime();

const subscription = z.strictObject({
  endpoint: z.string().min(1).max(2000),
  keys: z.strictObject({
    p256dh: z.string().regex(/^[\w-]{87}$/, 'a point on P-256, base64url'),
    auth: z.string().regex(/^[\w-]{22}$/, '16 bytes, base64url'),
  }),
});

const pairingBody = z.strictObject({
  pairing: id,
  secret: z.string().regex(/^[\w-]{43}$/),
  publicKey: z.string().regex(/^B[\w-]{86}$/, 'an uncompressed point on P-256, base64url'),
  signature,
  subscription: subscription.optional(),
});

const paired = z.object({ device: z.string(), service: z.string(), account: z.string(), vapidKey: z.string() });

const requests = z.object({
  requests: z.array(
    z.object({
      id: z.string(),
      service: z.string(),
      account: z.string(),
      purpose: z.string(),
      at: time,
      expiresAt: time,
      address: z.string(),
      place: z.string(),
      browser: z.string(),
      digits: z.int(),
    }),
  ),
});

const answerBody = z.strictObject({
  request: id,
  decision: z.enum(['approve', 'deny', 'not-me']),
  number: z
    .string()
    .regex(/^\d{2,6}$/)
    .optional(),
  signature,
});

const answered = z.object({ is: z.enum(['approved', 'denied', 'wrong', 'over']), next: z.string().optional() });

/** The routes of the paired phone. */
export const authenticatorRoutes: readonly Route[] = [
  {
    method: 'post',
    path: `${base}/pair`,
    summary: 'Connects a phone with the code that an enrolment shows. Once, within ten minutes.',
    body: pairingBody,
    answers: { 200: paired },
    who: 'anyone',
    handle: async (c) => {
      const said = parse(pairingBody, jsonOf(await readBody(c)));
      const address = said.subscription ? demandAllowed(c, said.subscription) : null;
      // Named by what the server sees of it: words of its own would stand in the mail that warns of it.
      const name = c.get('visit').source.browser;
      const answer = await pair(circumstance(c), { ...said, name, subscription: address });
      return c.json({ ...answer, vapidKey: await c.get('surfaces').deps.push.publicKey() });
    },
  },
  {
    method: 'get',
    path: `${base}/requests`,
    summary: 'What waits for this phone’s answer.',
    answers: { 200: requests },
    who: 'device',
    handle: async (c) => c.json(await shownTo(c, await device(c, ''))),
  },
  {
    method: 'get',
    path: `${base}/events`,
    summary: 'The same as server-sent events, one at each change.',
    answers: { 200: requests },
    media: 'text/event-stream',
    who: 'device',
    handle: events,
  },
  {
    method: 'post',
    path: `${base}/answer`,
    summary: 'Approves with the number that the page shows, denies, or says that it was not the owner.',
    body: answerBody,
    answers: { 200: answered },
    who: 'device',
    handle: async (c) => {
      const body = await readBody(c);
      const from = await device(c, body);
      return c.json(await answerRequest(circumstance(c), from, parse(answerBody, jsonOf(body))));
    },
  },
  {
    method: 'post',
    path: `${base}/subscription`,
    summary: 'Where this phone is woken when its page is closed; null for nowhere.',
    body: z.strictObject({ subscription: subscription.nullable() }),
    answers: { 204: undefined },
    who: 'device',
    handle: async (c) => {
      const body = await readBody(c);
      const from = await device(c, body);
      const said = parse(z.strictObject({ subscription: subscription.nullable() }), jsonOf(body));
      await wakeAt(circumstance(c), from, said.subscription && demandAllowed(c, said.subscription));
      return c.body(null, 204);
    },
  },
];

/** A subscription as it is kept, unless it leads to where a stranger may not send this server (PUSH-12). */
function demandAllowed(c: AppContext, said: z.infer<typeof subscription>): string {
  const read = c.get('surfaces').deps.push.read(said);
  if ('subscription' in read) return JSON.stringify(read.subscription);
  throw new Problem('bad-request', { fields: [{ field: read.wrong, why: 'not what a push service gives' }] });
}

/** The body's text, since its bytes are signed. */
async function readBody(c: AppContext): Promise<string> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Problem('not-json');
  return readText(c);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('bad-json');
  }
}

const credentials = /^Device ([\w-]{22})\.(\d{13})\.([\w-]{86})$/;

/** The device that signed this request. */
function device(c: AppContext, body: string): Promise<Device> {
  const [, name, at, by] = credentials.exec(c.req.header('authorization') ?? '') ?? [];
  if (name === undefined || at === undefined || by === undefined) throw new Problem('not-signed-in');
  const { pathname, search } = new URL(c.req.url);
  return deviceOf(circumstance(c), {
    device: name,
    time: at,
    signature: by,
    method: c.req.method,
    path: pathname + search,
    bodyHash: createHash('sha256').update(body).digest('base64url'),
  });
}

async function shownTo(c: AppContext, from: Device): Promise<z.infer<typeof requests>> {
  const iso = (at: number): string => new Date(at).toISOString();
  const waiting = await requestsFor(circumstance(c), from);
  return {
    requests: waiting.map(({ at, expiresAt, ...rest }) => ({ ...rest, at: iso(at), expiresAt: iso(expiresAt) })),
  };
}

const lookEvery = 1000;
const heartbeats = 15;
/** Then the phone signs anew: a request that somebody took down is worth no more than its time. */
const mostLooks = 300;

/** Looks each second and whenever this process has put a question; the signature was checked once, the key is each time. */
async function events(c: AppContext): Promise<Response> {
  const first = await device(c, '');
  const by = circumstance(c);
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' });
  c.header('cache-control', 'no-store');
  return streamSSE(c, async (stream) => {
    const ended = new AbortController();
    stream.onAbort(() => ended.abort());
    let told = '';
    let now: Device | undefined = first;
    for (let beat = 1; now !== undefined && !stream.aborted && beat <= mostLooks; beat += 1) {
      const data = JSON.stringify(await shownTo(c, now));
      if (data !== told) await stream.writeSSE({ event: 'requests', data });
      else if (beat % heartbeats === 0) await stream.write(': still here\n\n');
      told = data;
      await by.deps.watch.device(by.tenant.id, now.factor?.id ?? '', lookEvery, ended.signal);
      now = stream.aborted ? undefined : await sameDevice(by, first);
    }
    if (!stream.aborted && !now) await stream.writeSSE({ event: 'gone', data: '{}' });
  });
}
