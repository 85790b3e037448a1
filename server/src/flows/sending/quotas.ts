/** Keeps what is sent within the quotas of `policy/limits.ts`, so that nobody's mailbox is flooded through this service. */
import { type Circumstance, type Commit, commit } from '../../accounts/commit.ts';
import type { Channel, Message } from '../../delivery/deliver.ts';
import { Problem } from '../../errors.ts';
import { phoneChannel } from '../../factors/sms/phone.ts';
import { type BrowserLane, type SendingQuota, sendingQuotas } from '../../policy/limits.ts';
import { takePlace, untilWindowEnds } from '../../storage/throttles.ts';
import type { Scene } from '../flow.ts';

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
 * nobody uses up another's: what anybody can ask for (an address or number that is not the asker's own yet), what goes
 * to a person's own address or number after a proof, and in both a known browser apart from strangers.
 */
export async function keepToQuotas(
  commit: Commit,
  scene: Scene,
  send: Message,
  lane: BrowserLane,
): Promise<number | undefined> {
  const { quotas, share, destination } = shareOf[send.channel](scene, send, lane);
  const to = commit.deps.keyring.digest('destination', [destination]);
  const subject: Record<SendingQuota['name'], string> = {
    user: scene.person?.user.id ?? '',
    destination: to,
    'destination-from': `${to}:${commit.source.network}`,
    source: commit.source.network,
    country: send.prefix ?? '',
    total: '',
  };
  for (const { name, most, windowMs } of sendingQuotas[quotas]) {
    const quota = { key: `send:${share}:${name}:${windowMs}:${subject[name]}`, most, windowMs };
    if (!(await takePlace(commit.tx, quota, commit.now))) return Math.ceil(untilWindowEnds(quota, commit.now) / 1000);
  }
  return undefined;
}

/** Whose limits a message comes under, and what they are counted apart by. */
interface Share {
  readonly quotas: keyof typeof sendingQuotas;
  readonly share: string;
  readonly destination: string;
}

function mailShare({ facts, session, person }: Scene, send: Message, lane: BrowserLane): Share {
  const named = facts.address;
  const proved = session !== undefined || facts.proofs.some((proof) => proof.use === 'password');
  const own = proved && person?.user.email_canonical === (named?.canonical ?? person?.user.email_canonical);
  const destination = named?.canonical ?? send.to ?? '';
  return { quotas: own ? 'own' : 'public', share: own ? `own-${lane}` : lane, destination };
}

/**
 * A number that is a factor of this person was proved once; any other is whatever somebody typed, and is counted over
 * all people together, so that many accounts cannot flood one number.
 */
function numberShare(scene: Scene, { to }: Message, lane: BrowserLane): Share {
  const own = isOwnNumber(scene, to);
  return {
    quotas: own ? 'ownNumber' : 'newNumber',
    share: own ? `number-${lane}` : 'new-number',
    destination: phoneChannel(to ?? ''),
  };
}

/** A connected phone is one person's and is asked only after the password, so there is no share for just anybody. */
const phoneShare = (_: Scene, { to }: Message, lane: BrowserLane): Share => ({
  quotas: 'phone',
  share: `phone-${lane}`,
  destination: to ?? '',
});

const shareOf = { email: mailShare, sms: numberShare, push: phoneShare } satisfies Readonly<Record<Channel, unknown>>;

/** Whether this number is a factor of the person: proved once, and not just typed. */
export const isOwnNumber = ({ person }: Scene, to: string | null): boolean =>
  person?.factors.some((factor) => factor.channel === phoneChannel(to ?? '')) === true;

/** So many times in a window; for what costs the server much and the asker nothing. */
export interface Ration {
  readonly key: string;
  readonly most: number;
  readonly windowMs: number;
}

/** Takes a place in each ration, in a commit of its own; gives the seconds to wait where one has none left. */
export const withinRations = (by: Circumstance, rations: readonly Ration[]): Promise<number | undefined> =>
  commit(by, async ({ tx, now }) => {
    for (const ration of rations) {
      if (!(await takePlace(tx, ration, now))) return Math.ceil(untilWindowEnds(ration, now) / 1000);
    }
    return undefined;
  });

/** As {@link withinRations}; throws `too-many-requests` where one has none left. */
export async function takeRations(by: Circumstance, rations: readonly Ration[]): Promise<void> {
  const wait = await withinRations(by, rations);
  if (wait !== undefined) throw new Problem('too-many-requests', { retryAfter: wait });
}
