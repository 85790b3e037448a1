/**
 * Runs in a thread of its own, because the dictionaries take some 60 MB and a hostile password a good part of a second:
 * the thread ends when nobody chooses a password, and meanwhile the server answers.
 */
import { parentPort } from 'node:worker_threads';
import { type OptionsType, ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

/** What the thread is asked. `password` is at most 128 code points. */
export interface StrengthQuestion {
  readonly id: number;
  readonly password: string;
  readonly own: readonly string[];
}

/** What it answers: the score from 0 to 4, whether the whole is a common password, and what to do better. */
export interface StrengthAnswer {
  readonly id: number;
  readonly score: number;
  readonly common: boolean;
  readonly advice: readonly string[];
}

/** The estimate grows steeply with the length; what comes behind this is not needed to be strong. */
const judged = 48;
/** Two of these in a row are as easily tried as one: leaked lists of long passwords hold little else. */
const pairable = 10_000;

const list = common.dictionary['passwords-common'].map(String);
const passwords = new Set(list);
const frequent = new Set(list.slice(0, pairable));

const options: OptionsType = {
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  maxLength: judged,
  // Each further substitution multiplies the work; an attacker's lists do not go further either.
  l33tMaxSubstitutions: 16,
};
const estimator = new ZxcvbnFactory(options);

const adviceOn: Readonly<Record<string, string>> = {
  straightRow: 'avoid-sequences',
  keyPattern: 'avoid-sequences',
  sequences: 'avoid-sequences',
  simpleRepeat: 'avoid-repeats',
  extendedRepeat: 'avoid-repeats',
  repeated: 'avoid-repeats',
  recentYears: 'avoid-dates',
  associatedYears: 'avoid-dates',
  dates: 'avoid-dates',
  topTen: 'avoid-common',
  topHundred: 'avoid-common',
  common: 'avoid-common',
  similarToCommon: 'avoid-common',
  wordByItself: 'avoid-common',
  namesByThemselves: 'avoid-names',
  commonNames: 'avoid-names',
  userInputs: 'avoid-own-words',
};

/** Whole and case-folded: on the list, one of the list over and over, or two of the frequent ones in a row. */
function isCommon(password: string): boolean {
  const text = password.toLowerCase();
  if (passwords.has(text)) return true;
  for (let at = 1; at < text.length; at += 1) {
    const head = text.slice(0, at);
    if (frequent.has(head) && frequent.has(text.slice(at))) return true;
    if (text.length % at === 0 && passwords.has(head) && head.repeat(text.length / at) === text) return true;
  }
  return false;
}

function answer({ id, password, own }: StrengthQuestion): StrengthAnswer {
  const { score, feedback } = estimator.check(password, [...own]);
  const remarks = [feedback.warning ?? '', ...feedback.suggestions].map((remark) => adviceOn[remark]);
  const advice = remarks.filter((key) => key !== undefined);
  return { id, score, common: isCommon(password), advice: [...new Set(advice)] };
}

parentPort?.on('message', (question: StrengthQuestion) => {
  parentPort?.postMessage(answer(question));
});
