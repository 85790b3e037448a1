/**
 * Slow hashes for secrets that people remember or type: argon2id (RFC 9106) with a pepper from outside the database. A
 * flood of sign-ins waits in a bounded queue instead of taking the memory.
 */
import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { Problem } from '../errors.ts';
import type { Random } from './random.ts';
import type { Keyring } from './sealing.ts';

const maxBytes = 4096;
const saltBytes = 16;
const outputBytes = 32;
/** How many hashes one admitted request makes at most: a set of ten backup codes. */
const hashesPerPlace = 10;

/** A password as it is hashed: NFC, so that the same characters typed on another system are the same password (NIST SP 800-63B-4 §3.1.1.2). */
export const normalise = (password: string): string => password.normalize('NFC');

const bytesOf = (secret: string): Buffer | undefined => {
  const bytes = Buffer.from(normalise(secret), 'utf8');
  return bytes.length <= maxBytes ? bytes : undefined;
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** What a {@link Hasher} needs. */
export interface HasherOptions {
  readonly keyring: Keyring;
  readonly random: Random;
  /** KiB. */
  readonly memory: number;
  /** Passes. */
  readonly time: number;
  /** Hashes that run at once; one more than there are cores unless given. */
  readonly concurrency?: number;
  /** Requests that may wait beyond those; 128 unless given. */
  readonly maxWaiting?: number;
}

/** Makes and checks slow hashes, few at a time. Stored as `<key id>$argon2id$v=19$m=…,t=…,p=1$<salt>$<hash>`. */
export class Hasher {
  readonly #keyring: Keyring;
  readonly #random: Random;
  readonly #memory: number;
  readonly #time: number;
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #nobody: string;
  readonly #line: (() => void)[] = [];
  #running = 0;
  #admitted = 0;
  readonly #bySource = new Map<string, number>();

  constructor(options: HasherOptions) {
    this.#keyring = options.keyring;
    this.#random = options.random;
    this.#memory = options.memory;
    this.#time = options.time;
    // One more than there are cores: its turn begins while the others' ends wait for the event loop.
    this.#concurrency = options.concurrency ?? availableParallelism() + 1;
    this.#maxWaiting = options.maxWaiting ?? 128;
    // No secret has this hash, since it is random itself; to check against it costs what any other check costs.
    const random = [base64(options.random(saltBytes)), base64(options.random(outputBytes))];
    this.#nobody = `$argon2id$v=19$m=${this.#memory},t=${this.#time},p=1$${random.join('$')}`;
  }

  /** Hashes that wait for their turn. */
  get waiting(): number {
    return this.#line.length;
  }

  /**
   * Takes a place in the queue, at once and before anything is counted against the person. Throws `busy` where all
   * places are taken, or half of them by this `source`, so that one source never closes the door for the others.
   * `release` gives it back, once.
   */
  admit(source = ''): { release(): void } {
    const places = this.#concurrency + this.#maxWaiting;
    const taken = this.#bySource.get(source) ?? 0;
    if (this.#admitted >= places || taken >= Math.ceil(places / 2)) throw new Problem('busy', { retryAfter: 1 });
    this.#admitted += 1;
    this.#bySource.set(source, taken + 1);
    let held = true;
    return {
      release: () => {
        if (held) this.#giveBack(source);
        held = false;
      },
    };
  }

  #giveBack(source: string): void {
    this.#admitted -= 1;
    const left = (this.#bySource.get(source) ?? 1) - 1;
    if (left > 0) this.#bySource.set(source, left);
    else this.#bySource.delete(source);
  }

  /** The hash to store of a secret of at most 4096 bytes. Throws `too-large` beyond, `busy` where the line is full. */
  async make(secret: string): Promise<string> {
    const bytes = bytesOf(secret);
    if (!bytes) throw new Problem('too-large');
    const keyId = this.#keyring.currentKey;
    const options = {
      memoryCost: this.#memory,
      timeCost: this.#time,
      parallelism: 1,
      outputLen: outputBytes,
      secret: this.#pepper(keyId),
      salt: this.#random(saltBytes),
    };
    return `${keyId}${await this.#inTurn(() => hash(bytes, options))}`;
  }

  /** Whether `stored` is the hash of this secret. A hash that nobody can read is a no, at the price of a check. */
  async matches(stored: string, secret: string): Promise<boolean> {
    const [keyId, phc] = split(stored);
    if (!this.#keyring.knows(keyId) || !parametersOf(phc)) return this.matchesNobody(secret);
    return this.#check(phc, keyId, secret);
  }

  /** Costs what {@link matches} costs, for an identifier that nobody has. */
  async matchesNobody(secret: string): Promise<false> {
    await this.#check(this.#nobody, this.#keyring.currentKey, secret);
    return false;
  }

  /** Whether a stored hash should be made anew at the next sign-in: other parameters, an older pepper, or unreadable. */
  outdated(stored: string): boolean {
    const [keyId, phc] = split(stored);
    const had = parametersOf(phc);
    const same = had?.memoryCost === this.#memory && had.timeCost === this.#time && had.parallelism === 1;
    return keyId !== this.#keyring.currentKey || !same;
  }

  async #check(phc: string, keyId: string, secret: string): Promise<boolean> {
    const bytes = bytesOf(secret);
    if (!bytes) return false;
    return this.#inTurn(() => verify(phc, bytes, { secret: this.#pepper(keyId) }).catch(() => false));
  }

  #pepper(keyId: string): Buffer {
    return this.#keyring.derive(keyId, 'password-pepper');
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#concurrency) this.#running += 1;
    else if (this.#line.length >= this.#maxWaiting * hashesPerPlace) throw new Problem('busy', { retryAfter: 1 });
    else await new Promise<void>((go) => this.#line.push(go));
    try {
      return await work();
    } finally {
      // The turn is handed on rather than given up, so that nobody who comes now overtakes the line.
      const next = this.#line.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

function split(stored: string): [string, string] {
  const dollar = stored.indexOf('$');
  return dollar < 0 ? ['', ''] : [stored.slice(0, dollar), stored.slice(dollar)];
}

function parametersOf(phc: string): ReturnType<typeof parseOptions> | undefined {
  try {
    return phc.startsWith('$argon2id$') ? parseOptions(phc) : undefined;
  } catch {
    return undefined;
  }
}
