/**
 * Pages that wait for another device, and devices that wait for pages. A change in this process wakes them at once; what
 * other processes change is seen within a second, for all who wait in a few statements together, so that ten thousand
 * pages cost no more than a few.
 */
import { type FlowMark, flowMarks } from '../../storage/flows.ts';
import type { Database } from '../../storage/open.ts';

/** How often the rows are looked at, in milliseconds. */
const lookEvery = 1000;

/** How many flows one statement asks after. */
const together = 500;

/** Who waits for a flow. */
export interface Waiting {
  /** The flow as they know it. */
  readonly mark: string;
  wake(): void;
}

/** A mark as text: two that differ are two states. */
export const markText = ({ version, open, answered, epoch, ended }: Omit<FlowMark, 'id'>): string =>
  `${version}.${open}.${answered}.${epoch ?? ''}${ended ? '.ended' : ''}`;

/** Who waits in this process. */
export class Watch {
  readonly #database: Database;
  readonly #flows = new Map<string, Map<string, Set<Waiting>>>();
  readonly #devices = new Map<string, Set<() => void>>();
  #looking: NodeJS.Timeout | undefined;
  #busy = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Wakes who waits for this flow. */
  stirFlow(tenant: string, id: string): void {
    for (const waiting of this.#flows.get(tenant)?.get(id) ?? []) waiting.wake();
  }

  /** Wakes the device that answers for this factor. */
  stirDevice(tenant: string, factorId: string): void {
    for (const wake of this.#devices.get(`${tenant}:${factorId}`) ?? []) wake();
  }

  /** Wakes who waits whenever the flow is no longer as their mark says. Gives what ends it. */
  join(tenant: string, id: string, waiting: Waiting): () => void {
    const flows = this.#flows.get(tenant) ?? new Map<string, Set<Waiting>>();
    this.#flows.set(tenant, flows);
    const here = flows.get(id) ?? new Set<Waiting>();
    flows.set(id, here);
    this.#looking ??= setInterval(() => void this.#look(), lookEvery).unref();
    here.add(waiting);
    return () => {
      here.delete(waiting);
      if (here.size === 0) flows.delete(id);
    };
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

  /** One look at a time: a slow database is not asked twice at once. */
  async #look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    await this.#lookOnce().finally(() => {
      this.#busy = false;
    });
  }

  async #lookOnce(): Promise<void> {
    for (const [tenant, flows] of this.#flows) {
      const ids = [...flows.keys()];
      for (let from = 0; from < ids.length; from += together) {
        // A database that is away is told by the requests; who waits here looks again in a second.
        const marks = await flowMarks(this.#database.in(tenant), ids.slice(from, from + together)).catch(() => []);
        for (const mark of marks) {
          const text = markText(mark);
          for (const waiting of flows.get(mark.id) ?? []) if (waiting.mark !== text) waiting.wake();
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
