/** A stream of server-sent events as a page reads it: one event after the other, heartbeats too. */
import assert from 'node:assert/strict';

/** One event; a heartbeat has a comment and nothing else. */
export interface Heard {
  readonly event: string;
  readonly data: string;
  readonly comment: string;
}

/** The whole blocks of a text, and what is left of it. */
function blocksOf(text: string): { blocks: Heard[]; rest: string } {
  const parts = text.split('\n\n');
  const rest = parts.pop() ?? '';
  const field = (part: string, name: string): string => {
    const lines = part.split('\n').filter((line) => line.startsWith(`${name}:`));
    return lines.map((line) => line.slice(name.length + 1).trimStart()).join('\n');
  };
  const blocks = parts.map((part) => ({
    event: field(part, 'event'),
    data: field(part, 'data'),
    comment: field(part, ''),
  }));
  return { blocks, rest };
}

/** Reads the events of an answer. Close it in the test's end (`await using` does). */
export class Events implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #waiting: Heard[] = [];
  #rest = '';

  constructor(answer: Response) {
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.ok(answer.body);
    this.#reader = answer.body.getReader();
  }

  /** The next event; undefined where the stream has ended. */
  async next(): Promise<Heard | undefined> {
    const decoder = new TextDecoder();
    while (this.#waiting.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      const { blocks, rest } = blocksOf(this.#rest + decoder.decode(value, { stream: true }));
      this.#waiting.push(...blocks);
      this.#rest = rest;
    }
    return this.#waiting.shift();
  }

  /** The data of the next event, which must have this name. */
  async take<T>(event: string): Promise<T> {
    const heard = await this.next();
    assert.equal(heard?.event, event, JSON.stringify(heard));
    return JSON.parse(heard.data) as T;
  }

  /** Hangs up. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}
