/** The events of one flow, for the page that waits. */
import { createHash } from 'node:crypto';
import type { Circumstance } from '../accounts/commit.ts';
import { Problem } from '../errors.ts';
import type { FlowResult } from '../flows/answer.ts';
import type { Waiting } from '../flows/elsewhere/watch.ts';
import type { EventStream } from './event-stream.ts';

/** Milliseconds between two signs of life. */
const heartbeat = 15_000;

/** Whose events these are. */
interface Told {
  readonly by: Circumstance;
  readonly id: string;
  /** The flow as it stands, for its holder; throws where it is over. */
  readonly look: () => Promise<FlowResult>;
}

/**
 * Looks when the flow has moved: its own version, its questions, its user's epoch and its session are what the watch
 * looks at. Between two looks a page costs a timer. What was told is kept as a hash, since a page may hold a picture.
 */
export class FlowEvents implements Waiting {
  mark = '';
  readonly #stream: EventStream;
  readonly #of: Told;
  readonly #leave: () => void;
  #told = '';
  #expires = 0;
  #looking = false;
  #again = false;
  #timer: NodeJS.Timeout;

  constructor(stream: EventStream, of: Told) {
    this.#stream = stream;
    this.#of = of;
    this.#leave = of.by.deps.watch.join(of.by.tenant.id, of.id, this);
    this.#timer = setTimeout(() => this.#beat(), heartbeat);
  }

  /** Tells how it stands. */
  begin(first: FlowResult): this {
    this.#tell(first);
    return this;
  }

  hungUp(): void {
    clearTimeout(this.#timer);
    this.#leave();
  }

  wake(): void {
    this.#again = this.#looking;
    if (!this.#looking) void this.#look();
  }

  #beat(): void {
    this.#timer.refresh();
    this.#stream.beat();
    if (this.#of.by.deps.now() >= this.#expires) this.wake();
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      do {
        this.#again = false;
        this.#tell(await this.#of.look());
      } while (this.#again && !this.#stream.over);
    } catch (error) {
      // What is no answer about the flow (a database that is away for a moment) is looked at again when it is stirred.
      if (error instanceof Problem) this.#end('over');
      else this.#of.by.deps.log.error({ correlation: this.#of.id, err: error }, 'a waiting page could not be told');
    } finally {
      this.#looking = false;
    }
  }

  #tell({ answer, mark }: FlowResult): void {
    if (this.#stream.over) return;
    this.mark = mark;
    this.#expires = Date.parse(answer.expiresAt);
    const data = JSON.stringify(answer);
    const told = createHash('sha256').update(data).digest('base64url');
    if (told !== this.#told) this.#stream.tell('state', data);
    this.#told = told;
    if (answer.done) this.#end();
  }

  #end(event?: string): void {
    if (event !== undefined) this.#stream.tell(event, '{}');
    this.hungUp();
    this.#stream.end();
  }
}
