/** The floor of the password step: the bare hash, as often as the cores can. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { at, type Figures } from './figures.ts';
import { floorFile } from './house.ts';

interface Hashed {
  readonly took: number[];
  readonly seconds: number;
  readonly cpu: number;
}

/** Verifies for so many seconds with as many at once as there are cores, in a process of its own. */
export function argon2Floor(seconds: number): Figures {
  const how = { memoryCost: 19456, timeCost: 2, atOnce: availableParallelism(), seconds };
  const said = execFileSync(process.execPath, [floorFile, 'argon2', JSON.stringify(how)], { encoding: 'utf8' });
  const { took, seconds: lasted, cpu } = JSON.parse(said) as Hashed;
  return { rate: took.length / lasted, p50: at(took, 0.5), p99: at(took, 0.99), cpu: cpu / took.length };
}
