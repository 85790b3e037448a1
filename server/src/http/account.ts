/** The signed-in user's own: profile, factors, sessions, activity, sign-out. */
import { z } from 'zod';
import { changeFactor, loseFactor, removeFactor } from '../accounts/factors.ts';
import {
  activity,
  endSessions,
  listSessions,
  overview,
  personOfSession,
  rename,
  signOut,
} from '../accounts/profile.ts';
import type { Session } from '../accounts/sessions.ts';
import type { EventDetails } from '../audit/events.ts';
import { acceptedCredentials, listFactors, listKinds, phonesServed } from '../flows/overview.ts';
import { offerable } from '../flows/prompt.ts';
import { levels } from '../levels.ts';
import { type AppContext, circumstance } from './context.ts';
import { takeSession } from './cookies.ts';
import { parse, readJson } from './middleware/body.ts';
import { demandSession } from './middleware/session.ts';
import { pathId, type Route } from './route.ts';

const time = z.iso.datetime();
const level = z.enum(levels);
const empty = z.strictObject({});

const account = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  locale: z.string(),
  createdAt: time,
  passwordChangedAt: time,
  roles: z.array(z.string()),
  secondFactor: z.boolean(),
  mustHaveSecondFactor: z.boolean(),
  codesLeft: z.number().nullable(),
  paperKey: z.boolean(),
  advice: z.array(z.string()),
  session: z.object({ id: z.string(), level, freshUntil: time.optional() }),
});

const factor = z.object({
  id: z.string(),
  kind: z.string(),
  use: z.enum(['everyday', 'recovery']),
  label: z.string(),
  hint: z.string(),
  level,
  preferred: z.boolean(),
  state: z.enum(['active', 'lost']),
  asked: z.boolean(),
  createdAt: time,
  createdFrom: z.string(),
  lastUsedAt: time.nullable(),
  codesLeft: z.number().optional(),
  serial: z.string().optional(),
  expired: z.literal(true).optional(),
  unavailable: z.literal(true).optional(),
  /** What a key is on, by its own word: a name, and a picture where there is one. */
  look: z
    .object({
      name: z.string(),
      category: z.enum(['phone', 'computer', 'cloud', 'key']),
      icon: z.object({ light: z.string().optional(), dark: z.string().optional() }).optional(),
    })
    .optional(),
});

/** What the Signal API of browsers takes: see WebAuthn L3 §5.1.10. */
const credentials = z.object({ rpId: z.string(), userId: z.string(), allAcceptedCredentialIds: z.array(z.string()) });

const session = z.object({
  id: z.string(),
  current: z.boolean(),
  browser: z.string(),
  place: z.string(),
  address: z.string(),
  level,
  createdAt: time,
  lastSeenAt: time,
  expiresAt: time,
});

const event = z.object({
  id: z.string(),
  type: z.string(),
  /** What a step-up was proved for, where it was named. */
  for: z.string().optional(),
  at: time,
  browser: z.string(),
  place: z.string(),
  address: z.string(),
});

/** One line of printable text. */
const line = z
  .string()
  .trim()
  .max(80)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'plain text in one line');

const profileChange = z.strictObject({ name: line });
const factorChange = z.strictObject({
  label: line.min(1).optional(),
  preferred: z.boolean().optional(),
  kept: z.boolean().optional(),
});

const base = '/api/v1/account';

