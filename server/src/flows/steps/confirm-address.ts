import { z } from 'zod';
import { unknownSubject } from '../../accounts/address.ts';
import { mailboxChannel } from '../../factors/email.ts';
import { maskAddress } from '../../factors/mask.ts';
import { decide, type Held } from '../../policy/policy.ts';
import { randomId, randomToken } from '../../security/random.ts';
import { hashToken, sameText } from '../../security/tokens.ts';
import { answerChallenge } from '../../storage/challenges.ts';
import { asked, messageOf } from '../ask.ts';
import { mailKind } from '../enrolling.ts';
import { type Facts, no } from '../facts.ts';
import { type Asked, type Judgement, Moved, type OpenChallenge, type Scene, type Step } from '../flow.ts';
import { givenFor } from '../given.ts';
import { laneIn } from '../scene.ts';
import { mayResend, resend } from './resend.ts';

/** What is remembered of a confirmation: the code, as the mail kind keeps it, and the hash of the link's secret. */
const pending = z.object({ code: z.unknown(), link: z.string().nullable() });

/** The address is confirmed by a mailed code, or in recovery by the mailed link, in the browser that asked. */
export const confirmAddress: Step = {
  name: 'confirm-address',
  isNeeded: (facts) => facts.address !== undefined && facts.addressProved !== true,
  enter: async (scene) => ({ asking: await ask(scene) }),
  show: (scene) => {
    const open = challengeOf(scene);
    const length = open?.prompt.ask === 'code' ? open.prompt.length : 6;
    return {
      ask: 'code',
      kind: mailKind.kind,
      format: 'digits',
      length,
      sentTo: maskAddress(scene.facts.address?.typed ?? ''),
      ...(open ? mayResend(scene, open) : {}),
      others: [],
    };
  },
  takes: ['code', 'link', 'resend'],
  guess: async (scene, answer) => {
    if (!('code' in answer)) return undefined;
    const subject = subjectOf(scene);
    const challengeId = challengeOf(scene)?.id ?? '';
    return { subject, kind: mailKind.kind, lane: await laneIn(scene, subject), challengeId, slow: false };
  },
  judge: async (scene, answer) => {
    const open = challengeOf(scene);
    if ('resend' in answer) return { verdict: resend(scene, open) };
    if (!open) return { verdict: no('expired') };
    if ('link' in answer) return judgeLink(scene, open, answer.link);
    if ('code' in answer) return judgeCode(scene, open, answer.code);
    throw new Error('a code or link is needed');
  },
  learn: (facts, verdict) =>
    verdict.is === 'confirmed'
      ? { ...facts, ...verdict.facts, addressProved: true, proofs: [...facts.proofs, ...verdict.facts.proofs] }
      : facts,
};

/** Failures count for the account in recovery and sign-in; in registration and change for the address, taken or not. */
const subjectOf = (scene: Scene): string =>
  (['recovery', 'sign-in'].includes(scene.facts.purpose) ? scene.facts.userId : undefined) ??
  unknownSubject(scene.by, scene.facts.address?.canonical ?? '');

const challengeOf = (scene: Scene): OpenChallenge | undefined =>
  scene.challenges.find((open) => open.kind === mailKind.kind && open.factorId === null);

/**
 * Where the code goes: in recovery to the address on record, never to the spelling that the request had, which a mail
 * service may read as somebody else's.
 */
const destinationOf = ({ facts, person }: Scene): string =>
  (facts.purpose === 'recovery' ? person?.user.email : undefined) ?? facts.address?.typed ?? '';

const dataOf = (scene: Scene) => ({ address: destinationOf(scene) });

/** What the mail kind is given here: recovery has its own lifetimes (C9). */
function given(scene: Scene, challengeId: string) {
  const plain = givenFor(scene, mailKind, challengeId);
  if (scene.facts.purpose !== 'recovery') return plain;
  const settings = plain.settings as Readonly<Record<string, unknown>>;
  return { ...plain, settings: { ...settings, lifetime: scene.by.tenant.profile.recoveryCode } };
}

