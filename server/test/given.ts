/** What a factor kind is handed, for tests: a settable clock, chance that repeats, and hashes cheap enough to do often. */
import { createHash, createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Given, HardwareToken, Purpose } from '../src/factors/factor.ts';
import type { Level } from '../src/levels.ts';
import type { Random } from '../src/security/random.ts';

/** What a test may choose; everything else is usual. */
export interface GivenOptions {
  readonly now?: number;
  readonly random?: Random;
  readonly settings?: unknown;
  readonly purpose?: Purpose;
  /** The challenge that codes are bound to, as the flows bind them. */
  readonly challenge?: string;
  /** `null`: the user has no confirmed address. */
  readonly email?: string | null;
  readonly label?: string;
  readonly service?: string;
  readonly fetch?: typeof fetch;
  readonly tokens?: readonly HardwareToken[];
  readonly mine?: readonly unknown[];
  readonly beside?: boolean;
  readonly wanted?: Level;
  readonly typedDigits?: number;
}

/** A {@link Given} that counts the slow hashes it made or compared. */
interface TestGiven extends Given {
  readonly hashes: () => number;
}

/** The id of the question that is asked, unless a test says another. */
export const testChallenge = 'first';

/** Tokens of the store room, unless a test brings its own; their seeds are RFC 4226's (appendix D), and another. */
export const tokensInStore: readonly HardwareToken[] = ['12345678901234567890', '98765432109876543210'].map(
  (seed, index) => ({
    serial: `T-${index + 1}`,
    kind: 'hotp',
    data: {
      serial: `T-${index + 1}`,
      secret: Buffer.from(seed).toString('base64'),
      algorithm: 'SHA1',
      digits: 6,
      counter: 0,
    },
  }),
);

/** 2026-01-01T00:00:00Z: the beginning of a time step, so that tests can name the steps around it. */
export const newYear = 1_767_225_600_000;

/** Bytes that look random and are the same for the same seed. */
export function seededRandom(seed: string): Random {
  let turn = 0;
  return (size) => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () =>
      createHash('sha256').update(`${seed} ${turn++}`).digest(),
    );
    return new Uint8Array(Buffer.concat(blocks).subarray(0, size));
  };
}

/** A given for one user of the service `Harbour Mail`. */
export function testGiven(options: GivenOptions = {}): TestGiven {
  const email = options.email === undefined ? 'anna.berg@example.org' : options.email;
  const purpose = options.purpose ?? 'sign-in';
  const digest = (destination: string, code: string): string =>
    createHmac('sha256', 'a key outside the database')
      .update(JSON.stringify(['main', 'anna', purpose, options.challenge ?? testChallenge, destination, code]))
      .digest('base64url');
  const slow = cheapHash();
  return {
    now: options.now ?? newYear,
    random: options.random ?? randomBytes,
    fetch: options.fetch ?? fetch,
    tokenWith: async (serial) => (options.tokens ?? tokensInStore).find((token) => token.serial === serial),
    service: {
      name: options.service ?? 'Harbour Mail',
      host: 'localhost',
      rpId: 'localhost',
      origins: ['https://localhost'],
    },
    user: {
      handle: 'YS1oYW5kbGU',
      label: options.label ?? 'anna.berg@example.org',
      ...(email === null ? {} : { email }),
    },
    settings: options.settings ?? {},
    mine: options.mine ?? [],
    beside: options.beside ?? false,
    wanted: options.wanted ?? 'password',
    typedDigits: options.typedDigits ?? 2,
    purpose,
    challenge: options.challenge ?? testChallenge,
    codeDigest: digest,
    codeMatches: (kept, destination, code) =>
      timingSafeEqual(Buffer.from(kept), Buffer.from(digest(destination, code))),
    slowHash: slow,
    hashes: slow.count,
  };
}

/** A salted hash of the right shape and the least cost. */
function cheapHash() {
  let count = 0;
  const hash = (secret: string, salt: Buffer): Buffer => {
    count += 1;
    return scryptSync(secret, salt, 16, { N: 2, r: 1, p: 1 });
  };
  return {
    count: () => count,
    make: async (secret: string) => {
      const salt = randomBytes(16);
      return `${salt.toString('hex')}$${hash(secret, salt).toString('hex')}`;
    },
    matches: async (kept: string, secret: string) => {
      const [salt = '', value = ''] = kept.split('$');
      return timingSafeEqual(Buffer.from(value, 'hex'), hash(secret, Buffer.from(salt, 'hex')));
    },
  };
}
