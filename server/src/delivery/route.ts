/** Which accounts a message may go to, and in which order they are tried. Pure: what is known of them is handed in. */
import type { Channel, Sender } from './deliver.ts';

/** An account of a provider, as the operator set it up. */
export interface Account {
  readonly channel: Channel;
  readonly sender: Sender;
  /** For SMS: the beginnings of the numbers that it serves, `+1`, `+4930`; empty where it serves all. */
  readonly prefixes: readonly string[];
}

/** How many codes an account handed over lately, and how many of them were answered rightly. */
export interface Rate {
  readonly handed: number;
  readonly right: number;
}

/** What is known of the accounts at this moment. */
export interface Knowledge {
  /** Whether an account may be tried: false while its circuit is open. */
  readonly allows: (account: Account) => boolean;
  /** The account's conversion with numbers like this; undefined where the order does not follow it. */
  readonly rate?: ((account: Account) => Rate) | undefined;
  /** A random number from 0 to 1, not 1: now and then another account is measured. */
  readonly dice: number;
}

/** Fewer codes than this say nothing about an account. */
const enough = 30;
/** The share of messages that goes to the account that was measured least, where the order follows conversion. */
const measuring = 0.05;

/** How many characters of the number the account names; 0 where it serves all, undefined where it does not serve it. */
export function serves(account: Account, channel: Channel, to: string): number | undefined {
  if (account.channel !== channel) return undefined;
  if (channel !== 'sms' || account.prefixes.length === 0) return 0;
  const lengths = account.prefixes.filter((prefix) => to.startsWith(prefix)).map((prefix) => prefix.length);
  return lengths.length === 0 ? undefined : Math.max(...lengths);
}

/**
 * The accounts for a message, first choice first: the longest prefix before shorter ones and before accounts that serve
 * all, then by conversion or as configured. Those whose circuit is open come last, for when nobody else takes it.
 */
export function routeOf(
  accounts: readonly Account[],
  { channel, to }: { readonly channel: Channel; readonly to: string },
  known: Knowledge,
): Account[] {
  const groups = new Map<number, Account[]>();
  for (const account of accounts) {
    const length = serves(account, channel, to);
    if (length !== undefined) groups.set(length, [...(groups.get(length) ?? []), account]);
  }
  const ordered = [...groups].sort(([a], [b]) => b - a).flatMap(([, group]) => byConversion(group, known));
  const open = ordered.filter((account) => !known.allows(account));
  return [...ordered.filter((account) => !open.includes(account)), ...open];
}

/** Accounts that were measured change places among themselves, the best first; the others keep their place. */
function byConversion(group: readonly Account[], { rate, dice }: Knowledge): readonly Account[] {
  if (!rate || group.length < 2) return group;
  if (dice < measuring) {
    const [least] = [...group].sort((a, b) => rate(a).handed - rate(b).handed);
    return [...group].sort((a, b) => Number(b === least) - Number(a === least));
  }
  const measured = group.filter((account) => rate(account).handed >= enough);
  const share = (account: Account): number => rate(account).right / rate(account).handed;
  const best = [...measured].sort((a, b) => share(b) - share(a));
  return group.map((account) => (measured.includes(account) ? (best.shift() ?? account) : account));
}
