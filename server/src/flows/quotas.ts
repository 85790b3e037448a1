/** Keeps what is sent within the quotas of `policy/limits.ts`, so that nobody's mailbox is flooded through this service. */
import type { Commit } from '../accounts/commit.ts';
import type { Message } from '../delivery/deliver.ts';
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
  const subject: Record<SendingQuota['name'], string> = {
    user: own ? (scene.person?.user.id ?? '') : '',
    destination: commit.deps.keyring.digest('destination', [destination]),
    source: commit.source.network,
    total: '',
  };
  for (const { name, most, windowMs } of sendingQuotas) {
    if (name === 'user' && !own) continue;
    const quota = { key: `send:${share}:${name}:${windowMs}:${subject[name]}`, most, windowMs };
    if (!(await takePlace(commit.tx, quota, commit.now))) return Math.ceil(untilWindowEnds(quota, commit.now) / 1000);
  }
  return undefined;
}
