/** Keeps what is sent within the quotas of `policy/limits.ts`, so that nobody's mailbox is flooded through this service. */
import { type Circumstance, type Commit, commit } from '../accounts/commit.ts';
import type { Message } from '../delivery/deliver.ts';
import { Problem } from '../errors.ts';
import { type BrowserLane, type SendingQuota, sendingQuotas } from '../policy/limits.ts';
import { takePlace, untilWindowEnds } from '../storage/throttles.ts';
import type { Scene } from './flow.ts';

/** A message that may not leave now. */
export class TooManySent extends Error {
  /** Seconds. */
  readonly retryAfter: number;
  readonly channel: string;

  constructor(retryAfter: number, channel: string) {
    super('too many messages');
    this.retryAfter = retryAfter;
    this.channel = channel;
  }
}

/**
 * Takes a place in every quota; gives the seconds to wait where one has none left. Shares are counted apart, so that
 * nobody uses up another's: what anybody can ask for (an address that is not the asker's own yet), what goes to a
 * person's own address after a proof, and in both a known browser apart from strangers.
 */
export async function keepToQuotas(
  commit: Commit,
  scene: Scene,
  send: Message,
  lane: BrowserLane,
): Promise<number | undefined> {
  const named = scene.facts.address;
  const proved = scene.session !== undefined || scene.facts.proofs.some((proof) => proof.use === 'password');
  const own = proved && scene.person?.user.email_canonical === (named?.canonical ?? scene.person?.user.email_canonical);
  const share = own ? `own-${lane}` : lane;
  const destination = named?.canonical ?? send.to ?? '';
  const to = commit.deps.keyring.digest('destination', [destination]);
  const subject: Record<SendingQuota['name'], string> = {
    user: scene.person?.user.id ?? '',
    destination: to,
    'destination-from': `${to}:${commit.source.network}`,
    source: commit.source.network,
    total: '',
  };
  for (const { name, most, windowMs } of sendingQuotas[own ? 'own' : 'public']) {
    const quota = { key: `send:${share}:${name}:${windowMs}:${subject[name]}`, most, windowMs };
    if (!(await takePlace(commit.tx, quota, commit.now))) return Math.ceil(untilWindowEnds(quota, commit.now) / 1000);
  }
  return undefined;
}

/** So many times in a window; for what costs the server much and the asker nothing. */
export interface Ration {
  readonly key: string;
  readonly most: number;
  readonly windowMs: number;
}

/** Takes a place in each ration, in a commit of its own; throws `too-many-requests` where one has none left. */
export async function takeRations(by: Circumstance, rations: readonly Ration[]): Promise<void> {
  const wait = await commit(by, async ({ tx, now }) => {
    for (const ration of rations) {
      if (!(await takePlace(tx, ration, now))) return Math.ceil(untilWindowEnds(ration, now) / 1000);
    }
    return undefined;
  });
  if (wait !== undefined) throw new Problem('too-many-requests', { retryAfter: wait });
}
