/** Accounts of providers as the configuration names them: checked by each provider's own schema, then opened. */
import { z } from 'zod';
import type { Options } from '../config.ts';
import type { Channel, Provider, Receipt, Tools } from './deliver.ts';
import { providers } from './index.ts';
import type { Vapid } from './push/vapid.ts';
import type { Account } from './route.ts';

/** What every entry may say beside the provider's own options. */
const common = z.object({
  provider: z.string(),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens, 40 at most')
    .optional(),
  prefixes: z.array(z.string().regex(/^\+[1-9]\d{0,14}$/, 'a plus and the first digits of numbers')).default([]),
  receipts: z.boolean().optional(),
});

/** An account that is ready to be opened. */
export interface ReadyAccount {
  readonly channel: Channel;
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Whether the provider is told where to send receipts; undefined where that depends on the origin. */
  readonly receipts: boolean | undefined;
  readonly open: (tools: Tools) => Account['sender'];
}

/** What an account needs of the house that it is opened in. */
export interface Hooks {
  /** Where the provider sends receipts over HTTP. */
  readonly receiptUrl: (of: Pick<ReadyAccount, 'channel' | 'name' | 'receipts'>) => string;
  /** Takes a receipt that came over a connection. */
  readonly onReceipt: (of: Pick<ReadyAccount, 'channel' | 'name'>, receipt: Receipt) => void;
  /** The key that push services know this installation by. */
  readonly vapid: Vapid;
}

type Given = Readonly<Record<string, unknown>>;

/**
 * The accounts of both channels, in order, or what is wrong with them: each fault names the line, the entry and the
 * field, and repeats no value, since any of them may be a secret. `ca` is the text of SECONDLOCK_SMTP_CA.
 */
export function readAccounts(
  options: Pick<Options, 'SECONDLOCK_EMAIL' | 'SECONDLOCK_SMS' | 'SECONDLOCK_SMTP_URL'>,
  ca?: string,
): { readonly accounts: readonly ReadyAccount[]; readonly faults: readonly string[] } {
  const url = options.SECONDLOCK_SMTP_URL;
  const short = url === undefined ? [] : [{ provider: 'smtp', url, ...(ca === undefined ? {} : { ca }) }];
  const read = [
    ...short.map((given) => readOne('email', given, 'SECONDLOCK_SMTP_URL')),
    ...options.SECONDLOCK_EMAIL.map((given, at) => readOne('email', given, `SECONDLOCK_EMAIL[${at}]`)),
    ...options.SECONDLOCK_SMS.map((given, at) => readOne('sms', given, `SECONDLOCK_SMS[${at}]`)),
  ];
  const accounts = read.flatMap((one) => ('open' in one ? [one] : []));
  const faults = read.flatMap((one) => ('open' in one ? [] : one));
  for (const [at, { channel, name }] of accounts.entries()) {
    const same = (other: ReadyAccount): boolean => other.channel === channel && other.name === name;
    if (accounts.findIndex(same) < at)
      faults.push(`two accounts for ${channel} are named ${name}: give one a \`name\``);
  }
  return { accounts, faults };
}

function readOne(channel: 'email' | 'sms', given: Given, where: string): ReadyAccount | string[] {
  const head = common.safeParse(given);
  if (!head.success) return faultsOf(where, head.error);
  const { provider: wanted, name = wanted, prefixes, receipts } = head.data;
  const known: readonly Provider<unknown>[] = providers[channel];
  const provider = known.find((one) => one.name === wanted);
  if (!provider) return [`${where}: provider: one of ${known.map((one) => one.name).join(', ')}`];
  if (channel !== 'sms' && prefixes.length > 0) return [`${where} (${name}): prefixes: for SMS only`];
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => !(key in common.shape)));
  const options = provider.options.safeParse(own);
  if (!options.success) return faultsOf(`${where} (${name})`, options.error);
  const { data } = options;
  return { channel, name, prefixes, receipts, open: (tools) => provider.open(data, tools) };
}

const faultsOf = (where: string, { issues }: z.ZodError): string[] =>
  issues.map(({ path, message }) => `${where}: ${[...path.map(String), message].join(': ')}`);

/** Opens the accounts. */
export function openAccounts(
  accounts: readonly ReadyAccount[],
  tools: Pick<Tools, 'fetch' | 'now' | 'random' | 'log'>,
  { receiptUrl, onReceipt }: Omit<Hooks, 'vapid'>,
): Account[] {
  return accounts.map((account) => {
    const { channel, name, prefixes } = account;
    const own = { name, receiptUrl: receiptUrl(account), onReceipt: (of: Receipt) => onReceipt(account, of) };
    return { channel, prefixes, sender: account.open({ ...tools, ...own }) };
  });
}
