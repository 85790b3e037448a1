/** Keeps one connection to the SMSC: made when it is first needed, and made again when it was lost. */
import type { Unit } from 'smpp';
import type { Tools } from '../../deliver.ts';
import { type Bind, Connection } from './connection.ts';
import { until } from './until.ts';

const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/** What a {@link Binding} needs. */
export interface BindingOptions {
  readonly bind: Bind;
  readonly tools: Pick<Tools, 'name' | 'log' | 'random'>;
  readonly came: (unit: Unit) => void;
  /** The connection was lost; another is on its way. */
  readonly lost: (why: Error) => void;
}

/** A binding that lasts until it is closed. */
export class Binding {
  readonly #options: BindingOptions;
  #connection: Connection | undefined;
  /** Connections in a row that were of no use; while it is not 0, nobody waits for the next one. */
  #failures = 0;
  #why = '';
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BindingOptions) {
    this.#options = options;
  }

  /** A bound connection. During an outage it rejects at once, so that another provider is tried; otherwise at `signal`'s end. */
  async ready(signal?: AbortSignal): Promise<Connection> {
    if (this.#connection?.usable) return this.#connection;
    if (this.#closed) throw new Error('closed');
    if (this.#failures > 0) throw new Error(`no connection to the SMSC: ${this.#why}`);
    const connection = this.begin();
    await until(signal, connection.bound);
    return connection;
  }

  /** Binds, unless it is bound or about to. */
  begin(): Connection {
    clearTimeout(this.#timer);
    this.#connection ??= new Connection(this.#options.bind, {
      came: this.#options.came,
      bound: () => this.#options.tools.log.info({ provider: this.#options.tools.name }, 'bound to the SMSC'),
      ended: (why, proved) => this.#ended(why, proved),
    });
    return this.#connection;
  }

  /** Unbinds; nothing is made again. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#connection?.close();
  }

  #ended(why: Error, proved: boolean): void {
    const { tools, lost } = this.#options;
    this.#connection = undefined;
    this.#why = why.message;
    lost(why);
    if (this.#closed) return;
    this.#failures = proved ? 0 : this.#failures + 1;
    const pause = this.#pause();
    tools.log.warn({ provider: tools.name, why: this.#why, againInMs: pause }, 'no connection to the SMSC');
    this.#timer = setTimeout(() => this.begin(), pause).unref();
  }

  /** Nothing after a connection that was of use, then 1 s and twice as long each time, up to a minute; a fifth less or more, so that nodes part. */
  #pause(): number {
    if (this.#failures === 0) return 0;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1));
    return Math.round(pause * (0.8 + ((this.#options.tools.random(1)[0] ?? 0) / 255) * 0.4));
  }
}
