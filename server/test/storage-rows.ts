/** One row of every table for a tenant, and every storage function that a tenant has, ready to be called on them. */
import * as attempts from '../src/storage/attempts.ts';
import * as challenges from '../src/storage/challenges.ts';
import * as events from '../src/storage/events.ts';
import * as factors from '../src/storage/factors.ts';
import * as flows from '../src/storage/flows.ts';
import * as invitations from '../src/storage/invitations.ts';
import * as browsers from '../src/storage/known-browsers.ts';
import * as tries from '../src/storage/message-tries.ts';
import * as messages from '../src/storage/messages.ts';
import type { Db, Tx } from '../src/storage/open.ts';
import * as serviceKeys from '../src/storage/service-keys.ts';
import * as sessions from '../src/storage/sessions.ts';
import type {
  FactorRow,
  FlowRow,
  InvitationRow,
  MessageRow,
  ServiceKeyRow,
  SessionRow,
  TenantRow,
} from '../src/storage/tables.ts';
import * as tenants from '../src/storage/tenants.ts';
import * as throttles from '../src/storage/throttles.ts';
import * as tokens from '../src/storage/tokens.ts';
import * as users from '../src/storage/users.ts';

export const day = 24 * 3600 * 1000;
export const now = 100 * day;
const later = now + day;

interface Rows {
  readonly tenant: Omit<TenantRow, 'id' | 'version' | 'created_at'>;
  readonly user: users.NewUser;
  readonly factor: Omit<FactorRow, 'tenant' | 'version'>;
  readonly flow: Omit<FlowRow, 'tenant'>;
  readonly challenge: challenges.NewChallenge;
  readonly session: Omit<SessionRow, 'tenant'>;
  readonly message: Omit<MessageRow, 'tenant'>;
  readonly try: tries.NewTry;
  readonly token: Parameters<typeof tokens.insertToken>[1];
  readonly invitation: Omit<InvitationRow, 'tenant' | 'used_at'>;
  readonly event: events.NewEvent;
  readonly browser: Parameters<typeof browsers.rememberBrowser>[1];
  readonly serviceKey: Omit<ServiceKeyRow, 'tenant'>;
}

/** One row of every table, the same for every tenant but for `mark`. */
export const rows = (mark: string): Rows => ({
  tenant: {
    name: mark,
    origins: '[]',
    rp_id: '',
    issuer: '',
    sender: '',
    profile: 'balanced',
    registration: 'open',
    roles: '{}',
  },
  user: {
    id: 'u',
    handle: 'h',
    name: mark,
    email: 'A@x',
    email_canonical: 'a@x',
    locale: 'en',
    password_hash: 'p',
    password_changed_at: now,
    epoch: 1,
    state: 'active',
    created_at: now,
    last_sign_in_at: null,
  },
  factor: {
    id: 'f',
    user_id: 'u',
    kind: 'totp',
    use: 'everyday',
    label: mark,
    state: 'active',
    level: 'aal2',
    channel: 'c',
    lookup: 'serial',
    hint: '',
    preferred: 0,
    kept: 0,
    data: 'sealed',
    created_at: now,
    created_from: '',
    last_used_at: null,
  },
  flow: {
    id: 'w',
    name: 'sign-in',
    transport: 'cookie',
    holder_hash: mark,
    user_id: 'u',
    epoch: 1,
    session_id: null,
    ...{
      step: 's',
      facts: '',
      version: 1,
      address: '',
      browser: '',
      created_at: now,
      expires_at: later,
      done_at: null,
    },
  },
  challenge: {
    id: 'q',
    flow_id: 'w',
    user_id: 'u',
    factor_id: 'f',
    kind: 'totp',
    purpose: 'sign-in',
    pending: mark,
    created_at: now,
    expires_at: later,
    resend_at: null,
  },
  session: {
    id: 's',
    user_id: 'u',
    token_hash: 't',
    transport: 'cookie',
    level: 'aal2',
    amr: '[]',
    authenticated_at: now,
    fresh_at: now,
    fresh_level: 'aal2',
    created_at: now,
    last_seen_at: now,
    idle_ms: day,
    expires_at: later,
    ended_at: null,
    address: mark,
    browser: '',
    place: '',
  },
  message: {
    id: 'm',
    channel: 'email',
    user_id: 'u',
    text: 'x',
    locale: 'en',
    body: mark,
    state: 'queued',
    tries: 0,
    next_at: now,
    lease_until: 0,
    not_after: null,
    created_at: now,
    sent_at: null,
    provider: '',
    error: '',
    challenge_id: 'q',
    converted_at: null,
    prefix: '',
    hint: '',
  },
  try: {
    message_id: 'm',
    provider: mark,
    state: 'sent',
    reference: 'r',
    error: '',
    cost: null,
    currency: '',
    at: now,
  },
  token: {
    serial: 'T',
    kind: 'hotp',
    maker: mark,
    model: '',
    state: 'reserved',
    user_id: 'u',
    factor_id: 'f',
    data: 'sealed',
    starts_at: null,
    expires_at: null,
    created_at: now,
  },
  invitation: {
    id: 'i',
    token_hash: 't',
    email: 'b@x',
    role: mark,
    created_by: 'u',
    created_at: now,
    expires_at: later,
  },
  event: {
    id: 'e',
    at: now,
    type: 'x',
    actor: 'u',
    user_id: 'u',
    correlation: 'w',
    address: mark,
    browser: '',
    details: '{}',
  },
  browser: { user_id: 'u', token_hash: 't', browser: mark },
  serviceKey: { name: 'k', public_key: mark, private_key: 'sealed', created_at: now },
});

