/** One flow as a page lives through it: started by the first answer, carried on by each next one, kept over a reload. */
import { type Dispatch, type SetStateAction, useEffect, useMemo, useRef, useState } from 'react';
import type { Answer, FlowAnswer, Prompt } from '../../../server/src/flows/prompt.ts';
import {
  type ApiProblem,
  answerFlow,
  asProblem,
  type FlowBeginning,
  type FlowName,
  type FlowStart,
  hereTime,
  seeFlow,
  startFlow,
} from '../api.ts';
import { remember, searched } from '../navigation.tsx';
import { type Fault, problemFault, refusalFault } from './fault.ts';

/** The choice of what to enrol. */
export type OfferPrompt = Extract<Prompt, { ask: 'offer' }>;

/** How one submit ended. */
export type Outcome = 'on' | 'refused' | 'failed';

interface Standing {
  readonly answer: FlowAnswer | null;
  readonly fault: Fault | null;
  readonly busy: boolean;
  /** Whether a flow of before a reload is being looked up. */
  readonly loading: boolean;
  /** When the flow ends by itself, in milliseconds since 1970 by the clock of this machine. */
  readonly endsAt: number | undefined;
}

/** What a prompt's page sees of its flow. */
export interface FlowView extends Pick<Standing, 'answer' | 'fault' | 'busy' | 'endsAt'> {
  readonly name: FlowName;
  /** The address that was typed here, for password managers and for starting again. */
  readonly identifier: string;
  readonly submit: (answer: Answer) => Promise<Outcome>;
  /** Goes back from an enrolment to the choice and at once on from there, where `pick` finds its kind on offer. */
  readonly rechoose: (pick: (offer: OfferPrompt) => string | undefined) => Promise<Outcome>;
  /** Goes back to the beginning; the address stays. */
  readonly restart: () => void;
  /**
   * Starts the flow before anything is answered and without a word, for what its first prompt brings along; gives that
   * prompt. What was typed stays, and what is answered meanwhile goes first.
   */
  readonly prepare: () => Promise<Prompt | undefined>;
  /** Takes what the flow's events tell. */
  readonly hear: (answer: FlowAnswer) => void;
  /** Looks where the flow stands, quietly. */
  readonly look: () => Promise<void>;
  /** The prompt as it is now, also for what began before it was. */
  readonly promptNow: () => Prompt | undefined;
}

/** What the page that holds a flow can do beside. */
export interface Flow extends FlowView, Pick<Standing, 'loading'> {
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
  /** Whether it starts, and starts again, by itself. */
  readonly atOnce?: boolean;
  /** Runs each call: the account's pages ask for a fresh proof here and repeat the call. */
  readonly guard?: (question: () => Promise<FlowAnswer>) => Promise<FlowAnswer>;
  readonly onDone?: (answer: FlowAnswer) => void;
}

/** What a flow remembers between its answers without being drawn anew. */
interface UnderWay {
  options: FlowOptions;
  id: string | null;
  identifier: string;
  prompt: Prompt | undefined;
  running: boolean;
  /** Counts what was asked, so that an answer that comes too late is known. */
  turn: number;
}

type SetStanding = Dispatch<SetStateAction<Standing>>;

const nothing: Standing = { answer: null, fault: null, busy: false, loading: false, endsAt: undefined };

const isOver = ({ code }: ApiProblem): boolean => code === 'no-such-flow' || code === 'flow-over';

/** Remembers what is typed into the first prompt, whichever shape it has. */
const typedIdentifier = (answer: Answer, prompt: Prompt | undefined): string | undefined => {
  if ('identifier' in answer) return answer.identifier;
  return 'value' in answer && prompt?.ask === 'fill' && prompt.what === 'email' ? answer.value : undefined;
};

function holdOn(here: UnderWay, answer: FlowAnswer | null): void {
  here.id = answer?.id ?? null;
  here.prompt = answer?.prompt;
  // Before anything is answered there is nothing to go on with.
  if (here.options.inAddress) remember('flow', answer?.prompt.ask === 'credentials' ? null : here.id);
}

function take(here: UnderWay, set: SetStanding, answer: FlowAnswer, given: Answer = {}): Outcome {
  // No try is left: the server has closed this flow, and the page goes back to its beginning.
  const spent = answer.refused?.attemptsLeft === 0;
  holdOn(here, answer.done || spent ? null : answer);
  const fault = answer.refused ? refusalFault(answer.refused, given) : null;
  const endsAt = answer.done || spent ? undefined : hereTime(answer.expiresAt);
  set({ ...nothing, answer: spent ? null : answer, fault, endsAt });
  // One that was refused on another device is done too, and nothing came of it.
  if (answer.done && !answer.refused) here.options.onDone?.(answer);
  return answer.refused ? 'refused' : 'on';
}

function fail(here: UnderWay, set: SetStanding, problem: ApiProblem, given: Answer): Outcome {
  const over = isOver(problem);
  if (over) holdOn(here, null);
  const fault = problemFault(problem, given);
  set((before) => ({ ...(over ? nothing : before), fault, busy: false, loading: false }));
  return 'failed';
}

