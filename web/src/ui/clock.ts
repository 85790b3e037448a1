/** Counting down on a page. */
import { useEffect, useState } from 'react';

const secondsUntil = (end: number | undefined): number =>
  end === undefined ? 0 : Math.max(0, Math.ceil((end - Date.now()) / 1000));

/** Whole seconds until a moment (milliseconds since 1970), and 0 from then on. */
export function useSecondsLeft(end: number | undefined): number {
  const [left, setLeft] = useState(() => secondsUntil(end));
  useEffect(() => {
    setLeft(secondsUntil(end));
    if (secondsUntil(end) === 0) return;
    const timer = setInterval(() => {
      const now = secondsUntil(end);
      setLeft(now);
      if (now === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [end]);
  return left;
}
