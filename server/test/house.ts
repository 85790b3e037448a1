/**
 * A whole server for a test: the real rooms on a real database, with a clock that the test sets, a cheap password hash,
 * and sinks for what leaves. Requests go through the front door, without a port.
 */

import { type Assembled, assemble, type World } from '../src/assemble.ts';
import { type Options, readOptions } from '../src/config.ts';
import type { Rendered, Sender } from '../src/delivery/deliver.ts';
import { Hasher } from '../src/security/passwords.ts';
import { systemRandom } from '../src/security/random.ts';
import { Keyring } from '../src/security/sealing.ts';
import { PasswordJudge } from '../src/security/strength.ts';
import { type Database, openDatabase } from '../src/storage/open.ts';
import { Browser, type BrowserOptions } from './browser.ts';
import { migratedDatabase } from './postgres.ts';

/** Which databases every journey runs on. */
export const databases = ['sqlite', 'postgres'] as const;
export type DatabaseName = (typeof databases)[number];

/** Sealing keys of tests, made anew for each house. */
export const testKeys = (): string => `t1:${Buffer.from(systemRandom(32)).toString('base64')}`;

/** What a test may choose. */
export interface HouseOptions {
  readonly on?: DatabaseName;
  readonly options?: Partial<Record<keyof Options, string>>;
  readonly start?: number;
  /** Joins another house's database and keys: a second node, or a restart. */
  readonly like?: House;
  /** The real argon2 parameters instead of the cheap ones. */
  readonly realHash?: boolean;
  readonly log?: (line: string) => void;
  /** Where an address is; nowhere unless told. */
  readonly placeOf?: World['placeOf'];
  /** Accounts that messages are offered to before the sinks. */
  readonly accounts?: World['accounts'];
  /** Beginnings of the numbers that the sink for SMS serves: all unless said, and with none there is no account at all. */
  readonly smsFor?: readonly string[];
  /** What the operator's files say of authenticators. */
  readonly authenticators?: World['authenticators'];
}

/**
 * One judge for all houses of a process: its dictionaries take half a second to load. It does not hold the process, and
 * has time on a machine that does much else.
 */
const judge = new PasswordJudge({ idleMs: 60_000, timeoutMs: 60_000 });

/** Noon of a plain day. */
const noon = Date.UTC(2030, 4, 15, 12);

/** A running house. */
export interface House extends Assembled {
  readonly origin: string;
  readonly keys: string;
  readonly where: string;
  readonly database: Database;
  /** What was handed to the mail provider, newest first; `drain` first. */
  readonly mails: Rendered[];
  /** What was handed to the SMS provider, newest first; `drain` first. */
  readonly texts: Rendered[];
  /** What was handed to the push service, newest first; `drain` first. */
  readonly pushes: Rendered[];
  readonly clock: { now: number; advance: (ms: number) => void };
  /** A browser of its own: cookie jar, Origin header, address. */
  readonly browser: (how?: Partial<BrowserOptions>) => Browser;
  /** Sends what is in the outbox and gives the newest mail to an address. */
  readonly mailTo: (address: string) => Promise<Rendered>;
  /** The digits of the newest code that was mailed to an address. */
  readonly codeFor: (address: string) => Promise<string>;
  /** Sends what is in the outbox and gives the newest SMS to a number (E.164). */
  readonly smsTo: (number: string) => Promise<Rendered>;
  /** The digits of the code in the newest SMS to a number. */
  readonly smsCodeFor: (number: string) => Promise<string>;
}

/** Opens a house. Close it in the test's end (`await using` does). */
export async function openHouse(how: HouseOptions = {}): Promise<House & AsyncDisposable> {
  const clock = how.like?.clock ?? clockAt(how.start ?? noon);
  const keys = how.like?.keys ?? testKeys();
  const made = how.on === 'postgres' && !how.like ? await migratedDatabase() : undefined;
  const where = how.like?.where ?? made?.url ?? ':memory:';
  const database = how.like && where === ':memory:' ? how.like.database : await openDatabase(where);
  const options = readOptions({}, { SECONDLOCK_LOG_LEVEL: 'silent', ...(how.options ?? {}) });
  const mails = how.like?.mails ?? [];
  const texts = how.like?.texts ?? [];
  const pushes = how.like?.pushes ?? [];
  const keyring = Keyring.parse(keys);
  const write = (fields: object, text: string): void => how.log?.(JSON.stringify({ ...fields, text }));
  const house = await assemble({
    options,
    database,
    keys,
    now: () => clock.now,
    random: systemRandom,
    log: { info: write, warn: write, error: write },
    fetch,
    accounts: (hooks) => [
      ...(how.accounts?.(hooks) ?? []),
      { channel: 'email', prefixes: [], sender: sinkInto(mails) },
      ...(how.smsFor?.length === 0
        ? []
        : [{ channel: 'sms' as const, prefixes: how.smsFor ?? [], sender: sinkInto(texts) }]),
      { channel: 'push', prefixes: [], sender: sinkInto(pushes) },
    ],
    ...(options.NODE_ENV === 'production' ? {} : { keptMessages: () => [...pushes, ...texts, ...mails].map(asKept) }),
    placeOf: how.placeOf ?? (() => ''),
    ...(how.authenticators ? { authenticators: how.authenticators } : {}),
    passwords: judge,
    ...(how.realHash
      ? {}
      : { hasher: new Hasher({ keyring, random: systemRandom, memory: 64, time: 1, maxWaiting: 1000 }) }),
  });
  const origin = options.SECONDLOCK_ORIGIN[0] ?? '';
  const newest = async (sink: readonly Rendered[], to: string): Promise<Rendered> => {
    await house.outbox.drain();
    const message = sink.find((one) => one.to === to);
    if (!message) throw new Error(`no message to ${to}`);
    return message;
  };
  // A notice of the same moment may leave before or after it.
  const code = async (sink: readonly Rendered[], to: string): Promise<string> => {
    await newest(sink, to);
    return (
      sink
        .filter((one) => one.to === to)
        .map(codeIn)
        .find(Boolean) ?? ''
    );
  };
  return {
    ...house,
    origin,
    keys,
    where,
    database,
    mails,
    texts,
    pushes,
    clock,
    mailTo: (address) => newest(mails, address),
    codeFor: (address) => code(mails, address),
    smsTo: (number) => newest(texts, number),
    smsCodeFor: (number) => code(texts, number),
    browser: (as) => new Browser((request, env) => house.app.fetch(request, env), { origin, ...as }),
    [Symbol.asyncDispose]: async () => {
      await house.close();
      await made?.drop();
    },
  };
}

const clockAt = (start: number) => ({
  now: start,
  advance(ms: number) {
    this.now += ms;
  },
});

const codeIn = ({ text }: Rendered): string => /\b\d{6,9}\b/.exec(text)?.[0] ?? '';

const asKept = (mail: Rendered) => ({ channel: mail.channel, to: mail.to, text: mail.text, at: '' });

const sinkInto = (mails: Rendered[]): Sender => ({
  name: 'sink',
  send: async (message) => {
    mails.unshift(message);
    return {};
  },
  close: async () => {},
});