async function ask(scene: Scene): Promise<Asked> {
  const { deps, tenant } = scene.by;
  const { purpose, reachable } = scene.facts;
  const id = randomId(deps.random);
  const question = await mailKind.beginChallenge(given(scene, id), dataOf(scene));
  const secret = randomToken(deps.random);
  const withLink = purpose === 'recovery';
  const lifetime = withLink ? tenant.profile.recoveryLink : (question.lifetime ?? 0);
  const made = asked(
    scene,
    { id, kind: mailKind.kind, factorId: null },
    { ...question, lifetime, pending: { code: question.pending, link: withLink ? hashToken(secret) : null } },
  );
  const link = `${tenant.origin}/recovery#${scene.flow.id}.${secret}`;
  return {
    ...made,
    send: messageFor(scene, made, question.lifetime ?? lifetime, withLink ? link : '', reachable === true),
  };
}

/**
 * Somebody who has the address already is told so instead of getting a code; an address that nobody has gets the same
 * row in the outbox, to nobody.
 */
function messageFor(scene: Scene, made: Asked, codeLifetime: number, link: string, reachable: boolean) {
  const { send, challenge } = made;
  if (!send) throw new Error('a confirmation is sent');
  const taken = !reachable && scene.facts.purpose !== 'recovery';
  const until = scene.now + codeLifetime;
  const parameters = { ...send.parameters, link };
  const to = { channel: send.channel, to: destinationOf(scene), parameters } as const;
  if (taken) return messageOf(scene, { ...to, text: 'registration.exists' }, until);
  const message = messageOf(scene, { ...to, text: send.text }, until, reachable);
  return { ...message, notAfter: challenge.expiresAt };
}

async function judgeLink(scene: Scene, open: OpenChallenge, secret: string): Promise<Judgement> {
  const { link } = pending.parse(open.pending);
  const right = link !== null && sameText(link, hashToken(secret)) && scene.facts.reachable === true;
  if (!right) return refused(scene, 'wrong');
  return open.expiresAt > scene.now ? confirmed(scene, open) : refused(scene, 'expired');
}

async function judgeCode(scene: Scene, open: OpenChallenge, code: string): Promise<Judgement> {
  const asking = mailKind.asking.parse(pending.parse(open.pending).code);
  const verdict = await mailKind.checkAnswer(given(scene, open.id), asking, dataOf(scene), code);
  if (verdict.is === 'ok') return scene.facts.reachable === true ? confirmed(scene, open) : refused(scene, 'wrong');
  return refused(scene, verdict.is);
}

function refused(scene: Scene, reason: 'wrong' | 'expired' | 'replayed'): Judgement {
  const details = { kind: mailKind.kind, factor: '', purpose: scene.facts.purpose, reason };
  const userId = scene.facts.userId ?? null;
  return { verdict: no(reason), refuse: (c) => c.record({ type: 'proof.refused', userId, details }) };
}

function confirmed(scene: Scene, open: OpenChallenge): Judgement {
  return {
    verdict: { is: 'confirmed', facts: next(scene) },
    write: async (c) => {
      if (!(await answerChallenge(c.tx, open.id, c.now))) throw new Moved('the challenge is closed');
      await c.record({ type: 'address.confirmed', userId: scene.facts.userId ?? null, details: {} });
      return undefined;
    },
  };
}

/** In recovery the second proof comes over another channel than this mailbox, where the account has one. */
function next(scene: Scene): Pick<Facts, 'proofs' | 'mustProve' | 'askable' | 'newPassword'> {
  const channel = mailboxChannel(scene.facts.address?.canonical ?? '');
  const { kind, amr, level } = mailKind;
  const proof = { kind, factorId: null, use: 'everyday' as const, channel, level, amr, at: scene.now };
  if (scene.facts.purpose === 'registration') return { proofs: [proof], newPassword: 'wanted' };
  if (scene.facts.purpose !== 'recovery') return { proofs: [proof] };
  const others = (scene.person?.standing.held ?? []).filter((held) => held.channel !== channel);
  // In the order of any other sign-in; what is not asked there, recovery kinds among them, comes last.
  const everyday = scene.person ? decide(scene.person.standing).everyday : [];
  const rank = ({ id }: Held): number => (everyday.includes(id) ? everyday.indexOf(id) : everyday.length);
  const everydayFirst = others.sort((one, other) => rank(one) - rank(other));
  return {
    proofs: [proof],
    newPassword: 'wanted',
    mustProve: others.length > 0,
    askable: everydayFirst.map((held) => held.id),
  };
}
