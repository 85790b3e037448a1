/** How strong the typed password is, as one types. The estimator is fetched when the field is first used. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Estimate, Question, Verdict } from './verdict.ts';

interface Strength {
  /** `null` until the estimator has spoken. */
  readonly verdict: Verdict | null;
  readonly prepare: () => void;
}

const pause = 120;

/** The strength of a password that must not be made of `own` words. */
export function useStrength(password: string, own: readonly string[]): Strength {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [worker, setWorker] = useState<Worker | null>(null);
  const asked = useRef(0);

  const prepare = useCallback(() => {
    setWorker((there) => there ?? new Worker(new URL('./estimator.ts', import.meta.url), { type: 'module' }));
  }, []);

  useEffect(() => {
    if (!worker) return;
    worker.addEventListener('message', ({ data }: MessageEvent<Estimate>) => {
      if (data.n === asked.current) setVerdict(data);
    });
    return () => worker.terminate();
  }, [worker]);

  useEffect(() => {
    asked.current += 1;
    if (!worker || password === '') return setVerdict(null);
    const question: Question = { n: asked.current, password, own };
    const timer = setTimeout(() => worker.postMessage(question), pause);
    return () => clearTimeout(timer);
  }, [worker, password, own]);

  return { verdict, prepare };
}