export const counted = { subject: 'u', kind: 'totp', lane: 'other' };
export const pace = { pauses: [0, 0, 0, 0, 5000], disableAt: 100 };
export const quota = { key: 'k', most: 3, windowMs: day };

/** Puts one row in every table. */
export async function fill(tx: Tx, mark: string): Promise<void> {
  const row = rows(mark);
  await tenants.putTenant(tx, row.tenant, now);
  await users.insertUser(tx, row.user);
  await users.giveRole(tx, 'u', 'owner', now);
  await factors.insertFactor(tx, row.factor);
  await flows.insertFlow(tx, row.flow);
  await challenges.insertChallenge(tx, row.challenge);
  await attempts.takeLaneAttempt(tx, counted, pace, now);
  await attempts.takeTotalAttempt(tx, counted, pace, now);
  await throttles.takePlace(tx, quota, now);
  await sessions.insertSession(tx, row.session);
  await browsers.rememberBrowser(tx, row.browser, now);
  await messages.insertMessage(tx, row.message);
  await tokens.insertToken(tx, row.token);
  await tries.insertTries(tx, [row.try]);
  await invitations.insertInvitation(tx, row.invitation);
  await events.insertEvent(tx, row.event, { salt: 's', data: mark, digest: 'd' });
  await serviceKeys.insertServiceKey(tx, row.serviceKey);
}

/** Every function that reads. */
export const readers: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  laneAttempts: (db) => attempts.laneAttempts(db, counted),
  totalAttempts: (db) => attempts.totalAttempts(db, counted),
  openChallenges: (db) => challenges.openChallenges(db, 'w'),
  findChallenge: (db) => challenges.findChallenge(db, 'q'),
  waitingFor: (db) => challenges.waitingFor(db, { userId: 'u', factorId: 'f' }, now),
  eventsOf: (db) => events.eventsOf(db, 'u', ['x'], 10),
  factorsOf: (db) => factors.factorsOf(db, 'u'),
  factorWith: (db) => factors.factorWith(db, 'totp', 'serial'),
  findFlow: (db) => flows.findFlow(db, 'w'),
  flowMarks: (db) => flows.flowMarks(db, ['w']),
  findInvitation: (db) => invitations.findInvitation(db, 't', now),
  isKnownBrowser: (db) => browsers.isKnownBrowser(db, 'u', 't'),
  countKnownBrowsers: (db) => browsers.countKnownBrowsers(db, 'u'),
  isGivenToken: (db) => browsers.isGivenToken(db, 't'),
  findSession: (db) => sessions.findSession(db, 't'),
  liveSession: (db) => sessions.liveSession(db, 's', now),
  sessionsOf: (db) => sessions.sessionsOf(db, 'u'),
  findMessage: (db) => messages.findMessage(db, 'm'),
  listMessages: (db) => messages.listMessages(db, { limit: 9 }),
  triesOf: (db) => tries.triesOf(db, ['m']),
  findTenant: (db) => tenants.findTenant(db),
  findUser: (db) => users.findUser(db, 'u'),
  findUserByEmail: (db) => users.findUserByEmail(db, 'a@x'),
  rolesOf: (db) => users.rolesOf(db, 'u'),
  findToken: (db) => tokens.findToken(db, 'T'),
  tokenOfFactor: (db) => tokens.tokenOfFactor(db, 'u', 'f'),
  hasTokenFor: (db) => tokens.hasTokenFor(db, 'u', now),
  listTokens: (db) => tokens.listTokens(db, { state: 'reserved', userId: 'u', after: 'A', limit: 10 }),
  findServiceKey: (db) => serviceKeys.findServiceKey(db, 'k'),
  countRole: (db) => users.countRole(db, 'owner'),
};

