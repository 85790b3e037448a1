/** Puts questions: begins them with the kind, writes them in the commit, and keeps to the sending quotas. */
import { unknownSubject } from '../accounts/address.ts';
import type { Commit } from '../accounts/commit.ts';
import type { Message, Sendable } from '../delivery/deliver.ts';
import type { AnyFactorKind, Question } from '../factors/factor.ts';
import { factorKinds } from '../factors/index.ts';
import { type BrowserLane, resendPause } from '../policy/limits.ts';
import { randomId } from '../security/random.ts';
import { insertChallenge, killChallenges, killChallengesFor, killChallengesOfKind } from '../storage/challenges.ts';
import type { FactorRow } from '../storage/tables.ts';
import type { Asked, OpenChallenge, Scene } from './flow.ts';
import { factorData, givenFor } from './given.ts';
import { keepToQuotas } from './sending/quotas.ts';

/** How long an answer may take where the kind does not say. */
const answerLifetime = 10 * 60 * 1000;

/** Asks a factor, or together with `all` of its kind, where a question of that kind goes to all. */
export async function askFactor(
  scene: Scene,
  kind: AnyFactorKind,
  factor: FactorRow,
  all: readonly FactorRow[] = [factor],
): Promise<Asked> {
  const id = randomId(scene.by.deps.random);
  const question = await kind.beginChallenge(givenFor(scene, kind, id, all), factorData(scene, kind, factor));
  return asked(scene, { id, kind: kind.kind, factorId: kind.answeredBy ? null : factor.id }, question);
}

/** Asks whoever is there, before anybody is known: for kinds that sign in without a password. */
export async function askAnybody(scene: Scene, kind: AnyFactorKind): Promise<Asked | undefined> {
  const id = randomId(scene.by.deps.random);
  const question = await kind.alone?.ask(givenFor(scene, kind, id));
  return question && asked(scene, { id, kind: kind.kind, factorId: null }, question);
}

/** Starts an enrolment; undefined where nothing has to be proved any more. */
export async function askEnrolment(scene: Scene, kind: AnyFactorKind): Promise<Asked | undefined> {
  const id = randomId(scene.by.deps.random);
  const question = await kind.beginEnrolment(givenFor(scene, kind, id));
  return 'done' in question ? undefined : asked(scene, { id, kind: kind.kind, factorId: null }, question);
}

/** Makes a question ready for the commit. */
export function asked(scene: Scene, of: Pick<OpenChallenge, 'id' | 'kind' | 'factorId'>, question: Question): Asked {
  const expiresAt = scene.now + (question.lifetime ?? answerLifetime);
  return {
    challenge: {
      ...of,
      userId: scene.person?.user.id ?? scene.facts.userId ?? null,
      prompt: question.prompt,
      pending: question.pending,
      expiresAt,
      resendAt: question.send || question.again ? scene.now + resendPause : null,
    },
    send: question.send ? messageOf(scene, question.send, expiresAt) : undefined,
    reveal: question.reveal,
  };
}

/** Completes what a kind wants sent: language, service, how long it is good. */
export function messageOf(scene: Scene, send: Sendable, expiresAt: number, reachable = true): Message {
  const { tenant, source } = scene.by;
  const userId = scene.person?.user.id;
  return {
    channel: send.channel,
    to: reachable ? send.to : null,
    text: send.text,
    locale: scene.person?.user.locale ?? source.locale,
    ...(userId === undefined ? {} : { userId }),
    notAfter: expiresAt,
    ...(send.prefix === undefined ? {} : { prefix: send.prefix }),
    // What was filled in for an earlier end (a question that outlives its code) gives way to this one's.
    parameters: {
      ...send.parameters,
      service: tenant.name,
      origin: tenant.origin,
      minutes: String(Math.ceil((expiresAt - scene.now) / 60_000)),
    },
  };
}

/** A page of codes to keep is asked under a name that is no kind's. */
const isElsewhere = (name: string): boolean => factorKinds.some((kind) => kind.kind === name && kind.elsewhere);

const isMailed = (name: string): boolean => factorKinds.some((kind) => kind.kind === name && kind.sends === 'email');

/** What a challenge's sealed question is tied to. */
export const challengeBound = (tenant: string, challengeId: string): string => `challenge:${tenant}:${challengeId}`;

/**
 * Writes a question: the older one to the same factor dies (OTP-04), the message joins the outbox. Gives the seconds to
 * wait, and writes nothing, where too much was sent.
 */
export async function writeAsked(
  commit: Commit,
  scene: Scene,
  asking: Asked,
  how: { readonly lane: BrowserLane; readonly first: boolean },
): Promise<number | undefined> {
  const { tx, now, tenant, deps } = commit;
  const { challenge, send } = asking;
  const limited = send ? await keepToQuotas(commit, scene, send, how.lane) : undefined;
  if (limited !== undefined) return limited;
  const userId = scene.person?.user.id ?? scene.facts.userId ?? null;
  const subject = userId ?? unknownSubject(scene.by, scene.facts.address?.canonical ?? '');
  // A newer recovery replaces the older ones, in whatever browser they began (REC-04); of an unknown address too, or
  // the difference would tell that it is unknown.
  const replaces = scene.facts.purpose === 'recovery' && isMailed(challenge.kind);
  if (replaces) await killChallengesFor(tx, subject, scene.facts.purpose, challenge.kind);
  const { factorId, kind } = challenge;
  // The first question of a new flow has none before it.
  if (!how.first) await killChallenges(tx, { flowId: scene.flow.id, factorId, kind });
  // One request at a time: whoever holds the phone must not wonder which page is theirs (PUSH-04).
  if (userId !== null && factorId !== null && isElsewhere(kind)) await killChallengesOfKind(tx, userId, kind);
  await insertChallenge(tx, {
    id: challenge.id,
    flow_id: scene.flow.id,
    user_id: replaces ? subject : userId,
    factor_id: challenge.factorId,
    kind: challenge.kind,
    purpose: scene.facts.purpose,
    pending: deps.keyring.seal(
      JSON.stringify({ prompt: challenge.prompt, pending: challenge.pending }),
      challengeBound(tenant.id, challenge.id),
    ),
    created_at: now,
    expires_at: challenge.expiresAt,
    resend_at: challenge.resendAt,
  });
  // A page that was opened and names nobody is nothing that happened to anybody.
  if (userId !== null || scene.facts.address !== undefined) {
    const details = { kind: challenge.kind, purpose: scene.facts.purpose };
    await commit.record({ type: 'challenge.put', userId, details });
  }
  if (send) await commit.send({ ...send, challengeId: challenge.id });
  return undefined;
}
