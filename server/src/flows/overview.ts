/** A user's factors as their account page lists them: what only the kinds know (how many codes are left) included. */
import type { Circumstance } from '../accounts/commit.ts';
import type { Person } from '../accounts/person.ts';
import { factorBound } from '../accounts/tokens.ts';
import type { Look } from '../factors/factor.ts';
import { kindOf } from '../factors/index.ts';
import { decide } from '../policy/policy.ts';
import type { FactorRow } from '../storage/tables.ts';
import { aloneKind, recoveryKinds } from './enrolling.ts';
import { settingsOf, worksHere } from './given.ts';
import type { Offerable } from './prompt.ts';
import { asOffer, kindsFor, tokenFor } from './steps/offer.ts';

/** A factor of the account page. Never its secret. */
export interface ListedFactor {
  readonly id: string;
  readonly kind: string;
  readonly use: 'everyday' | 'recovery';
  readonly label: string;
  readonly hint: string;
  readonly level: FactorRow['level'];
  readonly preferred: boolean;
  readonly state: 'active' | 'lost';
  /** Whether it is asked at sign-in: a mailbox steps back once there is something stronger. */
  readonly asked: boolean;
  readonly createdAt: number;
  readonly createdFrom: string;
  readonly lastUsedAt: number | null;
  readonly codesLeft?: number;
  readonly look?: Look;
  /** Of a hardware token, which can be resynchronised. */
  readonly serial?: string;
  /** A token that is past its date, or before it: it is refused. */
  readonly expired?: true;
  /** Cannot be asked as the server is configured: nothing sends its codes, or nobody judges them. */
  readonly unavailable?: true;
}

/** The user's factors, oldest first. */
export function listFactors(by: Circumstance, person: Person): ListedFactor[] {
  const need = decide(person.standing);
  const asked = new Set([...need.everyday, ...need.recovery]);
  return person.factors.map((row) => ({
    id: row.id,
    kind: row.kind,
    use: row.use,
    label: row.label,
    hint: row.hint,
    level: row.level,
    preferred: row.preferred === 1,
    state: row.state === 'lost' ? 'lost' : 'active',
    asked: asked.has(row.id),
    createdAt: row.created_at,
    createdFrom: row.created_from,
    lastUsedAt: row.last_used_at,
    ...(worksHere(by.deps, kindOf(row.kind)) ? {} : { unavailable: true }),
    ...toldBy(by, row),
  }));
}

/** What only the kind can tell of a factor's data. */
function toldBy(by: Circumstance, row: FactorRow): Pick<ListedFactor, 'codesLeft' | 'serial' | 'expired' | 'look'> {
  const kind = kindOf(row.kind);
  // A lost factor's data may be gone: a token's went with it.
  if (row.state === 'lost' || (!kind.left && !kind.token && !kind.isOver && !kind.look)) return {};
  const bound = factorBound(by.tenant.id, row.user_id, row.id);
  const data = kind.data.parse(JSON.parse(by.deps.keyring.open(row.data, bound)));
  const codesLeft = kind.left?.(data);
  const serial = kind.token?.(data);
  const look = kind.look?.(data, settingsOf(by.deps, kind));
  return {
    ...(look ? { look } : {}),
    ...(codesLeft === undefined ? {} : { codesLeft }),
    ...(serial === undefined ? {} : { serial }),
    ...(kind.isOver?.(data, by.deps.now()) ? { expired: true } : {}),
  };
}

/** The kinds that this account may add: everyday ones, and recovery ones once there is an everyday factor. */
export async function listKinds(by: Circumstance, person: Person): Promise<Offerable[]> {
  const recovery = decide(person.standing).everyday.length > 0 ? recoveryKinds.map(kindOf) : [];
  const kinds = kindsFor(by, person, await tokenFor(by, person));
  return [...kinds, ...recovery].map((kind) => asOffer(by, kind, person));
}

/** Whether codes can be texted here: a phone is advised only then. */
export const phonesServed = (by: Circumstance): boolean =>
  kindsFor(by, undefined, false).some((kind) => kind.sends === 'sms');

/**
 * What the browser may keep of this account's keys, so that it offers none that are gone (WebAuthn L3 §5.1.10): those in
 * use of the kind that signs in alone.
 */
export const acceptedCredentials = ({ tenant }: Circumstance, { user, factors }: Person) => ({
  rpId: tenant.rpId,
  userId: user.handle,
  allAcceptedCredentialIds: factors.flatMap(({ kind, state, lookup }) =>
    kind === aloneKind.kind && state === 'active' && lookup !== null ? [lookup] : [],
  ),
});
