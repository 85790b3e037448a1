/** Hardware tokens, for console roles. */
import { z } from 'zod';
import type { Session } from '../accounts/sessions.ts';
import { serialOf } from '../accounts/tokens.ts';
import { demandConsole } from '../admin/console.ts';
import { demandImport, importTokens } from '../admin/token-import.ts';
import { findPlace } from '../admin/token-places.ts';
import { type ListedToken, listAll, loseToken, release, reserve, revoke } from '../admin/tokens.ts';
import { Problem } from '../errors.ts';
import { type AppContext, circumstance } from './context.ts';
import { parse, readJson } from './middleware/body.ts';
import { demandSession } from './middleware/session.ts';
import { pathId, type Route } from './route.ts';

const base = '/api/v1/tokens';

/** A file as large as this, as base64 inside JSON. */
const largestImport = 1024 * 1024;

const serial = z.string().regex(/^[\w.:-]{1,64}$/);
const state = z.enum(['free', 'reserved', 'assigned', 'lost', 'revoked']);
const time = z.iso.datetime();
const empty = z.strictObject({});

const file = z.strictObject({
  format: z.enum(['pskc', 'csv', 'otpauth-migration']),
  content: z.string().min(1),
  encoding: z.enum(['text', 'base64']).default('text').describe('How `content` is written.'),
  key: z
    .string()
    .regex(/^([0-9A-Fa-f]{2}){8,64}$/, 'hexadecimal')
    .optional()
    .describe('The pre-shared key of an encrypted PSKC file, hexadecimal.'),
  passphrase: z.string().min(1).max(1024).optional(),
  dryRun: z.boolean().default(false).describe('Says what would happen, and changes nothing.'),
});

const imported = z.object({
  imported: z.int(),
  unchanged: z.int().describe('Here already, free, and with the same seed.'),
  refused: z.array(z.object({ serial: z.string().optional(), why: z.string() })),
});

const search = z.strictObject({
  state: state.optional(),
  userId: pathId.optional(),
  after: serial.optional().describe('The serial number that the page before ended with.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const token = z.object({
  serial: z.string(),
  kind: z.string().describe('The kind of factor that it becomes.'),
  maker: z.string(),
  model: z.string(),
  state,
  userId: z.string().nullable(),
  startsAt: time.nullable(),
  expiresAt: time.nullable(),
  importedAt: time,
});

const assignment = z.strictObject({ userId: pathId });
const code = z.string().min(1).max(128);
const codes = z.strictObject({ codes: z.tuple([code, code]) });

const named = { serial };

/** The token routes. */
export const tokenRoutes: readonly Route[] = [
  {
    method: 'post',
    path: `${base}/import`,
    summary: 'Imports a file of hardware tokens: PSKC, CSV, or an export of Google Authenticator. At most 1 MB.',
    body: file,
    answers: { 200: imported },
    who: 'session',
    handle: take,
  },
  {
    method: 'get',
    path: base,
    summary: 'Hardware tokens in the order of their serial numbers. Never a seed.',
    query: search,
    answers: { 200: z.object({ tokens: z.array(token), next: z.string().nullable() }) },
    who: 'session',
    handle: list,
  },
  {
    method: 'post',
    path: `${base}/{serial}/assignment`,
    summary: 'Keeps a free token for a user, who confirms it by a code of it.',
    parameters: named,
    body: assignment,
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      const session = await demandFreshConsole(c);
      const { userId } = parse(assignment, await readJson(c));
      await reserve(circumstance(c), session, serialIn(c), userId);
      return c.body(null, 204);
    },
  },
  {
    method: 'delete',
    path: `${base}/{serial}/assignment`,
    summary: 'Frees a token that was reserved, or lost and found again.',
    parameters: named,
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      await release(circumstance(c), await demandSession(c), serialIn(c));
      return c.body(null, 204);
    },
  },
  changing('revocation', 'Revokes a token for good: it stops at once, and its seed is destroyed.', revoke),
  changing('loss', 'Reports a token lost: it stops at once, and its owner is told.', loseToken),
  {
    method: 'post',
    path: `${base}/{serial}/resynchronisation`,
    summary: 'Puts a token back in step by two codes that follow each other. A wrong pair counts as a wrong code.',
    parameters: named,
    body: codes,
    answers: { 200: z.object({ is: z.enum(['in-step', 'wrong', 'expired', 'replayed']) }) },
    who: 'session',
    handle: async (c) => {
      const session = await demandFreshConsole(c);
      const typed = parse(codes, await readJson(c)).codes;
      return c.json(await findPlace(circumstance(c), session, serialIn(c), typed));
    },
  },
];

/** A change that takes no more than the token's name. */
function changing(what: string, summary: string, change: typeof revoke): Route {
  return {
    method: 'post',
    path: `${base}/{serial}/${what}`,
    summary,
    parameters: named,
    body: empty,
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      const session = await demandFreshConsole(c);
      parse(empty, await readJson(c));
      await change(circumstance(c), session, serialIn(c));
      return c.body(null, 204);
    },
  };
}

/** Who asks is looked at before what they sent is read. */
async function demandFreshConsole(c: AppContext): Promise<Session> {
  const session = await demandSession(c);
  await demandConsole(circumstance(c), session, 'fresh');
  return session;
}

function serialIn(c: AppContext): string {
  const found = serialOf(c.req.param('serial') ?? '');
  if (found === undefined) throw new Problem('not-found');
  return found;
}

async function take(c: AppContext): Promise<Response> {
  const session = await demandSession(c);
  await demandImport(circumstance(c), session);
  const { format, content, encoding, key, passphrase, dryRun } = parse(file, await readJson(c, largestImport));
  const done = await importTokens(circumstance(c), session, {
    format,
    content: encoding === 'base64' ? Buffer.from(content, 'base64') : content,
    ...(key === undefined ? {} : { key: Buffer.from(key, 'hex') }),
    ...(passphrase === undefined ? {} : { passphrase }),
    dryRun,
  });
  return c.json(done);
}

async function list(c: AppContext): Promise<Response> {
  const session = await demandSession(c);
  const found = await listAll(circumstance(c), session, parse(search, c.req.query()));
  return c.json({ tokens: found.tokens.map(shown), next: found.next });
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const shown = (row: ListedToken) => ({
  ...row,
  startsAt: iso(row.startsAt),
  expiresAt: iso(row.expiresAt),
  importedAt: iso(row.importedAt),
});
