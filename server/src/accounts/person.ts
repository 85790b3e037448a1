import type { Standing } from '../policy/policy.ts';
import { rulesOf } from '../policy/policy.ts';
import { factorsOf } from '../storage/factors.ts';
import type { Db } from '../storage/open.ts';
import type { FactorRow, UserRow } from '../storage/tables.ts';
import { rolesOf } from '../storage/users.ts';
import type { Tenant } from './tenant.ts';

/** A user with all that policy looks at, read together. */
export interface Person {
  readonly user: UserRow;
  readonly roles: readonly string[];
  /** In use or reported lost. */
  readonly factors: readonly FactorRow[];
  readonly standing: Standing;
}

/** Reads what belongs to a user's row. Inside a commit the row is locked first, so what is read here holds. */
export async function readPerson<User extends Pick<UserRow, 'id'>>(
  db: Db,
  tenant: Tenant,
  user: User,
): Promise<Omit<Person, 'user'> & { readonly user: User }> {
  const roles = await rolesOf(db, user.id);
  const factors = await factorsOf(db, user.id);
  return { user, roles, factors, standing: standingOf(tenant, roles, factors) };
}

/** What policy looks at. */
export function standingOf(tenant: Tenant, roles: readonly string[], factors: readonly FactorRow[]): Standing {
  return {
    profile: tenant.profile,
    roles: rulesOf(tenant.roles, roles),
    lost: factors.some((factor) => factor.state === 'lost' && factor.use === 'everyday'),
    held: factors
      .filter((factor) => factor.state === 'active')
      .map((factor) => ({
        id: factor.id,
        kind: factor.kind,
        use: factor.use,
        level: factor.level,
        channel: factor.channel,
        preferred: factor.preferred === 1,
        kept: factor.kept === 1,
      })),
  };
}
