/** One flow as a page lives through it: started by the first answer, carried on by each next one, kept over a reload. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, FlowAnswer, Prompt, Refused } from '../../../server/src/flows/prompt.ts';
import {
  ApiProblem,
  answerFlow,
  type FlowBeginning,
  type FlowName,
  type FlowStart,
  seeFlow,
  startFlow,
} from '../api.ts';
import { remember, searched } from '../navigation.tsx';

/** Why the last answer did not lead on. */
export interface Fault {
  readonly refused?: Refused;
  readonly problem?: ApiProblem;
  /** When it happened, in milliseconds since 1970; tells one fault from the next. */
  readonly at: number;
  /** When another try makes sense, in milliseconds since 1970. */
  readonly retryAt?: number;
}

/** How one submit ended. */
export type Outcome = 'on' | 'refused' | 'failed';

/** What a prompt's page sees of its flow. */
export interface FlowView {
  readonly name: FlowName;
  readonly answer: FlowAnswer | null;
  readonly fault: Fault | null;
  readonly busy: boolean;
  /** The address that was typed here, for password managers and for starting again. */
  readonly identifier: string;
  readonly submit: (answer: Answer) => Promise<Outcome>;
}

/** What the page that holds a flow can do beside. */
export interface Flow extends FlowView {
  /** Whether a flow of before a reload is being looked up. */
  readonly loading: boolean;
  /** Starts the flow with what its start holds, and the first answer where it is known. */
  readonly begin: (more?: FlowBeginning) => void;
  /** Answers a flow that a mailed link names. */
  readonly enter: (id: string, answer: Answer) => void;
}

/** What a page tells a flow. */
export interface FlowOptions {
  readonly name: FlowName;
  readonly start?: FlowStart;
  /** Whether the flow's id stays in the address (it opens nothing without the browser's cookie). */
  readonly inAddress?: boolean;
  /** Runs each call: the account's pages ask for a fresh proof here and repeat the call. */
  readonly guard?: (question: () => Promise<FlowAnswer>) => Promise<FlowAnswer>;
  readonly onDone?: (answer: FlowAnswer) => void;
}

const deadline = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Date.now() + seconds * 1000;

const faultOf = (what: { readonly refused: Refused } | { readonly problem: ApiProblem }): Fault => {
  const retryAt = deadline('refused' in what ? what.refused.retryAfter : what.problem.retryAfter);
  return { ...what, at: Date.now(), ...(retryAt === undefined ? {} : { retryAt }) };
};

/** Anything thrown, as a problem that can be shown. */
export const asProblem = (thrown: unknown): ApiProblem =>
  thrown instanceof ApiProblem ? thrown : new ApiProblem({ code: 'other' });

const isOver = ({ code }: ApiProblem): boolean => code === 'no-such-flow' || code === 'flow-over';

/** Remembers what is typed into the first prompt, whichever shape it has. */
const typedIdentifier = (answer: Answer, prompt: Prompt | undefined): string | undefined => {
  if ('identifier' in answer) return answer.identifier;
  return 'value' in answer && prompt?.ask === 'fill' && prompt.what === 'email' ? answer.value : undefined;
};

interface Standing {
  readonly answer: FlowAnswer | null;
  readonly fault: Fault | null;
  readonly busy: boolean;
  readonly loading: boolean;
}

/** A flow and what can be done with it. */
export function useFlow(options: FlowOptions): Flow {
  const latest = useRef(options);
  latest.current = options;
  const running = useRef(false);
  const identifier = useRef('');
  const id = useRef(options.inAddress ? searched('flow') : null);
  const [standing, set] = useState<Standing>({ answer: null, fault: null, busy: false, loading: id.current !== null });

  const take = useCallback((answer: FlowAnswer): Outcome => {
    const { inAddress, onDone } = latest.current;
    // No try is left: the server has closed this flow, and the page goes back to its beginning.
    const spent = answer.refused?.attemptsLeft === 0;
    id.current = answer.done || spent ? null : answer.id;
    if (inAddress) remember('flow', id.current);
    const fault = answer.refused ? faultOf({ refused: answer.refused }) : null;
    set({ answer: spent ? null : answer, fault, busy: false, loading: false });
    if (answer.done) onDone?.(answer);
    return answer.refused ? 'refused' : 'on';
  }, []);

  const fail = useCallback((problem: ApiProblem): Outcome => {
    const over = isOver(problem);
    if (over) id.current = null;
    if (over && latest.current.inAddress) remember('flow', null);
    const fault = faultOf({ problem });
    set(({ answer }) => ({ answer: over ? null : answer, fault, busy: false, loading: false }));
    return 'failed';
  }, []);

  const ask = useCallback(
    async (question: () => Promise<FlowAnswer>): Promise<Outcome> => {
      // One submit at a time: a second click or the Enter key while the first is under way does nothing.
      if (running.current) return 'failed';
      running.current = true;
      set((before) => ({ ...before, busy: true }));
      try {
        return take(await (latest.current.guard?.(question) ?? question()));
      } catch (thrown) {
        return fail(asProblem(thrown));
      } finally {
        running.current = false;
      }
    },
    [take, fail],
  );

  const submit = useCallback(
    (answer: Answer): Promise<Outcome> => {
      identifier.current = typedIdentifier(answer, standing.answer?.prompt) ?? identifier.current;
      const flow = id.current;
      const { name, start } = latest.current;
      return ask(() => (flow === null ? startFlow(name, { ...start, ...answer }) : answerFlow(flow, answer)));
    },
    [ask, standing.answer],
  );

  const begin = useCallback(
    (more: FlowBeginning = {}) => {
      const { name, start } = latest.current;
      void ask(() => startFlow(name, { ...start, ...more }));
    },
    [ask],
  );

  const enter = useCallback(
    (flow: string, answer: Answer) => {
      void ask(() => answerFlow(flow, answer));
    },
    [ask],
  );

  useEffect(() => {
    const flow = id.current;
    if (flow !== null && latest.current.inAddress) void ask(() => seeFlow(flow));
  }, [ask]);

  return { ...standing, name: options.name, identifier: identifier.current, submit, begin, enter };
}
