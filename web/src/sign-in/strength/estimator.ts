/** The estimator of password strength. Its word lists are large, so it lives in a worker and comes when it is needed. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import type { Estimate, Question } from './verdict.ts';

/** As the server judges: what comes behind this is not needed to be strong. */
const judged = 72;
const dictionary = { ...common, ...english };
const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: judged });

self.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  const { score, feedback } = estimator.check(data.password, [...data.own]);
  const advice = [feedback.warning, ...feedback.suggestions].filter((key): key is string => Boolean(key));
  self.postMessage({ n: data.n, score, advice } satisfies Estimate);
});
