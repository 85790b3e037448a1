/**
 * Who has an account cannot be told from answers: not from what they say, and not from how long they take.
 *
 * The classes are sampled one request after the other, in one order of all samples that chance chooses, so whatever the
 * machine does besides, and whatever an answer leaves for the server to do after it, befalls all classes alike: where the
 * server treats them alike, the labels could be exchanged, and the Kolmogorov-Smirnov test says "different" with at most
 * the chance `alpha`. All comparisons of this file together raise a false alarm once in a thousand runs (Bonferroni).
 * Nothing is measured twice and nothing is left out.
 */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Browser } from '../browser.ts';
import { goodPassword, register } from '../people.ts';
import { Place } from './place.ts';
import { median, sameDistribution, shuffled, smallestFound } from './statistics.ts';

const samples = 220;
/** Milliseconds between two requests that send mails, so that the last mail has left. */
const breath = 30;
const comparisons = 7;
const falseAlarms = 0.001;
const alpha = falseAlarms / comparisons;

/** One request of a class: `turn` counts from 0. */
type Ask = (turn: number, browser: Browser) => Promise<Answer<unknown>>;

describe(`RATE-08 REC-06 ${samples} samples each`, () => {
  let place: Place;
  let compared = 0;
  before(async () => {
    place = await Place.open();
    await register(place, 'nothing', 'model@example.org');
    for (const kind of ['wrong', 'taken', 'known', 'locked']) await people(kind, 'active');
    for (const kind of ['barred', 'closed']) await people(kind, 'disabled');
  });
  after(() => place?.[Symbol.asyncDispose]());

  /** Names of one length that begin alike: answers repeat what was typed, masked. */
  const address = (kind: string, number: number): string => `a-${kind.padEnd(8, 'x')}${100 + number}@example.org`;
  /** How often one identifier is used: no pause is due before the fifth guess, no quota before the seventh mail. */
  const uses = 4;
  const several = samples / uses;
  const nameOf = (kind: string, turn: number): string => address(kind, turn % several);

  /** Accounts like the model's, with its password. */
  async function people(kind: string, state: string): Promise<void> {
    const names = Array.from({ length: several }, (_, number) => address(kind, number));
    const columns = 'locale, password_hash, password_changed_at, epoch';
    for (const name of names) {
      await place.rows(`insert into users (tenant, id, handle, name, email, email_canonical, ${columns}, state, created_at)
        select tenant, '${name}', '${name}', name, '${name}', '${name}', ${columns}, '${state}', created_at
        from users where email = 'model@example.org'`);
    }
  }

  /** What an answer says, without ids and times. */
  function heard({ status, text, headers }: Answer<unknown>): string {
    const id = /"id":"([\w-]+)"/.exec(text)?.[1] ?? 'no id';
    const kept = [...headers].filter(([name]) => name !== 'date').map((pair) => pair.join(': '));
    return [status, ...kept, text]
      .join('\n')
      .replaceAll(id, 'ID')
      .replaceAll(id.slice(0, 12), 'ID')
      .replace(/(flow-ID=)[\w-]{43}/, '$1SECRET')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME')
      .replace(/(Max-Age=|retry-after: |"retryAfter":)\d+/gi, '$1SECONDS');
  }

  /** Takes the samples and compares each class with that of unknown users. */
  async function alike(t: TestContext, classes: Readonly<Record<string, Ask>>, rest = 0): Promise<void> {
    const times = Object.fromEntries(Object.keys(classes).map((name) => [name, [] as number[]]));
    const said = new Set<string>();
    const all = Object.entries(classes).flatMap(([name, ask]) =>
      Array.from({ length: samples }, (_, turn) => ({ name, ask, turn })),
    );
    for (const { name, ask, turn } of shuffled(all)) {
      // From an address of its own, since sources have quotas. The connection is opened before the clock starts.
      const browser = place.browser();
      await browser.get('/livez');
      if (rest > 0) await pause(rest);
      const begun = performance.now();
      const answer = await ask(turn, browser);
      times[name]?.push(performance.now() - begun);
      said.add(heard(answer));
    }
    assert.equal(said.size, 1, [...said].join('\n\n'));
    const { unknown = [], ...others } = times;
    const found = smallestFound(unknown, alpha);
    t.diagnostic(`unknown: median ${median(unknown).toFixed(2)} ms; a delay of ${found.toFixed(2)} ms would be found`);
    for (const [name, each] of Object.entries(others)) {
      compared += 1;
      const p = sameDistribution(unknown, each);
      t.diagnostic(`${name}: median ${median(each).toFixed(2)} ms, p = ${p.toPrecision(3)}`);
      assert.ok(p >= alpha, `${name} differs from unknown: p = ${p.toPrecision(3)}, less than ${alpha.toPrecision(2)}`);
    }
  }

  const signIn =
    (kind: string, password: string): Ask =>
    (turn, browser) =>
      browser.start('sign-in', { identifier: nameOf(kind, turn), password });

  const name =
    (flow: string, kind: string): Ask =>
    (turn, browser) =>
      browser.start(flow, { identifier: nameOf(kind, turn) });

  test('RATE-08 sign-in: unknown user, wrong password, disabled account with the right one', async (t) => {
    await alike(t, {
      unknown: signIn('unknown', 'quite another password'),
      wrong: signIn('wrong', 'quite another password'),
      'disabled, right password': signIn('barred', goodPassword),
    });
  });

  test('RATE-08 sign-in while locked: nobody, and somebody with the right password', async (t) => {
    const browser = place.browser();
    for (let number = 0; number < several; number += 1) {
      for (const kind of ['locked', 'unlocked']) await signIn(kind, 'wrong')(number, browser);
    }
    await place.rows(`update attempts set count = 10, open_at = ${Date.now() + 30 * 60_000} where count = 1`);
    await alike(t, { unknown: signIn('unlocked', goodPassword), locked: signIn('locked', goodPassword) });
  });

  test('RATE-08 registration: an address that is free, and one that has an account', async (t) => {
    await alike(t, { unknown: name('registration', 'free'), known: name('registration', 'taken') }, breath);
  });

  test('REC-06 recovery: unknown, known, disabled, locked', async (t) => {
    await alike(
      t,
      {
        unknown: name('recovery', 'nobody'),
        known: name('recovery', 'known'),
        disabled: name('recovery', 'closed'),
        locked: name('recovery', 'locked'),
      },
      breath,
    );
  });

  test('the level holds for all comparisons together', () => assert.ok(compared <= comparisons, `${compared}`));
});
