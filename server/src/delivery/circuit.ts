/** What stands before one account: its places, and a circuit that opens when it fails again and again. */

/** Failures in a row that open a circuit; fewer where the account takes fewer messages at once. */
const most = 3;
/** How long an open circuit stays open before one message tries again. */
const pauseMs = 30_000;

/** Opens after failures in a row, and lets one message through after a pause: half open, until that one is known. */
export class Circuit {
  readonly #limit: number;
  #failures = 0;
  #openUntil = 0;
  #probing = false;

  /** `atOnce` is how many messages the account takes at once: so many can fail together, and no more wait for it. */
  constructor(atOnce: number) {
    this.#limit = Math.min(most, atOnce);
  }

  /** Whether a message may be tried now. */
  allows(now: number): boolean {
    return this.#failures < this.#limit || (now >= this.#openUntil && !this.#probing);
  }

  /** A message is tried. */
  begin(): void {
    this.#probing = true;
  }

  /** It was taken, or refused for a fault of its own. */
  worked(): void {
    this.#failures = 0;
    this.#probing = false;
  }

  /** It was not. Gives whether that opened what was closed. */
  failed(now: number): boolean {
    this.#failures += 1;
    this.#probing = false;
    if (this.#failures >= this.#limit) this.#openUntil = now + pauseMs;
    return this.#failures === this.#limit;
  }
}

/** So many places; whoever comes later waits for one. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Whether there was a place; waits for one `ms` milliseconds, or as long as it takes. */
  async take(ms: number | undefined): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    return new Promise<boolean>((done) => {
      let timer: NodeJS.Timeout | undefined;
      const go = (): void => {
        clearTimeout(timer);
        done(true);
      };
      this.#waiting.push(go);
      if (ms === undefined) return;
      timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        done(false);
      }, ms).unref();
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
