/**
 * What a flow is: a name, a lifetime and an ordered list of steps. The current step is the first whose pure `isNeeded`
 * holds; it is computed in one place from stored facts, and no step ever names the next.
 */
import type { Circumstance, Commit } from '../accounts/commit.ts';
import type { Person } from '../accounts/person.ts';
import type { Minted } from '../accounts/sessions.ts';
import type { FactorPrompt, Purpose, Reveal } from '../factors/factor.ts';
import type { Lane } from '../policy/limits.ts';
import type { SessionRow } from '../storage/tables.ts';
import type { Facts, Verdict } from './facts.ts';
import type { Answer, answers, Collected, Prompt } from './prompt.ts';

/** A question that was put and is open. */
export interface OpenChallenge {
  readonly id: string;
  readonly kind: string;
  readonly factorId: string | null;
  /** Who was asked; null where it goes to whoever is there. */
  readonly userId: string | null;
  readonly prompt: FactorPrompt;
  readonly pending: unknown;
  readonly expiresAt: number;
  readonly resendAt: number | null;
  /** What another device has answered, and when; waits to be collected. */
  readonly answer?: { readonly answer: string; readonly at: number };
  /** Somebody said no on the other device: the flow ended with it. */
  readonly denied?: true;
}

/** A question that is to be put when the commit succeeds. */
export interface Asked {
  readonly challenge: OpenChallenge;
  readonly send: import('../delivery/deliver.ts').Message | undefined;
  /** Shown in the answer that made it and stored nowhere. */
  readonly reveal: Reveal | undefined;
}

/** A factor that cannot be asked now, and what the audit hears of it. */
export interface RuledOut {
  readonly factorId: string;
  readonly tell: (commit: Commit) => Promise<void>;
}

/** What entering a step brings: a question, the factors that could not be asked it, and what was found on the way. */
export interface Entered {
  readonly facts?: Pick<Facts, 'tokenThere'>;
  readonly asking?: Asked | undefined;
  readonly ruledOut?: readonly RuledOut[];
}

/** Everything a step may look at. */
export interface Scene {
  readonly by: Circumstance;
  readonly flow: { readonly id: string; readonly name: string; readonly transport: 'cookie' | 'token' };
  readonly facts: Facts;
  readonly now: number;
  readonly person: Person | undefined;
  /** Newest first. */
  readonly challenges: readonly OpenChallenge[];
  /** The live session that a step-up or a change belongs to. */
  readonly session: SessionRow | undefined;
}

/** One attempt of a guessable answer: whose, of what, in which lane, and to which question. */
export interface Guess {
  readonly subject: string;
  readonly kind: string;
  readonly lane: Lane;
  readonly challengeId?: string;
  /** Whether judging takes a place in the hashing queue, which is had before the attempt is counted. */
  readonly slow: boolean;
  /** How many answers the question takes; the profile's number where it does not say. */
  readonly most?: number;
}

/** A verdict, and what the commit writes if it stands. `write` gives facts that are known only inside the commit. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Who was found while judging, so that nobody reads them again. */
  readonly person?: Person;
  /** The next question, where judging has made it; `enter` is not asked for one then. */
  readonly asking?: Asked;
  readonly write?: (commit: Commit) => Promise<Partial<Facts> | undefined>;
  /** Written in a transaction of its own when the verdict is no. */
  readonly refuse?: (commit: Commit) => Promise<void>;
}

/** One stage of a flow. One file each. */
export interface Step {
  readonly name: string;
  readonly isNeeded: (facts: Facts) => boolean;
  /** Runs once when the step becomes current, and when another question is asked for; may send. */
  readonly enter?: (scene: Scene, again: boolean) => Promise<Entered>;
  /** What the page shows; never sends. */
  readonly show: (scene: Scene) => Prompt;
  /** What another device has answered, where there is something to collect. */
  readonly collect?: (scene: Scene) => Collected | undefined;
  /** The shapes of answers it takes. */
  readonly takes: readonly (keyof typeof answers)[];
  readonly guess?: (scene: Scene, answer: Answer) => Promise<Guess | undefined>;
  /** Judges outside any transaction. */
  readonly judge: (scene: Scene, answer: Answer) => Promise<Judgement>;
  /** Pure. */
  readonly learn: (facts: Facts, verdict: Verdict) => Facts;
}

/** What a start may hold beside the first step's input. */
export interface StartExtras {
  readonly kind?: string | undefined;
  readonly level?: string | undefined;
  readonly action?: string | undefined;
  readonly link?: string | undefined;
  readonly factor?: string | undefined;
}

/** What the end of a flow gives. */
export interface Finished {
  readonly session?: Minted;
  /** The token of the known-browser cookie. */
  readonly browserToken?: string;
}

/** A flow. */
export interface Flow {
  readonly name: string;
  readonly purpose: Purpose;
  /** Milliseconds. */
  readonly lifetime: number;
  /** Whether it belongs to a live session; `fresh` whether that must have proved itself lately. */
  readonly session?: 'live' | 'fresh';
  /** Whether its start may name what the person is about to do. */
  readonly takesAction?: true;
  /** The first facts, or a Problem where the flow may not start. */
  readonly begin: (start: Beginning, extras: StartExtras) => Promise<Facts>;
  /** The first input that a start's extras stand for, where it brings none itself. */
  readonly firstInput?: (extras: StartExtras) => Readonly<Record<string, unknown>> | undefined;
  readonly steps: readonly Step[];
  /** Inside the last commit. */
  readonly finish: (commit: Commit, scene: Scene) => Promise<Finished>;
}

/** What is known when a flow begins. */
export interface Beginning {
  readonly by: Circumstance;
  readonly now: number;
  readonly session: SessionRow | undefined;
  readonly person: Person | undefined;
}

/** The current step: the first that is needed; undefined when the flow is done. */
export const currentStep = (flow: Pick<Flow, 'steps'>, facts: Facts): Step | undefined =>
  flow.steps.find((step) => step.isNeeded(facts));

/** A swap that was lost: something moved between reading and writing, so the answer is judged once more. */
export class Moved extends Error {}
