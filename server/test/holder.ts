/** Somebody who holds a factor: enrols it as a person would, and answers from what was shown or sent, never from inside. */
import assert from 'node:assert/strict';
import type { AnyFactorKind, Given, Question } from '../src/factors/factor.ts';
import { appCode } from './authenticator.ts';

/** A factor and the one who can answer for it. */
interface Holder {
  /** What the server keeps. */
  readonly data: unknown;
  /** The right answer; every call takes another code where there is a list of them. */
  answer(question: Question, now: number): string;
}

/** Goes through a whole enrolment. */
export async function enrol(kind: AnyFactorKind, given: Given): Promise<Holder> {
  const begun = await kind.beginEnrolment(given);
  if ('done' in begun) return { data: begun.done, answer: answerer() };
  const answer = answerer(begun);
  const first = begun.prompt.ask === 'keep' ? 'kept' : answer(begun, given.now);
  const verdict = await kind.finishEnrolment(given, begun.pending, first);
  assert.ok(verdict.is === 'ok', `${kind.kind}: the right answer ends the enrolment`);
  return { data: verdict.data, answer };
}

/** Answers from what an enrolment showed: a paper in a drawer, an app that scanned the picture, or the mailbox. */
export function answerer(shown?: Question): Holder['answer'] {
  const paper = [...(shown?.reveal?.codes ?? []), ...(shown?.reveal?.paperKey ? [shown.reveal.paperKey] : [])];
  const uri = shown?.prompt.ask === 'scan-and-code' ? shown.prompt.uri : undefined;
  return (question, now) => {
    const answer = question.send?.parameters.code ?? (uri ? appCode(uri, now) : paper.shift());
    assert.ok(answer !== undefined, 'the holder knows an answer');
    return answer;
  };
}
