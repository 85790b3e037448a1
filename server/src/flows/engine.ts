/**
 * The engine: one submit is counted, judged and committed here, for every step of every flow. Counting comes first,
 * judging outside any transaction, then one commit by compare-and-swap, then the messages leave. See
 * docs/decisions/0001-engine.md.
 */
import { type Circumstance, type Commit, commit } from '../accounts/commit.ts';
import { Problem } from '../errors.ts';
import type { Reveal } from '../factors/factor.ts';
import { randomId, randomToken } from '../security/random.ts';
import { clearAttempts } from '../storage/attempts.ts';
import { endFlow, insertFlow, swapFlow } from '../storage/flows.ts';
import { liveSession } from '../storage/sessions.ts';
import type { FlowRow, SessionRow } from '../storage/tables.ts';
import { lockUser } from '../storage/users.ts';
import { answerOf, type FlowResult } from './answer.ts';
import { writeAsked } from './ask.ts';
import { type Count, count, tellDisabled, tooMany } from './count.ts';
import type { Facts, Verdict } from './facts.ts';
import {
  type Asked,
  currentStep,
  type Entered,
  type Finished,
  type Flow,
  type Guess,
  type Judgement,
  Moved,
  type RuledOut,
  type Scene,
  type StartExtras,
  type Step,
} from './flow.ts';
import { flowNamed } from './index.ts';
import { type Answer, answers, type Refused } from './prompt.ts';
import { browserLane, hashOf, type Loaded, load, personOf, sealFacts } from './scene.ts';
import { TooManySent } from './sending/quotas.ts';

/** How a flow is started. */
export interface Start {
  readonly name: string;
  readonly transport: 'cookie' | 'token';
  readonly session: SessionRow | undefined;
  readonly extras: StartExtras;
  /** The first step's input, not yet parsed; undefined where there is none. */
  readonly input: Readonly<Record<string, unknown>> | undefined;
}

/** Starts a flow and submits the first input, where there is one. */
export async function startFlow(by: Omit<Circumstance, 'correlation'>, start: Start): Promise<FlowResult> {
  const flow = flowNamed(start.name);
  const id = randomId(by.deps.random);
  const circumstance = { ...by, correlation: id };
  const holder = randomToken(by.deps.random);
  const loaded = await begin(circumstance, flow, start, hashOf(start.transport, holder));
  const input = start.input ?? flow.firstInput?.(start.extras);
  const result = input
    ? await submit(circumstance, flow, loaded, input)
    : await moveOn(circumstance, flow, loaded, undefined, { verdict: { is: 'asked' } });
  return { ...result, holder };
}

async function begin(by: Circumstance, flow: Flow, start: Start, holderHash: string): Promise<Loaded> {
  if (start.extras.action !== undefined && !flow.takesAction) {
    throw new Problem('bad-request', { fields: [{ field: 'action', why: `${flow.name} takes none` }] });
  }
  const now = by.deps.now();
  const session = flow.session ? start.session : undefined;
  if (flow.session && !session) throw new Problem('not-signed-in');
  const person = session && (await personOf(by, session.user_id));
  const facts = await flow.begin({ by, now, session, person }, start.extras);
  const row: FlowRow = {
    tenant: by.tenant.id,
    id: by.correlation,
    name: flow.name,
    transport: start.transport,
    holder_hash: holderHash,
    user_id: facts.userId ?? null,
    epoch: facts.epoch ?? null,
    session_id: session?.id ?? null,
    step: '',
    facts: '',
    version: 0,
    address: by.source.address,
    browser: by.source.browser,
    created_at: now,
    expires_at: now + flow.lifetime,
    done_at: null,
  };
  return { row, scene: { by, flow: row, facts, now, person, challenges: [], session } };
}

/** A flow's state; never sends. */
export async function lookAt(by: Circumstance, id: string, holderHash: string | undefined): Promise<FlowResult> {
  const loaded = await load(by, id, holderHash);
  return answerOf(flowNamed(loaded.row.name), loaded.row, loaded.scene);
}

/** Takes an answer for a flow. */
export async function submitTo(
  by: Circumstance,
  id: string,
  holderHash: string | undefined,
  input: Readonly<Record<string, unknown>>,
): Promise<FlowResult> {
  const loaded = await load(by, id, holderHash);
  const flow = flowNamed(loaded.row.name);
  return submit(by, flow, loaded, input, () => load(by, id, holderHash));
}