/** Asks the server: one question at a time; a second click or the Enter key while the first is under way does nothing. */
async function ask(
  here: UnderWay,
  set: SetStanding,
  question: () => Promise<FlowAnswer>,
  given: Answer = {},
): Promise<Outcome> {
  if (here.running) return 'failed';
  here.running = true;
  here.turn += 1;
  here.identifier = typedIdentifier(given, here.prompt) ?? here.identifier;
  set((before) => ({ ...before, busy: true }));
  try {
    return take(here, set, await (here.options.guard?.(question) ?? question()), given);
  } catch (thrown) {
    return fail(here, set, asProblem(thrown), given);
  } finally {
    here.running = false;
  }
}

type Deeds = Pick<
  Flow,
  'submit' | 'rechoose' | 'begin' | 'enter' | 'restart' | 'prepare' | 'hear' | 'look' | 'promptNow'
>;

/** Two answers as one question: the choice in between is not shown. */
async function backAndOn(flow: string, pick: Parameters<FlowView['rechoose']>[0]): Promise<FlowAnswer> {
  const choice = await answerFlow(flow, { accept: false });
  const kind = choice.prompt.ask === 'offer' ? pick(choice.prompt) : undefined;
  return kind === undefined ? choice : answerFlow(flow, { accept: kind });
}

/** Takes what was told of a flow, where it is news: how soon one may ask again changes all the time. */
function hear(here: UnderWay, set: SetStanding, answer: FlowAnswer): void {
  if (here.running || answer.id !== here.id) return;
  const { prompt: before } = here;
  const said = (prompt: Prompt | undefined): string => JSON.stringify({ ...prompt, resendAfter: undefined });
  if (!answer.done && said(answer.prompt) === said(before)) return;
  const ended = before?.ask === 'wait' && answer.prompt.ask === 'choose';
  take(here, set, ended ? { ...answer, refused: { code: 'wrong' } } : answer);
}

/** Looks at a flow. Where no answer comes nothing is said: who waits looks again. */
async function look(here: UnderWay, set: SetStanding): Promise<void> {
  const { id, turn } = here;
  if (id === null || here.running) return;
  try {
    hear(here, set, await seeFlow(id));
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (isOver(problem) && here.turn === turn && here.id === id) fail(here, set, problem, {});
  }
}

async function prepare(
  here: UnderWay,
  set: SetStanding,
  start: () => Promise<FlowAnswer>,
): Promise<Prompt | undefined> {
  const { turn } = here;
  // Where it fails, the first answer starts the flow, as it would without this.
  const answer = await start().catch(() => undefined);
  if (!answer || here.turn !== turn) return undefined;
  holdOn(here, answer);
  set((before) => ({ ...before, answer, endsAt: hereTime(answer.expiresAt) }));
  return answer.prompt;
}

/** What can be done with a flow. */
function deedsOf(here: UnderWay, set: SetStanding): Deeds {
  const start = (more: FlowBeginning) => startFlow(here.options.name, { ...here.options.start, ...more });
  const begin = (more: FlowBeginning = {}) => void ask(here, set, () => start(more));
  /** A sign-in that ended while its first page was open starts anew, and nobody notices. */
  const orStart = (answer: Answer) => (thrown: unknown) => {
    if (here.prompt?.ask !== 'credentials' || !('identifier' in answer) || !isOver(asProblem(thrown))) throw thrown;
    return start(answer);
  };
  return {
    begin,
    prepare: () => prepare(here, set, () => start({})),
    hear: (answer) => hear(here, set, answer),
    look: () => look(here, set),
    promptNow: () => here.prompt,
    submit: (answer) => {
      const flow = here.id;
      const question = () => (flow === null ? start(answer) : answerFlow(flow, answer).catch(orStart(answer)));
      return ask(here, set, question, answer);
    },
    rechoose: (pick) => {
      const flow = here.id;
      if (flow === null) return Promise.resolve('failed');
      return ask(here, set, () => backAndOn(flow, pick), { accept: false });
    },
    enter: (flow, answer) => void ask(here, set, () => answerFlow(flow, answer), answer),
    restart: () => {
      if (here.running) return;
      holdOn(here, null);
      set(nothing);
      if (here.options.atOnce) begin();
    },
  };
}

/** A flow and what can be done with it. */
export function useFlow(options: FlowOptions): Flow {
  const [found] = useState(() => (options.inAddress ? searched('flow') : null));
  const { current: here } = useRef<UnderWay>({
    options,
    id: found,
    identifier: '',
    prompt: undefined,
    running: false,
    turn: 0,
  });
  here.options = options;
  const [standing, set] = useState<Standing>({ ...nothing, loading: found !== null });
  const deeds = useMemo(() => deedsOf(here, set), [here]);
  useEffect(() => {
    if (found !== null) void ask(here, set, () => seeFlow(found));
    else if (here.options.atOnce) deeds.begin();
  }, [here, deeds, found]);
  return { ...standing, ...deeds, name: options.name, identifier: here.identifier };
}
