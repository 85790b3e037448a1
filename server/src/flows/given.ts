import { factorBound, serialOf, tokenBound } from '../accounts/tokens.ts';
import type { Deps } from '../deps.ts';
import type { AnyFactorKind, Given, HardwareToken } from '../factors/factor.ts';
import type { FactorRow } from '../storage/tables.ts';
import { findToken } from '../storage/tokens.ts';
import type { Scene } from './flow.ts';

/**
 * What a kind is given for one question. Short codes are bound to tenant, user, purpose, challenge and destination
 * here, so that no kind can forget one of them.
 */
export function givenFor(
  scene: Scene,
  kind: AnyFactorKind,
  challengeId: string,
  of: readonly FactorRow[] = scene.person?.factors ?? [],
): Given {
  const { by, facts, person } = scene;
  const { deps, tenant } = by;
  const { keyring, hasher } = deps;
  const who = person?.user.id ?? facts.newcomer?.id ?? '';
  const parts = (destination: string, code: string) => [tenant.id, who, facts.purpose, challengeId, destination, code];
  const email = person?.user.email ?? (facts.addressProved ? facts.address?.typed : undefined);
  return {
    now: scene.now,
    random: deps.random,
    fetch: deps.fetch,
    tokenWith: (serial) => tokenFor(scene, serial),
    service: { name: tenant.issuer, host: tenant.host, rpId: tenant.rpId, origins: tenant.origins },
    user: {
      handle: person?.user.handle ?? facts.newcomer?.handle ?? '',
      label: person?.user.email ?? facts.address?.typed ?? '',
      ...(email === undefined ? {} : { email }),
    },
    settings: settingsOf(deps, kind),
    // Opened when a kind looks at them; most never do.
    get mine() {
      return factorsOfKind(scene, kind, of);
    },
    beside: facts.proofs.length > 0,
    wanted: facts.wanted ?? 'password',
    typedDigits: tenant.profile.pushDigits,
    purpose: facts.purpose,
    challenge: challengeId,
    codeDigest: (destination, code) => keyring.digest('code', parts(destination, code)),
    codeMatches: (digest, destination, code) => keyring.digestMatches(digest, 'code', parts(destination, code)),
    slowHash: {
      make: (secret) => hasher.make(secret),
      matches: (hash, secret) => hasher.matches(hash, secret),
    },
  };
}

/** A kind's settings as the operator has them. */
export const settingsOf = (deps: Pick<Deps, 'factorSettings'>, kind: AnyFactorKind): unknown =>
  kind.settings.parse(deps.factorSettings[kind.kind] ?? {});

/** Whether factors of a kind can be had and asked as the server is configured: its channel has an account, its service an address. */
export const worksHere = (deps: Pick<Deps, 'factorSettings'>, kind: AnyFactorKind): boolean =>
  kind.available?.(settingsOf(deps, kind)) !== false;

/** A factor's data, unsealed and parsed with its kind's schema; throws on any doubt. */
export function factorData(scene: Scene, kind: AnyFactorKind, factor: { readonly id: string; readonly data: string }) {
  const bound = factorBound(scene.by.tenant.id, scene.person?.user.id ?? scene.facts.newcomer?.id ?? '', factor.id);
  return kind.data.parse(JSON.parse(scene.by.deps.keyring.open(factor.data, bound)));
}

/** A token that is free, or kept for this very user. */
async function tokenFor({ by, person }: Scene, typed: string): Promise<HardwareToken | undefined> {
  const serial = serialOf(typed);
  const row = serial === undefined ? undefined : await findToken(by.deps.database.in(by.tenant.id), serial);
  const open = row?.state === 'free' || (row?.state === 'reserved' && row.user_id === person?.user.id);
  if (!row || !open) return undefined;
  const data: unknown = JSON.parse(by.deps.keyring.open(row.data, tokenBound(by.tenant.id, row.serial)));
  return { serial: row.serial, kind: row.kind, data };
}

const factorsOfKind = (scene: Scene, kind: AnyFactorKind, of: readonly FactorRow[]): unknown[] =>
  of
    .filter((factor) => factor.kind === kind.kind && factor.state === 'active')
    .map((factor) => factorData(scene, kind, factor));
