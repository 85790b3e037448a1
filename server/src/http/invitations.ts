import { z } from 'zod';
import { invite } from '../admin/invitations.ts';
import { circumstance } from './context.ts';
import { parse, readJson } from './middleware/body.ts';
import { demandSession } from './middleware/session.ts';
import type { Route } from './route.ts';

const invitation = z.strictObject({ email: z.string().min(3).max(320), role: z.string().min(1).max(40) });

/** The invitation route. */
export const invitationRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/v1/invitations',
    summary: 'Invites an address to a role by a mailed link. For console roles, after a fresh proof.',
    body: invitation,
    answers: { 204: undefined },
    who: 'session',
    handle: async (c) => {
      const session = await demandSession(c);
      await invite(circumstance(c), session, parse(invitation, await readJson(c)));
      return c.body(null, 204);
    },
  },
];
