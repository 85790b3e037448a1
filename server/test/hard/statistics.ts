/** Whether two samples of times come from one distribution, and how much the answer is worth. */

/** The largest distance between the two empirical distribution functions. */
function distance(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [one, other].map((times) => [...times].sort((x, y) => x - y)) as [number[], number[]];
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && (a[i] ?? 0) <= at) i += 1;
    while (j < b.length && (b[j] ?? 0) <= at) j += 1;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

/**
 * Two-sample Kolmogorov-Smirnov test: how likely samples of one distribution are to lie this far apart (asymptotic
 * distribution with Stephens' correction; good from a few dozen samples on).
 */
export function sameDistribution(one: readonly number[], other: readonly number[]): number {
  const root = Math.sqrt((one.length * other.length) / (one.length + other.length));
  const x = (root + 0.12 + 0.11 / root) * distance(one, other);
  if (x < 0.3) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) sum += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}

/** The smallest delay that the test would find between samples like these: what a pass is worth. */
export function smallestFound(times: readonly number[], alpha: number): number {
  const halves = [0, 1].map((half) => times.filter((_, at) => at % 2 === half)) as [number[], number[]];
  // As many as the comparison has: each half stands twice.
  const [a, b] = halves.map((half) => [...half, ...half]) as [number[], number[]];
  let [low, high] = [0, Math.max(...times)];
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    const found = sameDistribution(
      a,
      b.map((time) => time + middle),
    );
    if (found < alpha) high = middle;
    else low = middle;
  }
  return high;
}

export const median = (times: readonly number[]): number => percentile(times, 0.5);

export function percentile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** The same items in an order that chance chose. */
export function shuffled<T>(items: readonly T[]): T[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
  }
  return mixed;
}
