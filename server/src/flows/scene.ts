/** Loads and unloads what a flow is: its row, its facts, its open questions, its person. */
import { laneOf } from '../accounts/browsers.ts';
import type { Circumstance } from '../accounts/commit.ts';
import { type Person, readPerson } from '../accounts/person.ts';
import { seen } from '../accounts/sessions.ts';
import { Problem } from '../errors.ts';
import type { BrowserLane, Lane } from '../policy/limits.ts';
import { hashToken, sameText } from '../security/tokens.ts';
import { openChallenges } from '../storage/challenges.ts';
import { findFlow } from '../storage/flows.ts';
import { liveSession } from '../storage/sessions.ts';
import type { ChallengeRow, FlowRow, SessionRow } from '../storage/tables.ts';
import { findUser } from '../storage/users.ts';
import { challengeBound } from './ask.ts';
import type { Facts } from './facts.ts';
import type { OpenChallenge, Scene } from './flow.ts';

/** A flow as stored, with its scene. `row.version` is 0 while it is new and stands in no table. */
export interface Loaded {
  readonly row: FlowRow;
  readonly scene: Scene;
}

/** What a flow's sealed facts are tied to. */
const flowBound = (tenant: string, flowId: string): string => `flow:${tenant}:${flowId}`;

/** Seals facts for the flow's row. */
export const sealFacts = (by: Circumstance, flowId: string, facts: Facts): string =>
  by.deps.keyring.seal(JSON.stringify(facts), flowBound(by.tenant.id, flowId));

/**
 * Loads a flow for whoever holds it. No such flow, another holder and another tenant look the same; a flow that is
 * over by time or by a change of its user says so.
 */
export async function load(by: Circumstance, id: string, holderHash: string | undefined): Promise<Loaded> {
  const db = by.deps.database.in(by.tenant.id);
  const row = await findFlow(db, id);
  if (!row || holderHash === undefined || !sameText(row.holder_hash, holderHash)) throw new Problem('no-such-flow');
  const loaded = await openFlow(by, row);
  // Whoever answers a flow is not idle; a device that answers for them is somewhere else.
  if (loaded.scene.session) await seen(by.deps, by.tenant.id, loaded.scene.session, by.source);
  return loaded;
}

/** A flow's row with its scene, whoever holds it: for what another device answers. Throws where the flow is over. */
export async function openFlow(by: Circumstance, row: FlowRow): Promise<Loaded> {
  const db = by.deps.database.in(by.tenant.id);
  const now = by.deps.now();
  if (now >= row.expires_at) throw new Problem('flow-over');
  const facts = JSON.parse(by.deps.keyring.open(row.facts, flowBound(by.tenant.id, row.id))) as Facts;
  const person = await personOf(by, facts.userId);
  if (row.done_at === null && facts.userId !== undefined && person?.user.epoch !== facts.epoch) {
    throw new Problem('flow-over');
  }
  const session = await sessionOf(by, row);
  const challenges = (await openChallenges(db, row.id)).map((challenge) => opened(by, challenge));
  return { row, scene: { by, flow: row, facts, now, person, challenges, session } };
}

/** The person that facts name, with all that policy looks at. */
export async function personOf(by: Circumstance, userId: string | undefined): Promise<Person | undefined> {
  const db = by.deps.database.in(by.tenant.id);
  const user = await findUser(db, userId ?? '');
  // Nobody costs the same look-ups, so that time does not tell who has an account (REC-06).
  const person = await readPerson(db, by.tenant, user ?? { id: '' });
  return user ? { ...person, user } : undefined;
}

/** The session that the flow belongs to must still live. */
async function sessionOf(by: Circumstance, row: FlowRow): Promise<SessionRow | undefined> {
  if (row.session_id === null || row.done_at !== null) return undefined;
  const session = await liveSession(by.deps.database.in(by.tenant.id), row.session_id, by.deps.now());
  if (!session) throw new Problem('flow-over');
  return session;
}

/** What is left of a question that somebody said no to: nothing of it can be shown or answered. */
const deniedQuestion = {
  prompt: { ask: 'keep' },
  pending: undefined,
  expiresAt: 0,
  resendAt: null,
  denied: true,
} as const;

/** What an answer from elsewhere is tied to while it is sealed. */
export const answerBound = (tenant: string, challengeId: string): string => `answer:${tenant}:${challengeId}`;

const whose = (row: ChallengeRow) => ({
  id: row.id,
  kind: row.kind,
  factorId: row.factor_id,
  userId: row.user_id,
});

function opened(by: Circumstance, row: ChallengeRow): OpenChallenge {
  if (row.state === 'denied') return { ...deniedQuestion, ...whose(row) };
  const bound = challengeBound(by.tenant.id, row.id);
  const question = JSON.parse(by.deps.keyring.open(row.pending, bound)) as Pick<OpenChallenge, 'prompt' | 'pending'>;
  return {
    ...whose(row),
    prompt: question.prompt,
    pending: question.pending,
    expiresAt: row.expires_at,
    resendAt: row.resend_at,
    ...(row.answer !== null && row.answered_at !== null
      ? { answer: { answer: by.deps.keyring.open(row.answer, answerBound(by.tenant.id, row.id)), at: row.answered_at } }
      : {}),
  };
}

/** The hash under which a flow keeps its holder's secret. A secret of one transport is worth nothing in the other. */
export const hashOf = (transport: 'cookie' | 'token', secret: string): string => hashToken(`${transport}:${secret}`);

/** The lane that a scene's answers count in; recovery has one lane per account, whichever browser asks. */
export async function laneIn(scene: Scene, subject?: string): Promise<Lane> {
  return scene.facts.purpose === 'recovery' ? 'recovery' : browserLane(scene, subject);
}

/** Whether the scene's browser is one that its user knows: what sending is counted under, in recovery too. */
export async function browserLane(scene: Scene, subject?: string): Promise<BrowserLane> {
  const who = subject ?? scene.person?.user.id ?? scene.facts.userId ?? '?';
  return laneOf(scene.by.deps.database.in(scene.by.tenant.id), who, scene.by.source);
}
