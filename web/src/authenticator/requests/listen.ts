/**
 * Listens for what waits, by a stream that is opened again whenever it breaks. Where something on the way holds streams
 * back, what waits is asked for instead.
 */
import { openStream, Refused, type Request, waiting } from '../phone/calls.ts';
import type { Device } from '../phone/device.ts';
import { eventReader } from './event-stream.ts';

/** `gone`: the server no longer knows this phone. */
export type Connection = 'connecting' | 'on' | 'off' | 'gone';

export interface Listener {
  readonly onRequests: (requests: readonly Request[]) => void;
  readonly onConnection: (connection: Connection) => void;
}

/** The server lets itself be heard every 15 seconds. */
const silence = 40_000;
/** The first event comes at once, unless something holds it back. */
const firstEvent = 8_000;

/** Longer after each failure, and never the same for all phones: they must not come back in step. */
const pauseAfter = (failures: number): number => Math.min(30_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2);

class Gone extends Error {}

/** Ends a stream that has fallen silent. */
class Watch {
  readonly #ending: AbortController;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ending: AbortController) {
    this.#ending = ending;
  }

  expect(within: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ending.abort(), within);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }
}

async function follow(device: Device, listener: Listener, ending: AbortController): Promise<void> {
  const watch = new Watch(ending);
  try {
    watch.expect(firstEvent);
    const stream = (await openStream(device, ending.signal)).body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!stream) throw new Refused('network');
    const read = eventReader();
    let heard = false;
    for (let piece = await stream.read(); !piece.done; piece = await stream.read()) {
      for (const { name, data } of read(piece.value)) {
        if (name === 'gone') throw new Gone();
        if (name !== 'requests') continue;
        heard = true;
        listener.onConnection('on');
        listener.onRequests((JSON.parse(data) as { requests: Request[] }).requests);
      }
      if (heard) watch.expect(silence);
    }
  } finally {
    watch.end();
  }
}

const isGone = (thrown: unknown): boolean =>
  thrown instanceof Gone || (thrown instanceof Refused && thrown.code === 'not-signed-in');

/** A pause that the phone's waking up, or its coming back to the net, cuts short. */
function pause(length: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const done = () => {
      stop.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, length);
    const { signal } = stop;
    window.addEventListener('online', done, { signal });
    document.addEventListener('visibilitychange', done, { signal });
    over.addEventListener('abort', done, { signal });
  });
}

/** Ends with the listening, and when the phone wakes up: a stream from before its sleep may be dead without a word. */
function endingWith(over: AbortSignal): AbortController {
  const ending = new AbortController();
  const stop = () => ending.abort();
  const { signal } = ending;
  over.addEventListener('abort', stop, { signal });
  window.addEventListener('online', stop, { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && stop(), { signal });
  return ending;
}

/** One stream, and where it breaks or stays silent, one question. Says whether anything was learned. */
async function once(device: Device, listener: Listener, over: AbortSignal): Promise<boolean> {
  let heard = false;
  const onRequests = (requests: readonly Request[]) => {
    heard = true;
    listener.onRequests(requests);
  };
  try {
    await follow(device, { ...listener, onRequests }, endingWith(over));
    return heard;
  } catch (thrown) {
    if (isGone(thrown) || over.aborted) throw thrown;
    onRequests(await waiting(device));
    listener.onConnection('on');
    return true;
  }
}

/** Listens until it is stopped or the phone is gone. */
export function listen(device: Device, listener: Listener): () => void {
  const over = new AbortController();
  const told: Listener = {
    onRequests: (requests) => over.signal.aborted || listener.onRequests(requests),
    onConnection: (connection) => over.signal.aborted || listener.onConnection(connection),
  };
  const keepOn = async () => {
    let failures = 0;
    while (!over.signal.aborted) {
      try {
        failures = (await once(device, told, over.signal)) ? 0 : failures + 1;
      } catch (thrown) {
        if (isGone(thrown)) return told.onConnection('gone');
        told.onConnection('off');
        failures += 1;
      }
      await pause(pauseAfter(failures), over.signal);
    }
  };
  void keepOn();
  return () => over.abort();
}
