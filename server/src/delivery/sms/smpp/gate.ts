/** How many requests may wait for their answers at once, and how many may begin in a second. First come, first through. */
import { until } from './until.ts';

interface Waiting {
  readonly through: () => void;
  readonly turnAway: (error: Error) => void;
}

/** A gate with `window` places; `perSecond` 0 does not pace. */
export class Gate {
  readonly #window: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #queue = new Set<Waiting>();
  #inside = 0;
  /** What may begin at once, refilled by time: a tenth of a second's worth at most, so that no second gets much more than its due. */
  #tokens: number;
  #filledAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { readonly window: number; readonly perSecond: number; readonly now: () => number }) {
    this.#window = options.window;
    this.#perSecond = options.perSecond;
    this.#now = options.now;
    this.#tokens = this.#burst;
    this.#filledAt = options.now();
  }

  get #burst(): number {
    return Math.max(1, this.#perSecond / 10);
  }

  /** Resolves when a place is free and its time has come; whoever is through must {@link leave}. Rejects when `signal` ends. */
  async enter(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#queue.size === 0 && this.#take()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { through: resolve, turnAway: reject };
    this.#queue.add(waiting);
    this.#serve();
    try {
      await until(signal, promise);
    } catch (error) {
      // It may have got its place in the very moment in which its signal ended.
      if (!this.#queue.delete(waiting))
        promise.then(
          () => this.leave(),
          () => {},
        );
      throw error;
    }
  }

  /** Gives a place back. */
  leave(): void {
    this.#inside -= 1;
    this.#serve();
  }

  /** Turns away whoever waits. */
  clear(error: Error): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const waiting of this.#queue) {
      this.#queue.delete(waiting);
      waiting.turnAway(error);
    }
  }

  #take(): boolean {
    if (this.#inside >= this.#window) return false;
    if (this.#perSecond > 0) {
      const now = this.#now();
      // A clock that was set back gives nothing, and takes nothing.
      const filled = (Math.max(0, now - this.#filledAt) * this.#perSecond) / 1000;
      this.#tokens = Math.min(this.#burst, this.#tokens + filled);
      this.#filledAt = now;
      if (this.#tokens < 1) return false;
      this.#tokens -= 1;
    }
    this.#inside += 1;
    return true;
  }

  #serve(): void {
    for (const waiting of this.#queue) {
      if (!this.#take()) break;
      this.#queue.delete(waiting);
      waiting.through();
    }
    if (this.#queue.size === 0 || this.#inside >= this.#window || this.#timer) return;
    const wait = Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#serve();
    }, wait);
  }
}
