/** What the estimator says about a password. */
export interface Verdict {
  /** 0 to 4. */
  readonly score: number;
  /** Keys of advice texts. */
  readonly advice: readonly string[];
}

/** One question to the estimator. */
export interface Question {
  readonly n: number;
  readonly password: string;
  readonly own: readonly string[];
}

/** Its answer, with the question's number. */
export interface Estimate extends Verdict {
  readonly n: number;
}
