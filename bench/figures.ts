/** The figures of a measurement: a median of rounds, and how they are printed. */
import type { Round } from './load.ts';

/** What one part gives, per round. */
export interface Figures {
  /** Answers per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's processor time per answer. */
  readonly cpu: number;
}

/** The value in the middle. */
export const median = (numbers: readonly number[]): number => at(numbers, 0.5);

/** The value below which this part of the numbers lies. */
export function at(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** The figures of one round. */
export function figuresOf({ answers, seconds }: Round, cpuMicroseconds: number): Figures {
  const took = answers.map((answer) => answer.took);
  return {
    rate: answers.length / seconds,
    p50: at(took, 0.5),
    p99: at(took, 0.99),
    cpu: cpuMicroseconds / answers.length,
  };
}

/** The median of each figure over the rounds. */
export const middle = (rounds: readonly Figures[]): Figures => ({
  rate: median(rounds.map(({ rate }) => rate)),
  p50: median(rounds.map(({ p50 }) => p50)),
  p99: median(rounds.map(({ p99 }) => p99)),
  cpu: median(rounds.map(({ cpu }) => cpu)),
});

/** A line of the table. */
export function line(name: string, { rate, p50, p99, cpu }: Figures): string {
  const number = (value: number, digits: number, width: number): string => value.toFixed(digits).padStart(width);
  return `${name.padEnd(56)}${number(rate, 0, 9)}${number(p50, 2, 10)}${number(p99, 2, 10)}${number(cpu, 0, 12)}`;
}

/** The table's head. */
export const head = `${'per s'.padStart(9)}${'p50 ms'.padStart(10)}${'p99 ms'.padStart(10)}${'CPU µs each'.padStart(12)}`;

/** Something to hold: said with its value, and remembered where it does not. */
export interface Target {
  readonly name: string;
  readonly value: string;
  readonly held: boolean;
}

/** How a target is told. */
export const verdict = ({ name, value, held }: Target): string => `${held ? 'holds ' : 'BROKEN'}  ${name}: ${value}`;
