/** The tenant as the rooms read it: origin, names, profile, registration switch and role table. */
import type { Deps } from '../deps.ts';
import { type Profile, type ProfileName, profiles } from '../policy/profiles.ts';
import { builtInRoles, type RoleTable, roleTable } from '../policy/roles.ts';
import type { TenantRow } from '../storage/tables.ts';
import { findTenant, putTenant } from '../storage/tenants.ts';

/** One isolated directory of users. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
  /** The origin that links are built from; never taken from a request. */
  readonly origin: string;
  readonly host: string;
  /** The Host headers that lead here. */
  readonly hosts: readonly string[];
  readonly rpId: string;
  readonly issuer: string;
  readonly sender: string;
  readonly profileName: ProfileName;
  readonly profile: Profile;
  readonly registration: 'open' | 'invited' | 'closed';
  readonly roles: RoleTable;
}

const parse = (row: TenantRow): Tenant => {
  const origins = JSON.parse(row.origins) as string[];
  const origin = origins[0] ?? '';
  return {
    id: row.id,
    name: row.name,
    origins,
    origin,
    host: new URL(origin).host,
    hosts: origins.map((one) => new URL(one).host),
    rpId: row.rp_id,
    issuer: row.issuer,
    sender: row.sender,
    profileName: row.profile,
    profile: profiles[row.profile],
    registration: row.registration,
    roles: roleTable.parse(JSON.parse(row.roles)),
  };
};

/** How long a tenant's row is believed before it is read again: changes apply within a second. */
const believed = 1000;

/** Reads tenants, each at most once a second. */
export class Tenants {
  readonly #deps: Pick<Deps, 'database' | 'now'>;
  readonly #known = new Map<string, { readonly at: number; readonly tenant: Tenant }>();

  constructor(deps: Pick<Deps, 'database' | 'now'>) {
    this.#deps = deps;
  }

  /** The tenant with this id. Throws where there is none. */
  async get(id: string): Promise<Tenant> {
    const now = this.#deps.now();
    const known = this.#known.get(id);
    if (known && Math.abs(now - known.at) < believed) return known.tenant;
    const row = await findTenant(this.#deps.database.in(id));
    if (!row) throw new Error(`there is no tenant ${id}`);
    const tenant = parse(row);
    this.#known.set(id, { at: now, tenant });
    return tenant;
  }
}

/** What the configuration says of the one tenant that is there until someone makes another. */
export interface MainTenant {
  readonly name: string;
  readonly origins: readonly string[];
  readonly sender: string;
  /** What passkeys are made for; the first origin's host where it is not set. */
  readonly rpId?: string;
  readonly profile: ProfileName;
  readonly registration: Tenant['registration'];
  readonly roles?: RoleTable;
}

/** Writes the tenant `main` as the configuration says. */
export async function writeMainTenant(deps: Pick<Deps, 'database' | 'now'>, main: MainTenant): Promise<void> {
  const [origin] = main.origins;
  if (!origin) throw new Error('a tenant needs an origin');
  await deps.database.transaction('main', (tx) =>
    putTenant(
      tx,
      {
        name: main.name,
        origins: JSON.stringify(main.origins),
        rp_id: main.rpId ?? new URL(origin).hostname,
        issuer: main.name,
        sender: main.sender,
        profile: main.profile,
        registration: main.registration,
        roles: JSON.stringify(main.roles ?? builtInRoles),
      },
      deps.now(),
    ),
  );
}
