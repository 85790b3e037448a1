/** Somebody who holds a factor: enrols it as a person would, and answers from what was shown or sent, never from inside. */
import assert from 'node:assert/strict';
import type { AnyFactorKind, Given, Question } from '../src/factors/factor.ts';
import { type Algorithm, hotp } from '../src/factors/oath/oath.ts';
import { appCode } from './authenticator.ts';
import { testChallenge, tokensInStore } from './given.ts';
import { signingPhone } from './peers/signing-phone.ts';
import { SoftwareKey } from './peers/webauthn/software-key.ts';
import { validationServer, YubiKey } from './peers/yubico.ts';

/** A factor and the one who can answer for it. */
export interface Holder {
  /** What the server keeps. */
  readonly data: unknown;
  /** The right answer; every call takes another code where there is a list of them. */
  answer(question: Question, now: number): string;
}

/** An enrolment that was begun: the question that its proof answers, and who answers. */
interface Begun extends Question {
  readonly answer: Holder['answer'];
}

/** What people fill in before a code is asked for; two of each, for two people. */
const filledIn = { phone: ['+49 1512 3456789', '+49 1512 3456788'], serial: ['T-1', 'T-2'] } as const;

/** Begins an enrolment and fills in what is asked for first. `which` of two people does it. */
export async function begin(kind: AnyFactorKind, given: Given, which: 0 | 1 = 0): Promise<Begun | { done: unknown }> {
  const begun = await kind.beginEnrolment(given);
  if ('done' in begun) return { done: begun.done };
  if (kind.kind === 'yubikey') return { ...begun, answer: toucher(which) };
  if (begun.prompt.ask !== 'fill') return { ...begun, answer: answerer(begun) };
  const value = filledIn[begun.prompt.what][which];
  const more = await kind.finishEnrolment(given, begun.pending, value);
  assert.ok(more.is === 'more', `${kind.kind}: what is filled in leads to a code`);
  return { ...more.question, answer: answerer(more.question, value) };
}

/** Goes through a whole enrolment. */
export async function enrol(kind: AnyFactorKind, given: Given): Promise<Holder> {
  const begun = await begin(kind, given);
  if ('done' in begun) return { data: begun.done, answer: answerer() };
  const { answer } = begun;
  const first = begun.prompt.ask === 'keep' ? 'kept' : answer(begun, given.now);
  const verdict = await kind.finishEnrolment(given, begun.pending, first);
  assert.ok(verdict.is === 'ok', `${kind.kind}: the right answer ends the enrolment`);
  return { data: verdict.data, answer };
}

/**
 * Answers from what an enrolment showed: a paper in a drawer, an app that scanned the picture, the mailbox, a token, an
 * authenticator that made a key.
 */
function answerer(shown?: Question, serial?: string): Holder['answer'] {
  if (shown?.prompt.ask === 'passkey-create') return keyHolder();
  if (shown?.prompt.ask === 'wait' && shown.prompt.uri) return phoneHolder();
  const paper = [...(shown?.reveal?.codes ?? []), ...(shown?.reveal?.paperKey ? [shown.reveal.paperKey] : [])];
  const uri = shown?.prompt.ask === 'scan-and-code' ? shown.prompt.uri : undefined;
  const press = button(serial);
  return (question, now) => {
    const answer = question.send?.parameters.code ?? (uri ? appCode(uri, now) : (press?.() ?? paper.shift()));
    assert.ok(answer !== undefined, 'the holder knows an answer');
    return answer;
  };
}

/** A passkey: what the options ask for is made or signed as a browser passes it on. */
function keyHolder(): Holder['answer'] {
  const key = SoftwareKey.make();
  return ({ prompt }) => {
    assert.ok(prompt.ask === 'passkey-create' || prompt.ask === 'passkey-use');
    const options = prompt.options as never;
    return JSON.stringify(prompt.ask === 'passkey-create' ? key.register(options) : key.assert(options));
  };
}

/** A phone that scans the QR code, and on which its owner types the number of the page. */
function phoneHolder(): Holder['answer'] {
  const phone = signingPhone();
  return ({ prompt }) => {
    assert.ok(prompt.ask === 'wait');
    return prompt.uri ? phone.pair(prompt.uri) : phone.approve(testChallenge, prompt.number ?? '');
  };
}

/** Touches a YubiKey. The second person's is one of another house: the validation server here does not know it. */
function toucher(which: 0 | 1): () => string {
  const key = new YubiKey();
  if (which === 0) validationServer.learn(key);
  return () => key.touch();
}

/** The button of a token that stands in the store room: each press shows the next code. */
function button(serial: string | undefined): (() => string) | undefined {
  const token = tokensInStore.find((one) => one.serial === serial);
  if (!token) return undefined;
  const { secret, algorithm, digits } = token.data as { secret: string; algorithm: Algorithm; digits: number };
  let counter = 0;
  return () => hotp({ secret: Buffer.from(secret, 'base64'), algorithm, digits }, counter++);
}
