import { z } from 'zod';
import { messageFor, messagesFor } from '../admin/messages.ts';
import { circumstance } from './context.ts';
import { parse } from './middleware/body.ts';
import { demandSession } from './middleware/session.ts';
import { pathId, type Route } from './route.ts';

const channel = z.enum(['email', 'sms', 'push']);
const state = z.enum(['queued', 'sending', 'sent', 'delivered', 'failed', 'expired', 'nobody']);

const query = z.strictObject({
  state: state.optional(),
  channel: channel.optional(),
  user: pathId.optional(),
  before: pathId.optional(),
});

const time = z.iso.datetime();

const message = z.object({
  id: z.string(),
  channel,
  text: z.string().describe('Which text it is, `code.sign-in`; never what it says.'),
  to: z.string().describe('The destination, masked.'),
  user: z.string().nullable(),
  state,
  provider: z.string().describe('The account that took it.'),
  error: z.string(),
  createdAt: time,
  sentAt: time.nullable(),
  expiresAt: time.nullable(),
  answeredAt: time.nullable().describe('When its code was answered rightly.'),
  tries: z.array(
    z.object({
      provider: z.string(),
      state: z.enum(['sent', 'delivered', 'failed']),
      at: time,
      reference: z.string().nullable().describe('The provider’s id of the message.'),
      error: z.string(),
      cost: z.object({ amount: z.string(), currency: z.string() }).nullable(),
      toldAt: time.nullable().describe('When the provider last said something about it.'),
    }),
  ),
});

/** What was sent, for console roles. */
export const messageRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/messages',
    summary: 'Messages, newest first, fifty a page. For console roles.',
    query,
    answers: { 200: z.object({ messages: z.array(message), next: z.string().nullable() }) },
    who: 'session',
    handle: async (c) => {
      const session = await demandSession(c);
      return c.json(await messagesFor(circumstance(c), session, parse(query, c.req.query())));
    },
  },
  {
    method: 'get',
    path: '/api/v1/messages/{id}',
    summary: 'One message with its tries: where, when, with what end and at what cost. For console roles.',
    parameters: { id: pathId },
    answers: { 200: message },
    who: 'session',
    handle: async (c) => {
      const session = await demandSession(c);
      return c.json(await messageFor(circumstance(c), session, c.req.param('id') ?? ''));
    },
  },
];
