/** Why a signal ended, as an error. */
const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('given up', { cause: signal.reason });

/** What `promise` gives, or a rejection as soon as `signal` ends. Nobody needs to wait for `promise` any more then. */
export function until<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const ended = (): void => reject(reasonOf(signal));
    const done = (): void => signal.removeEventListener('abort', ended);
    signal.addEventListener('abort', ended, { once: true });
    promise.then(
      (value) => {
        done();
        resolve(value);
      },
      (error: Error) => {
        done();
        reject(error);
      },
    );
    if (signal.aborted) ended();
  });
}
