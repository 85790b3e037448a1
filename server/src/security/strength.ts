/** Judges new passwords: long enough, not common, not made of one's own words, hard to guess. No rules of composition. */
import { Worker } from 'node:worker_threads';
import { Problem } from '../errors.ts';
import { isOwnWords } from './own-words.ts';
import { normalise } from './passwords.ts';
import type { StrengthAnswer, StrengthQuestion } from './strength-worker.ts';

/** Code points; the minimum of NIST SP 800-63B-4 §3.1.1.2 for a maximum is 64. */
const maxPasswordLength = 128;

/** What a new password must be. */
export interface PasswordRules {
  /** Code points. */
  readonly minLength: number;
  /** From 0 to 4, as zxcvbn counts. */
  readonly minScore: number;
  /** Words that it must not be made of: the service, the address, the user's name. */
  readonly own: readonly string[];
}

/** Keys of the texts that say what to do better. */
export type PasswordAdvice =
  | 'longer'
  | 'shorter'
  | 'add-words'
  | 'avoid-common'
  | 'avoid-repeats'
  | 'avoid-sequences'
  | 'avoid-dates'
  | 'avoid-names'
  | 'avoid-own-words';

/** The judgement of a new password; `score` is 0 where it was refused before it was estimated. */
export type PasswordJudgement =
  | { readonly ok: true; readonly score: number }
  | {
      readonly ok: false;
      readonly why: 'too-short' | 'too-long' | 'common' | 'weak' | 'own-words';
      readonly score: number;
      readonly advice: readonly PasswordAdvice[];
    };

interface Asked {
  readonly answer: (answer: StrengthAnswer) => void;
  readonly fail: () => void;
}

const mostAsked = 64;
// The same file under either name: run as it is, or built.
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './strength-worker.ts' : './strength-worker.js',
  import.meta.url,
);

/** Judges passwords in a thread that starts with the first and ends when idle. */
export class PasswordJudge {
  readonly #idleMs: number;
  readonly #timeoutMs: number;
  readonly #file: URL;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #count = 0;
  #waiting = 0;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();

  /** Milliseconds until an idle thread ends, and until an answer is given up; another worker file in tests. */
  constructor(given: { readonly idleMs?: number; readonly timeoutMs?: number; readonly file?: URL } = {}) {
    this.#idleMs = given.idleMs ?? 30_000;
    this.#timeoutMs = given.timeoutMs ?? 10_000;
    this.#file = given.file ?? workerFile;
  }

  /** Whether the thread is there, with its dictionaries. */
  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** Judges a password. Throws `unavailable` where it cannot be judged and `busy` where too many wait: never a yes. */
  async judge(password: string, rules: PasswordRules): Promise<PasswordJudgement> {
    const text = normalise(password);
    // Cut before counting: a megabyte must not cost a megabyte's count.
    const length = Array.from(text.slice(0, 2 * maxPasswordLength + 2)).length;
    const refuse = (
      why: 'too-short' | 'too-long' | 'common' | 'weak' | 'own-words',
      advice: PasswordAdvice[],
      score = 0,
    ) => ({
      ok: false as const,
      why,
      score,
      advice,
    });
    if (length < rules.minLength) return refuse('too-short', ['longer', 'add-words']);
    if (length > maxPasswordLength) return refuse('too-long', ['shorter']);
    if (isOwnWords(text, rules.own)) return refuse('own-words', ['avoid-own-words', 'add-words']);
    const { score, common, advice } = await this.#ask(text, rules.own);
    if (common) return refuse('common', ['avoid-common', 'add-words'], score);
    if (score >= rules.minScore) return { ok: true, score };
    return refuse('weak', [...(advice as PasswordAdvice[]), 'add-words'], score);
  }

  /** Ends the thread; what is being judged throws `unavailable`. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  /** One after the other: a hostile password that takes too long ends its own judgement and nobody else's. */
  async #ask(password: string, own: readonly string[]): Promise<StrengthAnswer> {
    if (this.#waiting >= mostAsked) throw new Problem('busy', { retryAfter: 1 });
    this.#waiting += 1;
    clearTimeout(this.#idle);
    const mine = this.#last.then(() => this.#send(password, own));
    this.#last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#rest();
    }
  }

  async #send(password: string, own: readonly string[]): Promise<StrengthAnswer> {
    if (this.#closed) throw new Problem('unavailable');
    const worker = this.#start();
    const id = ++this.#count;
    const late = setTimeout(() => void this.#end(), this.#timeoutMs);
    try {
      return await new Promise<StrengthAnswer>((answer, reject) => {
        this.#asked.set(id, { answer, fail: () => reject(new Problem('unavailable')) });
        worker.ref();
        worker.postMessage({ id, password, own } satisfies StrengthQuestion);
      });
    } finally {
      clearTimeout(late);
      this.#asked.delete(id);
    }
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#file, { resourceLimits: { maxOldGenerationSizeMb: 256 }, env: {} });
    this.#worker = worker;
    worker.on('message', (answer: StrengthAnswer) => this.#asked.get(answer.id)?.answer(answer));
    const gone = () => {
      if (this.#worker === worker) void this.#end();
    };
    worker.on('error', gone);
    worker.on('exit', gone);
    return worker;
  }

  /** Nobody waits: the thread holds no process open, and ends after a while. */
  #rest(): void {
    this.#worker?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#end(), this.#idleMs).unref();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#idle);
    for (const { fail } of this.#asked.values()) fail();
    this.#asked.clear();
    await worker?.terminate();
  }
}
