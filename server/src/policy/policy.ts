/**
 * Policy: who needs what, as pure functions over what was read. A policy that cannot be evaluated answers no.
 */
import { atLeast, type Level, stronger } from '../levels.ts';
import type { Profile } from './profiles.ts';
import { type RoleRule, type RoleTable, strictestRule } from './roles.ts';

/** A factor as policy sees it. */
export interface Held {
  readonly id: string;
  readonly kind: string;
  readonly use: 'everyday' | 'recovery';
  readonly level: Level;
  readonly channel: string;
  readonly preferred: boolean;
  /** The owner keeps it beside a stronger one. */
  readonly kept: boolean;
}

/** What is known of a user when policy is asked. `held` holds active factors only. */
export interface Standing {
  readonly profile: Profile;
  readonly roles: readonly RoleRule[];
  readonly held: readonly Held[];
  /** An everyday factor is reported lost: until it is removed, the account must have a second factor. */
  readonly lost: boolean;
}

/** What policy asks of a user at sign-in. */
export interface Need {
  /** A role of theirs must have a second factor. */
  readonly required: boolean;
  /** Everyday factors that count, the one to ask first in front; an enrolled factor is always asked. */
  readonly everyday: readonly string[];
  /** Recovery factors, never asked first. */
  readonly recovery: readonly string[];
  /** The verified address becomes a factor, because the role needs one and there is no other. */
  readonly mailboxByPolicy: boolean;
  /** Nothing can be asked and the role needs a second factor: only enrolment is open. */
  readonly mustEnrol: boolean;
  /** The highest level among the everyday factors; what a change of factors needs. */
  readonly highest: Level;
}

/** The rules of these role names; an unknown role asks for the most. */
export const rulesOf = (table: RoleTable, names: readonly string[]): RoleRule[] =>
  names.map((name) => table[name] ?? strictestRule);

const isMailbox = (held: Held): boolean => held.channel.startsWith('mailbox:');

/** A number that codes are texted to: a restricted authenticator (NIST SP 800-63B-4 §3.2.9). */
export const isPhone = (held: Pick<Held, 'channel'>): boolean => held.channel.startsWith('phone:');

/** Which everyday factors may be asked: a mailbox steps back once there is something stronger (C1). */
function usable(standing: Standing): Held[] {
  const everyday = standing.held.filter((held) => held.use === 'everyday');
  const stronger = everyday.some((held) => atLeast(held.level, 'aal2'));
  const mayKeep = standing.roles.every((rule) => rule.mayKeepMailbox);
  return everyday.filter((held) => {
    if (!isMailbox(held)) return true;
    return standing.profile.mailboxFactor && (!stronger || (held.kept && mayKeep));
  });
}

/** Preferred first, then the strongest; of equals the restricted last. */
const askingOrder = (one: Held, other: Held): number => {
  if (one.preferred !== other.preferred) return one.preferred ? -1 : 1;
  if (one.level === other.level) return Number(isPhone(one)) - Number(isPhone(other));
  return atLeast(one.level, other.level) ? -1 : 1;
};

/** What this user needs. Strictest rule wins over all roles; no role at all is a doubt and asks for the most. */
export function decide(standing: Standing): Need {
  const rules = standing.roles.length > 0 ? standing.roles : [strictestRule];
  const required = standing.lost || rules.some((rule) => rule.secondFactor === 'required');
  // Whoever has turned a second factor on keeps needing one, though the profile may no longer allow what they have.
  const demanded = required || standing.held.some((held) => held.use === 'everyday');
  const everyday = usable(standing).sort(askingOrder);
  const nothing = everyday.length === 0;
  const mailboxByPolicy = demanded && nothing && standing.profile.mailboxFactor;
  return {
    required,
    everyday: everyday.map((held) => held.id),
    recovery: nothing ? [] : standing.held.filter((held) => held.use === 'recovery').map((held) => held.id),
    mailboxByPolicy,
    mustEnrol: demanded && nothing && !mailboxByPolicy,
    highest: everyday.reduce<Level>((most, held) => stronger(most, held.level), 'password'),
  };
}

/** One thing that was proved. */
export interface Proof {
  readonly kind: string;
  /** Null for the password. */
  readonly factorId: string | null;
  readonly use: 'password' | 'everyday' | 'recovery';
  readonly channel: string;
  readonly level: Level;
  readonly amr: readonly string[];
  readonly at: number;
  /** Two factors by itself: a key that its holder has unlocked (NIST SP 800-63B-4 §3.1.7). */
  readonly alone?: boolean;
}