async function submit(
  by: Circumstance,
  flow: Flow,
  first: Loaded,
  input: Readonly<Record<string, unknown>>,
  again: () => Promise<Loaded> = async () => ({ ...first, scene: { ...first.scene } }),
): Promise<FlowResult> {
  const step = stepOf(flow, first);
  const answer = collected(step, first.scene, parseAnswer(step, input));
  if (Object.keys(answer).length === 0) return answerOf(flow, first.row, first.scene);
  const guess = await step.guess?.(first.scene, answer);
  const place = guess?.slow ? by.deps.hasher.admit(by.source.network) : undefined;
  try {
    const counted = guess ? await count(by, guess) : undefined;
    if (counted?.is === 'limited') {
      if (counted.reason === 'disabled' && guess?.challengeId) return refuse(flow, first, { code: 'unavailable' });
      throw tooMany(counted.retryAfter);
    }
    if (counted?.is === 'spent') return refuse(flow, first, { code: 'expired' });
    const judged = async (loaded: Loaded): Promise<FlowResult> => {
      const judgement = await step.judge(loaded.scene, answer);
      if (judgement.verdict.is === 'no') return refused(by, flow, loaded, judgement, counted, guess);
      return moveOn(by, flow, loaded, step, judgement, guess);
    };
    try {
      return await judged(first);
    } catch (error) {
      if (!(error instanceof Moved)) throw error;
    }
    // Somebody was faster: judge once more on what they left, without a second attempt.
    const fresh = await again();
    if (fresh.row.done_at !== null || stepOf(flow, fresh).name !== step.name) {
      return refuse(flow, fresh, { code: 'replayed' });
    }
    return await judged(fresh).catch((error: unknown) => {
      if (error instanceof Moved) throw new Problem('flow-over');
      throw error;
    });
  } finally {
    place?.release();
  }
}

/** An empty answer looks again, and collects what another device has answered meanwhile. */
const collected = (step: Step, scene: Scene, answer: Answer): Answer =>
  Object.keys(answer).length === 0 ? (step.collect?.(scene) ?? answer) : answer;

function stepOf(flow: Flow, { row, scene }: Loaded): Step {
  const step = row.done_at === null ? currentStep(flow, scene.facts) : undefined;
  if (!step) throw new Problem('flow-over');
  return step;
}

/** Exactly one of the shapes that the step takes; anything else is a broken promise and costs no attempt. */
function parseAnswer(step: Step, input: Readonly<Record<string, unknown>>): Answer {
  for (const shape of ['empty', ...step.takes] as const) {
    const parsed = answers[shape].safeParse(input);
    if (parsed.success) return parsed.data;
  }
  throw new Problem('bad-request', { fields: faultsOf(step, input) });
}

/** Which fields are wrong: where the names fit one of the shapes, why; else each name, with what the step takes. */
function faultsOf(step: Step, input: Readonly<Record<string, unknown>>) {
  const names = Object.keys(input).slice(0, 5);
  const meant = step.takes.find((shape) => names.every((name) => name in answers[shape].shape));
  const issues = meant === undefined ? [] : (answers[meant].safeParse(input).error?.issues ?? []);
  if (issues.length > 0) {
    return issues.slice(0, 5).map(({ path, message }) => ({ field: path.map(String).join('.'), why: message }));
  }
  const why = `the step ${step.name} takes ${step.takes.join(', ')}`;
  return names.map((field) => ({ field: field.slice(0, 40), why }));
}

function refuse(flow: Flow, { row, scene }: Loaded, refused: Refused): FlowResult {
  return answerOf(flow, row, scene, { refused });
}

/** A wrong answer commits its event without a swap, and ends the flow where the verdict says so. */
async function refused(
  by: Circumstance,
  flow: Flow,
  loaded: Loaded,
  judgement: Judgement,
  counted: Count | undefined,
  guess: Guess | undefined,
): Promise<FlowResult> {
  const { verdict } = judgement;
  if (verdict.is !== 'no') throw new Error('refused takes a refusal');
  const left = counted?.is === 'counted' ? counted.left : undefined;
  const over = verdict.ends === true || left === 0;
  const row = await commit(by, async (c) => {
    await judgement.refuse?.(c);
    if (guess && counted?.is === 'counted' && counted.last) await tellDisabled(c, guess);
    if (loaded.row.version === 0)
      return insertNew(c, loaded, loaded.scene.facts, currentStep(flow, loaded.scene.facts));
    if (over) await endFlow(c.tx, loaded.row.id, c.now);
    return loaded.row;
  });
  const refusedAnswer = left === undefined ? verdict.refused : { ...verdict.refused, attemptsLeft: left };
  return answerOf(flow, row, loaded.scene, { refused: refusedAnswer });
}

