/** Why an answer did not lead on, and when another try makes sense. */
import type { Answer, Refused } from '../../../server/src/flows/prompt.ts';
import type { ApiProblem } from '../api.ts';

export interface Fault {
  readonly refused?: Refused;
  readonly problem?: ApiProblem;
  /** When it happened, in milliseconds since 1970; tells one fault from the next. */
  readonly at: number;
  /** When another try makes sense, in milliseconds since 1970. */
  readonly retryAt?: number;
  /** Only no code can be sent now: what is on the page can be answered all the same. */
  readonly sending?: true;
  /** A passkey was refused, on whatever page: its words are the same everywhere. */
  readonly byKey?: true;
}

const deadline = (seconds: number | undefined): Pick<Fault, 'retryAt'> =>
  seconds === undefined ? {} : { retryAt: Date.now() + seconds * 1000 };

/** A refusal. One that is `limited` is always about sending: too many answers are a problem instead. */
export const refusalFault = (refused: Refused, given: Answer): Fault => ({
  refused,
  at: Date.now(),
  ...deadline(refused.retryAfter),
  ...(refused.code === 'limited' ? { sending: true } : {}),
  ...('credential' in given ? { byKey: true } : {}),
});

/** A call that failed. `given`: what it answered; nothing but sending is limited for who asks for a code. */
export const problemFault = (problem: ApiProblem, given: Answer): Fault => ({
  problem,
  at: Date.now(),
  ...deadline(problem.retryAfter),
  ...(problem.code === 'too-many-requests' && ('resend' in given || 'choose' in given) ? { sending: true } : {}),
});
