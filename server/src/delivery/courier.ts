/**
 * The courier hands one rendered message to the first account that takes it: on an error, when its time is over, or
 * where a circuit is open, the next account gets the same message at once, with the same id and the same code.
 */
import type { Random } from '../security/random.ts';
import type { Conversion } from '../storage/message-tries.ts';
import { Circuit, Places } from './circuit.ts';
import type { Channel, Rendered, Taken } from './deliver.ts';
import { type Account, type Rate, routeOf } from './route.ts';
import { Undeliverable } from './undeliverable.ts';

/** Where an account does not say how many messages it takes at once. */
const usualAtOnce = 5;
/** The last account may take this long: nobody else is waiting to be asked, and giving up may send a message twice. */
const lastMs = 20_000;

/** What a {@link Courier} needs. */
export interface CourierOptions {
  readonly accounts: readonly Account[];
  /** Milliseconds that an account has to take a message while another one could. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly random: Random;
  /** Latest conversions, where the order follows them. */
  readonly conversions?: (() => readonly Conversion[]) | undefined;
  /** Told once when an account has failed so often that others go before it. */
  readonly onFailing?: ((of: Failing) => void) | undefined;
}

/** An account that takes nothing. */
export interface Failing {
  readonly channel: Channel;
  readonly name: string;
  readonly reason: string;
}

/** One account that was tried. */
export interface Tried {
  readonly provider: string;
  readonly at: number;
  readonly taken?: Taken;
  readonly error?: string;
}

/** What became of a message: who took it, or the last reason why nobody did; and all who were tried. */
export type Handed =
  | { readonly by: string; readonly tried: readonly Tried[] }
  | { readonly why: unknown; readonly tried: readonly Tried[] };

interface Line {
  readonly account: Account;
  readonly circuit: Circuit;
  readonly places: Places;
}

/** Hands messages to accounts. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #lines: ReadonlyMap<Account, Line>;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#lines = new Map(
      options.accounts.map((account) => {
        const atOnce = atOnceOf(account);
        return [account, { account, circuit: new Circuit(atOnce), places: new Places(atOnce) }];
      }),
    );
  }

  /** How many messages of a channel its accounts take at once. */
  room(channel: Channel): number {
    const accounts = this.#options.accounts.filter((account) => account.channel === channel);
    return accounts.reduce((sum, account) => sum + atOnceOf(account), 0) || usualAtOnce;
  }

  /** The longest that one message can be on its way through all accounts of its channel, in milliseconds. */
  longest(channel: Channel): number {
    const { accounts, timeoutMs } = this.#options;
    const count = accounts.filter((account) => account.channel === channel).length;
    return Math.max(0, count - 1) * timeoutMs + Math.max(lastMs, timeoutMs);
  }

  /** Tries the accounts in their order. `isOver` says when the message is worth nothing any more. */
  async hand(message: Rendered, prefix: string, isOver: () => boolean): Promise<Handed> {
    const tried: Tried[] = [];
    let why: unknown = new Error(`no provider for ${message.channel}`);
    const lines = this.#route(message, prefix);
    for (const [at, line] of lines.entries()) {
      const others = lines.slice(at + 1);
      const { timeoutMs } = this.#options;
      const limited = others.length > 0 ? endAfter(timeoutMs) : undefined;
      // Half of the time for waiting: what hangs here holds up those behind it no longer than its time-out either.
      if (!(await line.places.take(limited && timeoutMs / 2))) {
        limited?.clear();
        continue;
      }
      const end = limited ?? endAfter(Math.max(lastMs, timeoutMs));
      try {
        if (isOver()) return { why: new Error('its time had passed'), tried };
        // It may have failed for others while this message waited for its place.
        if (!this.#allows(line) && others.some((other) => this.#allows(other))) continue;
        const taken = await this.#give(line, message, end);
        tried.push({ provider: line.account.sender.name, at: this.#options.now(), taken });
        return { by: line.account.sender.name, tried };
      } catch (error) {
        why = error;
        tried.push({ provider: line.account.sender.name, at: this.#options.now(), error: reasonOf(error) });
        if (error instanceof Undeliverable) break;
      } finally {
        end.clear();
        line.places.leave();
      }
    }
    return { why, tried };
  }

  #route(message: Rendered, prefix: string): Line[] {
    const { accounts, conversions, random } = this.#options;
    const rates = conversions?.();
    const rate = (account: Account): Rate =>
      rates?.find((one) => one.provider === account.sender.name && one.prefix === prefix) ?? { handed: 0, right: 0 };
    const known = {
      allows: (account: Account) => this.#allows(this.#line(account)),
      rate: rates ? rate : undefined,
      dice: rates ? Buffer.from(random(4)).readUInt32BE() / 2 ** 32 : 1,
    };
    return routeOf(accounts, message, known).map((account) => this.#line(account));
  }

  #line(account: Account): Line {
    const line = this.#lines.get(account);
    if (!line) throw new Error('an account without a line');
    return line;
  }

  #allows({ circuit }: Line): boolean {
    return circuit.allows(this.#options.now());
  }

  async #give({ account: { sender, channel }, circuit }: Line, message: Rendered, end: End): Promise<Taken> {
    circuit.begin();
    const sending = (async () => sender.send(message, end.signal))();
    sending.catch(() => {});
    try {
      // A sender that does not heed the signal is not waited for.
      const taken = await Promise.race([sending, end.late]);
      circuit.worked();
      return taken;
    } catch (error) {
      if (error instanceof Undeliverable) circuit.worked();
      else if (circuit.failed(this.#options.now()))
        this.#options.onFailing?.({ channel, name: sender.name, reason: reasonOf(error) });
      throw error;
    }
  }
}

const atOnceOf = ({ sender }: Account): number => Math.max(1, sender.atOnce ?? usualAtOnce);

/** What may be kept of a failure: one short line. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : 'unknown').replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200);

/** The end of a message's time with one account. */
interface End {
  readonly signal: AbortSignal;
  /** Rejects at the end. */
  readonly late: Promise<never>;
  readonly clear: () => void;
}

function endAfter(ms: number): End {
  const end = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const timer = setTimeout(() => {
    const error = new Error(`not taken within ${ms / 1000} seconds`);
    reject(error);
    end.abort(error);
  }, ms).unref();
  return { signal: end.signal, late: promise, clear: () => clearTimeout(timer) };
}