/** Learns from a verdict, enters the next step and commits it all. */
async function moveOn(
  by: Circumstance,
  flow: Flow,
  loaded: Loaded,
  step: Step | undefined,
  judgement: Judgement,
  guess?: Guess,
): Promise<FlowResult> {
  const { scene, row } = loaded;
  const { verdict } = judgement;
  const learned = step ? step.learn(scene.facts, verdict) : scene.facts;
  const next = currentStep(flow, learned);
  const same = learned.userId === scene.person?.user.id;
  const known = same && learned.purpose !== 'recovery';
  const person = judgement.person ?? (known ? scene.person : await personOf(by, learned.userId));
  const after = { ...scene, facts: learned, person };
  const entered: Entered = judgement.asking ? { asking: judgement.asking } : await enter(next, step, verdict, after);
  const { asking: entering, ruledOut = [], facts: found } = entered;
  const lane = entering?.send ? await browserLane(after) : 'other';
  const moved = commit(by, async (c) => {
    await holdStill(c, learned, row);
    if (guess) await clearAttempts(c.tx, guess);
    const extra = await judgement.write?.(c);
    for (const { tell } of ruledOut) await tell(c);
    const facts = { ...without(learned, ruledOut), ...found, ...extra };
    if (currentStep(flow, facts)?.name !== next?.name) throw new Error('what a commit learns must not change the step');
    const first = row.version === 0;
    const wait = entering ? await writeAsked(c, { ...after, facts }, entering, { lane, first }) : undefined;
    // What was proved stays proved, though nothing may be sent now; without a proof nothing happens at all.
    if (wait !== undefined && !guess) throw new TooManySent(wait, entering?.send?.channel ?? '');
    const finished = next ? undefined : await flow.finish(c, { ...after, facts });
    const kept = await keep(c, loaded, facts, next);
    const refused = refusalOf(wait, ruledOut);
    return shown(flow, kept, { ...after, facts }, wait === undefined ? entering : undefined, finished, refused);
  });
  const stirred = moved.then((result) => {
    const { factorId } = entering?.challenge ?? {};
    if (factorId) by.deps.watch.stirDevice(by.tenant.id, factorId);
    return result;
  });
  return stirred.catch(async (error: unknown) => {
    if (!(error instanceof TooManySent)) throw error;
    const details = { channel: error.channel, reason: 'quota' };
    await commit(by, (c) => c.record({ type: 'sending.refused', userId: learned.userId ?? null, details }));
    throw tooMany(error.retryAfter);
  });
}

/** A step is entered when it becomes current, and when another question is asked for. */
async function enter(next: Step | undefined, step: Step | undefined, verdict: Verdict, after: Scene): Promise<Entered> {
  if (!next?.enter || (next.name === step?.name && verdict.is !== 'asked')) return {};
  return next.enter(after, verdict.is === 'asked' && verdict.again === true);
}

/** The facts, and what this flow asks no more. */
const without = (facts: Facts, ruledOut: readonly RuledOut[]): Facts =>
  ruledOut.length === 0
    ? facts
    : { ...facts, ruledOut: [...(facts.ruledOut ?? []), ...ruledOut.map(({ factorId }) => factorId)] };

/** What a step that was entered could not do: send now, or send there at all. */
function refusalOf(wait: number | undefined, ruledOut: readonly RuledOut[]): Refused | undefined {
  if (wait !== undefined) return { code: 'limited', retryAfter: wait };
  return ruledOut.length > 0 ? { code: 'unavailable' } : undefined;
}

/** First of every commit: the user's row, locked, with the epoch that the flow knew; and the session, still live. */
async function holdStill(c: Commit, facts: Facts, row: FlowRow): Promise<void> {
  // An unknown user runs the same statement, so that time tells nothing.
  const user = await lockUser(c.tx, facts.userId ?? '');
  if (facts.userId !== undefined && (user?.epoch !== facts.epoch || user?.state !== 'active')) {
    throw new Moved('the user has changed');
  }
  if (row.session_id !== null && !(await liveSession(c.tx, row.session_id, c.now))) throw new Problem('flow-over');
}

async function keep(c: Commit, { row }: Loaded, facts: Facts, next: Step | undefined): Promise<FlowRow> {
  if (row.version === 0) return insertNew(c, { row }, facts, next);
  const change = changeOf(c, row, facts, next);
  if (!(await swapFlow(c.tx, row, change))) throw new Moved('the flow has moved');
  return { ...row, ...change, version: row.version + 1 };
}

const changeOf = (c: Commit, row: FlowRow, facts: Facts, next: Step | undefined) => ({
  facts: sealFacts({ ...c, correlation: row.id }, row.id, facts),
  step: next?.name ?? 'done',
  user_id: facts.userId ?? null,
  epoch: facts.epoch ?? null,
  done_at: next ? null : c.now,
});

async function insertNew(
  c: Commit,
  { row }: Pick<Loaded, 'row'>,
  facts: Facts,
  next: Step | undefined,
): Promise<FlowRow> {
  const fresh = { ...row, ...changeOf(c, row, facts, next), version: 1 };
  const { tenant: _, ...columns } = fresh;
  await insertFlow(c.tx, columns);
  return fresh;
}

function shown(
  flow: Flow,
  row: FlowRow,
  scene: Loaded['scene'],
  entering: Asked | undefined,
  finished: Finished | undefined,
  refused: Refused | undefined,
): FlowResult {
  const challenges = entering ? [entering.challenge, ...scene.challenges] : scene.challenges;
  const reveal: Reveal | undefined = entering?.reveal;
  return answerOf(flow, row, { ...scene, challenges }, { reveal, finished, refused });
}
