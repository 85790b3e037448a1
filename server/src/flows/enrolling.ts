/** Adds factors to an account: one place, whichever flow or policy asked for it. */
import type { Commit } from '../accounts/commit.ts';
import { described, notify } from '../accounts/notices.ts';
import { factorBound, takeToken } from '../accounts/tokens.ts';
import type { AnyFactorKind, Shown } from '../factors/factor.ts';
import { factorKinds, kindOf } from '../factors/index.ts';
import { atLeast, type Level, stronger, weaker } from '../levels.ts';
import type { Proof } from '../policy/policy.ts';
import { forgetAttempts } from '../storage/attempts.ts';
import { deleteFactorsOfKind, factorsOf, insertFactor, preferFactor } from '../storage/factors.ts';
import type { FactorRow, UserRow } from '../storage/tables.ts';
import { raiseEpoch } from '../storage/users.ts';
import type { Facts } from './facts.ts';
import { Moved, type Scene } from './flow.ts';
import { settingsOf } from './given.ts';
import { forgetRequests } from './sending/requests.ts';

/** The kinds that are for when everything else is gone. */
export const recoveryKinds: readonly string[] = factorKinds.filter((k) => k.use === 'recovery').map((k) => k.kind);

/** The kind that sends mail: what confirms addresses, and what policy turns on where nothing else is there. */
export const mailKind: AnyFactorKind = (() => {
  const found = factorKinds.find((kind) => kind.sends === 'email');
  if (!found) throw new Error('no factor kind sends mail');
  return found;
})();

/** The kind that signs in without a password. */
export const aloneKind: AnyFactorKind = (() => {
  const found = factorKinds.find((kind) => kind.alone);
  if (!found) throw new Error('no factor kind signs in alone');
  return found;
})();

/**
 * What the answers of an enrolment are counted as: apart from the kind's own, so that a kind that was disabled can be
 * bound anew (RATE-01), and guesses from elsewhere hinder nobody who enrols.
 */
export const bindingOf = (kind: string): string => `${kind}:binding`;

/** What people call a kind; `Password` is no factor kind but is counted like one. */
export const nameOf = (kind: string): string =>
  factorKinds.find((k) => k.kind === kind || bindingOf(k.kind) === kind)?.name ?? 'Password';

/** Recovery kinds that the account does not have yet, to be shown after an everyday factor was enrolled. */
export const recoveryToKeep = (factors: readonly FactorRow[]): string[] =>
  recoveryKinds.filter((kind) => !factors.some((factor) => factor.kind === kind && factor.state === 'active'));

/** The level of what was proved in this flow and session: recovery codes reach no more than whoever made them. */
export const levelReached = (scene: Scene, facts: Facts): Level =>
  facts.proofs.reduce<Level>((most, proof) => stronger(most, proof.level), scene.session?.level ?? 'password');

/** What is added, and by whom. */
export interface Adding {
  readonly id: string;
  readonly kind: AnyFactorKind;
  readonly data: unknown;
  readonly level: Level;
  readonly by: 'owner' | 'policy';
  /** Kept beside a stronger one, because it was added when that was there. */
  readonly kept: boolean;
}

/**
 * Writes a factor for a user in the commit and gives the user's new epoch. Counts of the kind end, since it is bound
 * anew. The owner is told, except of what they see in the same flow of a new account.
 */
export async function addFactor(c: Commit, user: UserRow, adding: Adding, tell: boolean): Promise<number> {
  const { kind, id } = adding;
  const bound = factorBound(c.tenant.id, user.id, id);
  const mine = await factorsOf(c.tx, user.id);
  if (kind.use === 'recovery') await deleteFactorsOfKind(c.tx, user.id, kind.kind);
  const serial = kind.token?.(adding.data);
  const taken = serial === undefined || (await takeToken(c, serial, { userId: user.id, factorId: id }));
  // Judged once more, it is refused as what it is: a token that is not free.
  if (!taken) throw new Moved('the token is somebody else’s');
  const label = labelFor(kind, kind.label?.(adding.data, settingsOf(c.deps, kind)) ?? kind.name, mine);
  const hint = kind.hint(adding.data);
  await insertFactor(c.tx, {
    id,
    user_id: user.id,
    kind: kind.kind,
    use: kind.use,
    label,
    state: 'active',
    level: weaker(kind.level, adding.level),
    channel: kind.channel(adding.data, id),
    lookup: kind.lookup?.(adding.data) ?? null,
    hint,
    preferred: 0,
    kept: adding.kept ? 1 : 0,
    data: c.deps.keyring.seal(JSON.stringify(adding.data), bound),
    created_at: c.now,
    created_from: c.source.place ? `${c.source.address}, ${c.source.place}` : c.source.address,
    last_used_at: null,
  });
  await forgetAttempts(c.tx, user.id, kind.kind);
  if (kind.elsewhere) await forgetRequests(c.tx, user.id);
  // What is stronger than all that was there is asked from now on, whatever was preferred before.
  const strongest = mine.every((row) => row.use !== 'everyday' || !atLeast(row.level, adding.level));
  if (kind.use === 'everyday' && strongest) await preferFactor(c.tx, user.id, null);
  const renewed = kind.use === 'recovery';
  await c.record(
    renewed
      ? { type: 'recovery-set.renewed', userId: user.id, details: { kind: kind.kind, factor: id } }
      : { type: 'factor.added', userId: user.id, details: { kind: kind.kind, factor: id, by: adding.by } },
  );
  if (tell)
    await notify(c, user, renewed ? renewalNotice(kind) : 'notice.factor-added', { what: described({ label, hint }) });
  return raiseEpoch(c.tx, user.id);
}

const renewalNotice = (kind: AnyFactorKind) =>
  kind.replacedAtUse ? ('notice.paper-key-renewed' as const) : ('notice.codes-renewed' as const);

/** `Authenticator app`, `Authenticator app 2`: no two of a user's factors are called the same. */
function labelFor(kind: AnyFactorKind, name: string, mine: readonly FactorRow[]): string {
  const taken = new Set(
    mine.filter((factor) => factor.kind !== kind.kind || kind.use === 'everyday').map((f) => f.label),
  );
  let label = name;
  for (let number = 2; taken.has(label); number += 1) label = `${name} ${number}`;
  return label;
}

/** A proof by a factor. */
export const proofOf = (
  kind: string,
  factor: Pick<FactorRow, 'id' | 'channel' | 'level'>,
  at: number,
  shown: Shown = {},
): Proof => {
  const found = kindOf(kind);
  const most = shown.reaches ?? factor.level;
  return {
    kind,
    factorId: factor.id,
    use: found.use,
    channel: factor.channel,
    level: weaker(shown.level ?? found.level, most),
    amr: shown.amr ?? found.amr,
    at,
    ...(shown.alone ? { alone: true } : {}),
  };
};
