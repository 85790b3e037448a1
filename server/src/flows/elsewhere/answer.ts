/**
 * A device's answer. It is judged and committed on the question's row alone, once, and opens nothing: the page that asked
 * collects it. A denial ends the flow in the device's own commit.
 */
import { type Circumstance, type Commit, commit } from '../../accounts/commit.ts';
import { notify } from '../../accounts/notices.ts';
import { endOthers } from '../../accounts/sessions.ts';
import { Problem } from '../../errors.ts';
import { clearAttempts } from '../../storage/attempts.ts';
import { answerElsewhere, closeChallenge, findChallenge } from '../../storage/challenges.ts';
import { endFlow } from '../../storage/flows.ts';
import type { ChallengeRow } from '../../storage/tables.ts';
import { lockUser, raiseEpoch, updateUser } from '../../storage/users.ts';
import { count, tellDisabled, tooMany } from '../count.ts';
import type { Guess } from '../flow.ts';
import { givenFor } from '../given.ts';
import { answerBound, openFlow } from '../scene.ts';
import { forgetRequests } from '../sending/requests.ts';
import type { Device } from './devices.ts';
import { type Found, laneFor, pendingIn, waitingAt } from './requests.ts';

/** How long the page has to collect an answer, in milliseconds: it may have been asleep. */
const collectWithin = 60_000;

/** What a device says. */
export interface DeviceAnswer {
  readonly request: string;
  readonly decision: 'approve' | 'deny' | 'not-me';
  readonly number?: string | undefined;
  readonly signature: string;
}

/** What it is told. `over`: the request had ended before. */
export interface Answered {
  readonly is: 'approved' | 'denied' | 'wrong' | 'over';
  /** Where a new password is set. */
  readonly next?: string;
}

/** Takes an answer. Throws `forbidden` where it is not signed by this device for this request. */
export async function answerRequest(by: Circumstance, device: Device, answer: DeviceAnswer): Promise<Answered> {
  const text = ['secondlock-answer', answer.request, answer.decision, answer.number ?? ''].join('\n');
  if (!device.kind.elsewhere.signed(device.data, text, answer.signature)) {
    await refuse(by, device, 'signature');
    throw new Problem('forbidden');
  }
  const found = (await waitingAt(by, device)).find(({ challenge }) => challenge.id === answer.request);
  if (!found) {
    const row = await findChallenge(by.deps.database.in(by.tenant.id), answer.request);
    if (row && answer.decision === 'not-me' && (await disowned(by, device, row)))
      return { is: 'denied', next: '/recovery' };
    await refuse(by, device, row && row.factor_id !== device.factor?.id ? 'another-device' : 'over');
    return { is: 'over' };
  }
  const here = { ...by, correlation: found.flow.id };
  return answer.decision === 'approve' ? approve(here, device, found, answer) : deny(here, device, found, answer);
}

const detailsOf = ({ kind, factor }: Device, purpose: string) => ({
  kind: kind.kind,
  factor: factor?.id ?? '',
  purpose,
});

const refuse = (by: Circumstance, device: Device, reason: string): Promise<void> =>
  commit(by, (c) =>
    c.record({
      type: 'proof.refused',
      userId: device.factor?.user_id ?? null,
      details: { ...detailsOf(device, 'elsewhere'), reason },
    }),
  );

