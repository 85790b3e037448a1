/** Counting down on a page. */
import { useEffect, useReducer } from 'react';

const secondsUntil = (end: number | undefined): number =>
  end === undefined ? 0 : Math.max(0, Math.ceil((end - Date.now()) / 1000));

/** Whole seconds until a moment (milliseconds since 1970), and 0 from then on. */
export function useSecondsLeft(end: number | undefined): number {
  const [, drawAgain] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    let shown = secondsUntil(end);
    if (shown === 0) return;
    const timer = setInterval(() => {
      const left = secondsUntil(end);
      if (left !== shown) drawAgain();
      shown = left;
      if (left === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [end]);
  return secondsUntil(end);
}
