/** How many codes of each account come back, read now and then: what routes may follow. */
import type { Log } from '../deps.ts';
import { type Conversion, conversions } from '../storage/message-tries.ts';
import type { AllTenants } from '../storage/open.ts';

const minute = 60_000;
/** How long figures are believed. */
const believedMs = minute;
/** The stretch of time that is counted. */
const windowMs = 24 * 60 * minute;
/** A code that is younger may still be answered. */
const ripeMs = 5 * minute;

/** The latest figures. */
export class Conversions {
  readonly #all: AllTenants;
  readonly #now: () => number;
  readonly #log: Log;
  #readAt = Number.NEGATIVE_INFINITY;
  #figures: readonly Conversion[] = [];

  constructor(given: { readonly all: AllTenants; readonly now: () => number; readonly log: Log }) {
    this.#all = given.all;
    this.#now = given.now;
    this.#log = given.log;
  }

  /** What was read last; reads anew in the background where that is old. Nobody waits for it. */
  latest = (): readonly Conversion[] => {
    if (this.#now() >= this.#readAt + believedMs) void this.read();
    return this.#figures;
  };

  /** Reads the figures. */
  async read(): Promise<void> {
    const now = this.#now();
    this.#readAt = now;
    try {
      this.#figures = await conversions(this.#all, { since: now - windowMs, until: now - ripeMs });
    } catch (error) {
      this.#log.warn({ err: error }, 'the conversion of accounts could not be read');
    }
  }
}