/** One guess for each request: a wrong number ends it and counts as a failure (PUSH-03). */
async function approve(by: Circumstance, device: Device, found: Found, answer: DeviceAnswer): Promise<Answered> {
  const { challenge, flow } = found;
  const { kind, factor } = device;
  const guess: Guess = {
    ...{
      subject: factor?.user_id ?? '',
      kind: kind.kind,
      lane: laneFor(challenge),
      challengeId: challenge.id,
      slow: false,
    },
    ...(kind.answersTaken === undefined ? {} : { most: kind.answersTaken }),
  };
  const counted = await count(by, guess);
  if (counted.is === 'limited') throw tooMany(counted.retryAfter);
  if (counted.is === 'spent') return { is: 'over' };
  const { scene } = await openFlow(by, flow);
  const given = givenFor(scene, kind, challenge.id);
  const said = JSON.stringify(answer);
  const verdict = await kind.checkAnswer(given, pendingIn(by, device, challenge), device.data, said);
  const taken = await commit(by, async (c) => {
    const details = detailsOf(device, challenge.purpose);
    if (verdict.is === 'ok') {
      const sealed = by.deps.keyring.seal(said, answerBound(by.tenant.id, challenge.id));
      const keep = { answer: sealed, now: c.now, collectBy: c.now + collectWithin };
      if (!(await answerElsewhere(c.tx, challenge.id, keep))) return false;
      await clearAttempts(c.tx, guess);
      await forgetRequests(c.tx, guess.subject);
      await c.record({ type: 'proof.given-elsewhere', userId: challenge.user_id, details });
      return true;
    }
    if (counted.last) await tellDisabled(c, guess);
    await c.record({ type: 'proof.refused', userId: challenge.user_id, details: { ...details, reason: verdict.is } });
    return closeChallenge(c.tx, challenge.id, 'dead');
  });
  by.deps.watch.stirFlow(by.tenant.id, flow.id);
  if (!taken) return { is: 'over' };
  return { is: verdict.is === 'ok' ? 'approved' : 'wrong' };
}

async function deny(by: Circumstance, device: Device, found: Found, { decision }: DeviceAnswer): Promise<Answered> {
  const { challenge, flow } = found;
  const notMe = decision === 'not-me';
  const taken = await commit(by, async (c) => {
    const user = await lockUser(c.tx, challenge.user_id ?? '');
    if (!user || !(await closeChallenge(c.tx, challenge.id, 'denied'))) return false;
    await endFlow(c.tx, flow.id, c.now);
    const reason = notMe ? 'not-me' : 'deny';
    await c.record({
      type: 'proof.denied',
      userId: user.id,
      details: { ...detailsOf(device, challenge.purpose), reason },
    });
    const from = { browser: flow.browser, address: flow.address, place: by.deps.placeOf(flow.address) };
    await notify(asSeen(c, from), user, notMe ? 'notice.not-me' : 'notice.denied');
    // Who asked this had a session: it is not the owner's.
    if (notMe && flow.session_id !== null) await endOthers(c, user.id, null, 'owner');
    if (notMe) await exposed(c, user.id);
    return true;
  });
  by.deps.watch.stirFlow(by.tenant.id, flow.id);
  if (!taken) return { is: 'over' };
  return { is: 'denied', ...(notMe ? { next: '/recovery' } : {}) };
}

/**
 * “This was not me” of a request that ended otherwise: another factor was given, a newer request took its place, or its
 * time was over. Somebody had the password all the same, and may be signed in.
 */
async function disowned(by: Circumstance, device: Device, row: ChallengeRow): Promise<boolean> {
  const approved = row.answered_at !== null;
  if (row.factor_id === null || row.factor_id !== device.factor?.id || row.state === 'denied' || approved) return false;
  return commit(by, async (c) => {
    const user = await lockUser(c.tx, row.user_id ?? '');
    if (!user) return false;
    const details = { ...detailsOf(device, row.purpose), reason: 'not-me' as const };
    await c.record({ type: 'proof.denied', userId: user.id, details });
    await notify(c, user, 'notice.not-me');
    await endOthers(c, user.id, null, 'owner');
    await exposed(c, user.id);
    return true;
  });
}

/** The notice tells of the browser that was turned away, not of the phone that did it. */
const asSeen = (c: Commit, from: Pick<Commit['source'], 'browser' | 'address' | 'place'>): Commit => ({
  ...c,
  source: { ...c.source, ...from },
});

/** Somebody else has the password: every flow that it began is over, and it is changed at the next sign-in. */
async function exposed(c: Commit, userId: string): Promise<void> {
  await updateUser(c.tx, userId, { password_exposed_at: c.now });
  await c.record({ type: 'password.exposed', userId, details: {} });
  await raiseEpoch(c.tx, userId);
}