/** Every function that writes to rows that are there, gently first and the deletions last. */
export const writers: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
  lockUser: (tx) => users.lockUser(tx, 'u'),
  lockTenant: (tx) => tenants.lockTenant(tx),
  takeLaneAttempt: (tx) => attempts.takeLaneAttempt(tx, counted, pace, now),
  takeTotalAttempt: (tx) => attempts.takeTotalAttempt(tx, counted, pace, now),
  takeChallengeAttempt: (tx) => challenges.takeChallengeAttempt(tx, 'q', 5, now),
  takePlace: (tx) => throttles.takePlace(tx, quota, now),
  swapFactorData: (tx) =>
    factors.swapFactorData(
      tx,
      { id: 'f', version: 1, level: 'aal2' },
      { data: 'new', state: 'active', last_used_at: later },
    ),
  updateFactor: (tx) => factors.updateFactor(tx, 'f', { label: 'new', state: 'lost' }),
  preferFactor: (tx) => factors.preferFactor(tx, 'u', 'f'),
  swapFlow: (tx) =>
    flows.swapFlow(tx, { id: 'w', version: 1 }, { facts: 'new', step: 'n', user_id: 'u', epoch: 2, done_at: null }),
  endFlow: (tx) => flows.endFlow(tx, 'w', now),
  answerElsewhere: (tx) => challenges.answerElsewhere(tx, 'q', { answer: 'new', now, collectBy: later }),
  killChallenges: (tx) => challenges.killChallenges(tx, { flowId: 'w', factorId: 'f', kind: 'totp' }),
  killChallengesFor: (tx) => challenges.killChallengesFor(tx, 'u', 'sign-in', 'totp'),
  killChallengesOfKind: (tx) => challenges.killChallengesOfKind(tx, 'u', 'totp'),
  killChallengesOfFactor: (tx) => challenges.killChallengesOfFactor(tx, 'u', 'f'),
  closeChallenge: (tx) => challenges.closeChallenge(tx, 'q', 'answered'),
  answerChallenge: (tx) => challenges.answerChallenge(tx, 'q', now),
  useInvitation: (tx) => invitations.useInvitation(tx, 'i', now),
  rememberBrowser: (tx) => browsers.rememberBrowser(tx, rows('new').browser, later),
  touchSession: (tx) => sessions.touchSession(tx, 's', later, 'new'),
  endSession: (tx) => sessions.endSession(tx, 'u', 's', now),
  endSessionsOf: (tx) => sessions.endSessionsOf(tx, 'u', null, now),
  assignToken: (tx) => tokens.assignToken(tx, 'T', { userId: 'u', factorId: 'f2' }),
  swapToken: (tx) => tokens.swapToken(tx, { serial: 'T', version: 2 }, { state: 'free', data: 'new' }),
  updateUser: (tx) => users.updateUser(tx, 'u', { name: 'new', password_hash: 'new' }),
  raiseEpoch: (tx) => users.raiseEpoch(tx, 'u'),
  giveRole: (tx) => users.giveRole(tx, 'u', 'member', now),
  insertUser: (tx) => users.insertUser(tx, rows('new').user),
  insertFactor: (tx) => factors.insertFactor(tx, { ...rows('new').factor, id: 'f2', lookup: null }),
  insertFlow: (tx) => flows.insertFlow(tx, { ...rows('new').flow, id: 'w2' }),
  insertChallenge: (tx) => challenges.insertChallenge(tx, { ...rows('new').challenge, id: 'q2' }),
  insertSession: (tx) => sessions.insertSession(tx, { ...rows('new').session, id: 's2', token_hash: 't2' }),
  markConverted: (tx) => messages.markConverted(tx, 'q', now),
  finishMessage: (tx) => messages.finishMessage(tx, { id: 'm', tries: 0 }, { state: 'sent', now }),
  retryMessage: (tx) => messages.retryMessage(tx, { id: 'm', tries: 0 }, { nextAt: later, error: 'new' }),
  releaseMessage: (tx) => messages.releaseMessage(tx, { id: 'm', tries: 0 }),
  tellMessage: (tx) => messages.tellMessage(tx, { id: 'm', provider: '', state: 'delivered', error: 'new' }),
  tellTry: (tx) =>
    tries.tellTry(
      tx,
      { message_id: 'm', number: 1 },
      { state: 'delivered', error: '', cost: null, currency: '', now: later },
    ),
  insertTries: (tx) => tries.insertTries(tx, [rows('new').try]),
  finishSent: (tx) => messages.finishSent(tx, [{ id: 'm', tries: 0 }], { provider: 'new', now }),
  insertMessage: (tx) => messages.insertMessage(tx, { ...rows('new').message, id: 'm2' }),
  insertToken: (tx) => tokens.insertToken(tx, { ...rows('new').token, serial: 'T2' }),
  insertInvitation: (tx) => invitations.insertInvitation(tx, { ...rows('new').invitation, id: 'i2', token_hash: 't2' }),
  insertEvent: (tx) => events.insertEvent(tx, { ...rows('new').event, id: 'e2' }, undefined),
  putTenant: (tx) => tenants.putTenant(tx, rows('new').tenant, later),
  resealServiceKey: (tx) => serviceKeys.resealServiceKey(tx, { name: 'k', private_key: 'sealed' }, 'new'),
  insertServiceKey: (tx) => serviceKeys.insertServiceKey(tx, { ...rows('new').serviceKey, name: 'k2' }),
  clearAttempts: (tx) => attempts.clearAttempts(tx, counted),
  forgetTotals: (tx) => attempts.forgetTotals(tx, 'u', ['totp']),
  forgetAttempts: (tx) => attempts.forgetAttempts(tx, 'u', 'totp'),
  deleteFactor: (tx) => factors.deleteFactor(tx, 'f'),
  deleteFactorsOfKind: (tx) => factors.deleteFactorsOfKind(tx, 'u', 'totp'),
};
