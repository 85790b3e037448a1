/**
 * Pages that wait for another device, and devices that wait for pages. A change in this process wakes them at once; what
 * other processes change is seen within a second, for all who wait in a few statements together, so that ten thousand
 * pages cost no more than a few.
 */
import { flowMarks } from '../../storage/flows.ts';
import type { Database } from '../../storage/open.ts';

/** How often the rows are looked at, in milliseconds. */
const lookEvery = 1000;

/** How many flows one statement asks after. */
const together = 500;

interface Waiting {
  readonly mark: string;
  readonly wake: () => void;
}

/** A mark as text: two that differ are two states. */
export const markText = (of: { readonly version: number; readonly open: number; readonly answered: number }): string =>
  `${of.version}.${of.open}.${of.answered}`;

/** Who waits in this process. */
export class Watch {
  readonly #database: Database;
  readonly #flows = new Map<string, Map<string, Set<Waiting>>>();
  readonly #devices = new Map<string, Set<() => void>>();
  #looking: NodeJS.Timeout | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Wakes who waits for this flow. */
  stirFlow(tenant: string, id: string): void {
    for (const { wake } of this.#flows.get(tenant)?.get(id) ?? []) wake();
  }

  /** Wakes the device that answers for this factor. */
  stirDevice(tenant: string, factorId: string): void {
    for (const wake of this.#devices.get(`${tenant}:${factorId}`) ?? []) wake();
  }

  /** Resolves when the flow is no longer as `mark` says, or after `ms`, or when `signal` ends it. */
  flow(tenant: string, id: string, mark: string, ms: number, signal: AbortSignal): Promise<void> {
    const flows = this.#flows.get(tenant) ?? new Map<string, Set<Waiting>>();
    this.#flows.set(tenant, flows);
    const here = flows.get(id) ?? new Set<Waiting>();
    flows.set(id, here);
    this.#looking ??= setInterval(() => void this.#look(), lookEvery).unref();
    return woken(ms, signal, (wake) => {
      const waiting = { mark, wake };
      here.add(waiting);
      return () => {
        here.delete(waiting);
        if (here.size === 0) flows.delete(id);
      };
    });
  }

  /** Resolves when a question to this factor's device may be there, or after `ms`, or when `signal` ends it. */
  device(tenant: string, factorId: string, ms: number, signal: AbortSignal): Promise<void> {
    const key = `${tenant}:${factorId}`;
    const here = this.#devices.get(key) ?? new Set<() => void>();
    this.#devices.set(key, here);
    return woken(ms, signal, (wake) => {
      here.add(wake);
      return () => {
        here.delete(wake);
        if (here.size === 0) this.#devices.delete(key);
      };
    });
  }

  /** Ends looking; who waits goes on until their time is over. */
  close(): void {
    clearInterval(this.#looking);
  }

  async #look(): Promise<void> {
    for (const [tenant, flows] of this.#flows) {
      const ids = [...flows.keys()];
      for (let from = 0; from < ids.length; from += together) {
        // A database that is away is told by the requests; who waits here looks again in a second.
        const marks = await flowMarks(this.#database.in(tenant), ids.slice(from, from + together)).catch(() => []);
        for (const mark of marks) {
          for (const { mark: known, wake } of flows.get(mark.id) ?? []) if (known !== markText(mark)) wake();
        }
      }
    }
  }
}

function woken(ms: number, signal: AbortSignal, join: (wake: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    let leave = (): void => {};
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      leave();
      resolve();
    };
    const timer = setTimeout(done, ms);
    leave = join(done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