/** What a {@link Satisfied} says. */
interface Word {
  readonly userId: string;
  /** The level that was reached by these proofs. */
  readonly level: Level;
  readonly amr: readonly string[];
  /** Whether a role opens the console, whose sessions are shorter. */
  readonly console: boolean;
}

const door = Symbol('satisfied');

/**
 * The word that policy is satisfied. Only {@link satisfy} and {@link satisfyAgain} make one, and only with one can a
 * session be minted; it is made inside the commit, from what was read there.
 */
export class Satisfied implements Word {
  readonly #made = true;
  readonly userId: string;
  readonly level: Level;
  readonly amr: readonly string[];
  readonly console: boolean;

  /** @internal Only this file has the key. */
  constructor(key: typeof door, word: Word) {
    if (key !== door) throw new Error('only policy makes this');
    this.userId = word.userId;
    this.level = word.level;
    this.amr = word.amr;
    this.console = word.console;
  }

  /** Whether this is one, and no look-alike. */
  static is(value: unknown): value is Satisfied {
    return typeof value === 'object' && value !== null && #made in value;
  }
}

/**
 * Proofs that count: of an everyday factor that is still allowed, or of a recovery factor, which may have died with
 * its use; each over a channel that has not given a proof yet.
 */
function counted(need: Need, proofs: readonly Proof[]): Proof[] {
  const allowed = new Set(need.everyday);
  const channels = new Set<string>();
  return proofs.filter((proof) => {
    const good = proof.use !== 'everyday' || (proof.factorId !== null && allowed.has(proof.factorId));
    if (!good || channels.has(proof.channel)) return false;
    channels.add(proof.channel);
    return true;
  });
}

function wordOf(userId: string, standing: Standing, proofs: readonly Proof[]): Satisfied {
  const level = proofs.reduce<Level>((most, proof) => stronger(most, proof.level), 'password');
  const amr = new Set(proofs.flatMap((proof) => proof.amr));
  // RFC 8176: `mfa` is said only where two factors of different kinds were proved, which a mailbox is not (C1).
  if (atLeast(level, 'aal2')) amr.add('mfa');
  return new Satisfied(door, { userId, level, amr: [...amr], console: standing.roles.some((role) => role.console) });
}

/**
 * Whether the proofs open a session for this user: the password, and a second proof where one is enrolled or a role
 * asks for it; or one that counts as two by itself. Undefined is the answer no.
 */
export function satisfy(userId: string, standing: Standing, proofs: readonly Proof[]): Satisfied | undefined {
  const need = decide(standing);
  if (need.mailboxByPolicy || need.mustEnrol) return undefined;
  const good = counted(need, proofs);
  const second = good.some((proof) => proof.use !== 'password');
  if (!good.some((proof) => proof.use === 'password' || proof.alone === true)) return undefined;
  return need.everyday.length > 0 && !second ? undefined : wordOf(userId, standing, good);
}

/**
 * Whether the proofs renew a session that is live: a second factor where one is enrolled, the password where there is
 * none, and at least the level that is wanted. A weaker proof raises nothing (NIST SP 800-63B-4 §5.1).
 */
export function satisfyAgain(
  userId: string,
  standing: Standing,
  proofs: readonly Proof[],
  wanted: Level,
): Satisfied | undefined {
  const need = decide(standing);
  const good = counted(need, proofs);
  const enough = need.everyday.length > 0 ? good.some((proof) => proof.use !== 'password') : good.length > 0;
  if (!enough) return undefined;
  const word = wordOf(userId, standing, good);
  return atLeast(word.level, wanted) ? word : undefined;
}

/** What a session needs before a dangerous action. */
export interface Fresh {
  readonly level: Level;
  readonly maxAgeMs: number;
}

/** Changing factors, password or address needs the highest level among the user's factors, proved lately. */
export const changeNeeds = (standing: Standing): Fresh => ({
  level: decide(standing).highest,
  maxAgeMs: standing.profile.stepUp,
});

/** Whether a session's latest proof is strong and young enough. */
export const isFresh = (
  session: { readonly fresh_at: number; readonly fresh_level: Level },
  needs: Fresh,
  now: number,
): boolean => atLeast(session.fresh_level, needs.level) && now - session.fresh_at <= needs.maxAgeMs;