/** The account routes. */
export const accountRoutes: readonly Route[] = [
  {
    method: 'get',
    path: base,
    summary: 'The signed-in user.',
    answers: { 200: account },
    who: 'session',
    handle: show,
  },
  {
    method: 'patch',
    path: base,
    summary: 'Changes the display name.',
    body: profileChange,
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      const current = await demandSession(c);
      await rename(circumstance(c), current, parse(profileChange, await readJson(c)).name);
      return c.body(null, 204);
    },
  },
  {
    method: 'get',
    path: `${base}/factors`,
    summary: 'Factors of the user, and the kinds that can be added. Never a secret.',
    answers: { 200: z.object({ factors: z.array(factor), kinds: z.array(offerable), credentials }) },
    who: 'session',
    handle: factors,
  },
  {
    method: 'patch',
    path: `${base}/factors/{id}`,
    summary: 'Names a factor, makes it the preferred one, or keeps a mailbox beside a stronger one. Needs step-up.',
    parameters: { id: pathId },
    body: factorChange,
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      const current = await demandSession(c);
      await changeFactor(circumstance(c), current, named(c), parse(factorChange, await readJson(c)));
      return c.body(null, 204);
    },
  },
  {
    method: 'delete',
    path: `${base}/factors/{id}`,
    summary: 'Removes a factor. Needs step-up; the last one stays where a role must have one.',
    parameters: { id: pathId },
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      await removeFactor(circumstance(c), await demandSession(c), named(c));
      return c.body(null, 204);
    },
  },
  {
    method: 'post',
    path: `${base}/factors/{id}/lost`,
    summary: 'Reports a factor lost: it stops at once. Needs a fresh proof by any other factor.',
    parameters: { id: pathId },
    body: empty,
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      const current = await demandSession(c);
      parse(empty, await readJson(c));
      await loseFactor(circumstance(c), current, named(c));
      return c.body(null, 204);
    },
  },
  {
    method: 'get',
    path: `${base}/sessions`,
    summary: 'Live sessions of the user.',
    answers: { 200: z.object({ sessions: z.array(session) }) },
    who: 'session',
    handle: sessions,
  },
  {
    method: 'get',
    path: `${base}/sessions/current`,
    summary: 'The session that asks: the cheapest way to check one.',
    answers: { 200: z.object({ id: z.string(), userId: z.string(), level, expiresAt: time }) },
    who: 'session',
    handle: async (c) => {
      const current = await demandSession(c);
      return c.json({
        id: current.id,
        userId: current.user_id,
        level: current.level,
        expiresAt: iso(current.expires_at),
      });
    },
  },
  {
    method: 'delete',
    path: `${base}/sessions/{id}`,
    summary: 'Ends one session. Needs step-up.',
    parameters: { id: pathId },
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      await endSessions(circumstance(c), await demandSession(c), named(c));
      return c.body(null, 204);
    },
  },
  {
    method: 'delete',
    path: `${base}/sessions`,
    summary: 'Ends all other sessions. Needs step-up.',
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      await endSessions(circumstance(c), await demandSession(c), null);
      return c.body(null, 204);
    },
  },
  {
    method: 'get',
    path: `${base}/activity`,
    summary: 'What happened to the account lately.',
    answers: { 200: z.object({ events: z.array(event) }) },
    who: 'session',
    handle: happened,
  },
  {
    method: 'post',
    path: `${base}/sign-out`,
    summary: 'Ends the session that asks.',
    body: empty,
    answers: { 204: undefined },
    who: 'session',
    handle: leave,
  },
];

const iso = (at: number): string => new Date(at).toISOString();

const named = (c: AppContext): string => c.req.param('id') ?? '';

async function read(c: AppContext) {
  const current: Session = await demandSession(c);
  const by = circumstance(c);
  return { current, by, person: await personOfSession(by, current) };
}

async function show(c: AppContext): Promise<Response> {
  const { current, by, person } = await read(c);
  const seen = overview(person, current, { now: by.deps.now(), phones: phonesServed(by) });
  const listed = listFactors(by, person).filter((row) => row.state === 'active' && row.use === 'recovery');
  const codesLeft = listed.find((row) => row.codesLeft !== undefined)?.codesLeft ?? null;
  const { freshUntil, ...live } = seen.session;
  const { recoverySets, ...rest } = seen;
  return c.json({
    ...rest,
    createdAt: iso(seen.createdAt),
    passwordChangedAt: iso(seen.passwordChangedAt),
    codesLeft,
    paperKey: recoverySets > (codesLeft === null ? 0 : 1),
    session: { ...live, ...(freshUntil === undefined ? {} : { freshUntil: iso(freshUntil) }) },
  });
}

async function factors(c: AppContext): Promise<Response> {
  const { by, person } = await read(c);
  return c.json({
    factors: listFactors(by, person).map((row) => ({
      ...row,
      createdAt: iso(row.createdAt),
      lastUsedAt: row.lastUsedAt === null ? null : iso(row.lastUsedAt),
    })),
    kinds: await listKinds(by, person),
    credentials: acceptedCredentials(by, person),
  });
}

async function sessions(c: AppContext): Promise<Response> {
  const current = await demandSession(c);
  const rows = await listSessions(circumstance(c), current);
  return c.json({
    sessions: rows.map((row) => ({
      id: row.id,
      current: row.id === current.id,
      browser: row.browser,
      place: row.place,
      address: row.address,
      level: row.level,
      createdAt: iso(row.created_at),
      lastSeenAt: iso(row.last_seen_at),
      expiresAt: iso(row.expires_at),
    })),
  });
}

async function happened(c: AppContext): Promise<Response> {
  const rows = await activity(circumstance(c), await demandSession(c));
  const { placeOf } = c.get('surfaces').deps;
  return c.json({
    events: rows.map((row) => ({
      id: row.id,
      type: row.type,
      ...provedFor(row),
      at: iso(row.at),
      browser: row.browser,
      place: placeOf(row.address),
      address: row.address,
    })),
  });
}

const provedFor = ({ type, details }: { readonly type: string; readonly details: string }): { for?: string } =>
  type === 'step-up.proved' ? (JSON.parse(details) as EventDetails['step-up.proved']) : {};

/** Ends the session here and clears what the browser kept of its pages (SES-07). */
async function leave(c: AppContext): Promise<Response> {
  const current = await demandSession(c);
  parse(empty, await readJson(c));
  await signOut(circumstance(c), current);
  if (current.transport === 'cookie') takeSession(c);
  c.header('clear-site-data', '"cache", "storage"');
  return c.body(null, 204);
}
