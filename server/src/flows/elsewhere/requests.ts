/** What waits on a device for its owner's answer: who asks, when and from where, as the server saw it. */
import type { Circumstance } from '../../accounts/commit.ts';
import type { Purpose } from '../../factors/factor.ts';
import type { Lane } from '../../policy/limits.ts';
import { waitingFor } from '../../storage/challenges.ts';
import { findFlow } from '../../storage/flows.ts';
import type { ChallengeRow, FlowRow } from '../../storage/tables.ts';
import { challengeBound } from '../ask.ts';
import type { Device } from './devices.ts';

/** One request. Nothing in it comes from whoever asks but what their connection shows. */
export interface WaitingRequest {
  readonly id: string;
  readonly service: string;
  readonly account: string;
  readonly purpose: Purpose;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly expiresAt: number;
  readonly address: string;
  readonly place: string;
  readonly browser: string;
  /** How many digits the page shows. */
  readonly digits: number;
}

/** A request with the rows that it is made of. */
export interface Found {
  readonly challenge: ChallengeRow;
  readonly flow: FlowRow;
}

/** The questions that wait for this device, in flows that still wait for an answer. */
export async function waitingAt(by: Circumstance, { factor, person }: Device): Promise<Found[]> {
  if (!factor || !person) return [];
  const db = by.deps.database.in(by.tenant.id);
  const now = by.deps.now();
  const found: Found[] = [];
  for (const challenge of await waitingFor(db, { userId: factor.user_id, factorId: factor.id }, now)) {
    const flow = await findFlow(db, challenge.flow_id);
    const live = flow?.done_at === null && flow.expires_at > now && flow.epoch === person.user.epoch;
    if (flow && live) found.push({ challenge, flow });
  }
  return found;
}

/** What a device's answers are counted in: it has no known browser, and nothing closes the way back (RATE-01). */
export const laneFor = ({ purpose }: Pick<ChallengeRow, 'purpose'>): Lane =>
  purpose === 'recovery' ? purpose : 'other';

/** A question's sealed half, as its kind wrote it. */
export function pendingIn(by: Circumstance, { kind }: Pick<Device, 'kind'>, challenge: ChallengeRow): unknown {
  const bound = challengeBound(by.tenant.id, challenge.id);
  const { pending } = JSON.parse(by.deps.keyring.open(challenge.pending, bound)) as { pending: unknown };
  return kind.asking.parse(pending);
}

/** What the device shows. */
export async function requestsFor(by: Circumstance, device: Device): Promise<WaitingRequest[]> {
  const found = await waitingAt(by, device);
  return found.map(({ challenge, flow }) => ({
    id: challenge.id,
    service: by.tenant.name,
    account: device.person?.user.email ?? '',
    purpose: challenge.purpose as Purpose,
    at: challenge.created_at,
    expiresAt: challenge.expires_at,
    address: flow.address,
    place: by.deps.placeOf(flow.address),
    browser: flow.browser,
    digits: device.kind.elsewhere.digits(pendingIn(by, device, challenge)),
  }));
}
