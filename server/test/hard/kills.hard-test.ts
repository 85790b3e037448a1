/**
 * A server that is killed in the middle of everything, again and again, on one SQLite file, with a real mail relay.
 * Whatever was acknowledged holds; what was cut off happened once or not at all.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { FlowAnswer } from '../../src/flows/prompt.ts';
import type { Answer, Browser, Problem } from '../browser.ts';
import { seededRandom } from '../given.ts';
import { goodPassword, register } from '../people.ts';
import { oathtool, Place, wrongCodes } from './place.ts';

const kills = 16;
const enrollers = 3;
/** Milliseconds between two mails that are asked for beside everything else. */
const betweenMails = 40;
/** As many wrong answers as a question takes. */
const guessesEach = 5;
/** The lease of a message whose sender was killed (delivery/outbox.ts), and a second to look. */
const leaseMs = 41_000;

type Said = Answer<FlowAnswer & Problem>;

/** What somebody knows at the moment of a kill. */
interface Diary {
  readonly address: string;
  uri: string;
  /** The enrolment was acknowledged. */
  enrolled: boolean;
  /** Codes that were sent, with what was heard: nothing where the wire was cut. */
  readonly sent: { readonly code: string; heard?: string }[];
}

/** One flow in which somebody guesses wrong, and how many answers were left at each acknowledged guess. */
interface Guesser {
  readonly address: string;
  readonly browser: Browser;
  readonly flow: FlowAnswer;
  readonly codes: string[];
  readonly left: number[];
}

describe(`${kills} kills`, () => {
  let place: Place;
  let people = 0;
  /** Addresses whose mail was acknowledged. */
  const promised: string[] = [];
  const diaries: Diary[] = [];
  const guessers: Guesser[] = [];
  /** By Message-ID: how often the relay had it when its row first said `sent`. */
  const known = new Map<string, number>();
  const seed = process.env.SECONDLOCK_TEST_SEED ?? String(randomInt(2 ** 31));
  const dice = seededRandom(seed);
  /** How long everything takes that people do when nothing is cut; kills come at any moment of it. */
  let usual = 0;
  let cut = false;
  const chance = (below: number): number => Buffer.from(dice(4)).readUInt32BE() % Math.ceil(below);

  before(async () => {
    place = await Place.open();
  });
  after(() => place?.[Symbol.asyncDispose]());

  const newAddress = (): string => {
    people += 1;
    return `person${people}@example.org`;
  };

  /** Everything that one person does, until the wire is cut. */
  async function enrolAndSignIn(diary: Diary): Promise<void> {
    const browser = place.browser();
    const { body: flow } = good(await browser.start('registration', { identifier: diary.address }));
    promised.push(diary.address);
    good(await browser.answer(flow, { code: await unlessKilled(place.codeFor(diary.address)) }));
    good(await browser.answer(flow, { password: goodPassword }));
    const { prompt } = good(await browser.answer(flow, { accept: 'totp' })).body;
    if (prompt.ask !== 'scan-and-code') throw new Error(JSON.stringify(prompt));
    diary.uri = prompt.uri;
    const said = await send(browser, flow, diary, oathtool(prompt.uri));
    diary.enrolled = said === 'keep';
    assert.equal(said, 'keep');
    good(await browser.answer(flow, { kept: true }));
    const other = place.browser();
    const { body: signIn } = good(await other.start('sign-in', { identifier: diary.address, password: goodPassword }));
    assert.equal(await send(other, signIn, diary, oathtool(prompt.uri, 1)), 'done');
  }

  /** Waiting for a mail ends with the server that sends it. */
  const unlessKilled = <T>(waiting: Promise<T>): Promise<T> => {
    waiting.catch(() => {});
    const killed = place.server.gone.then(() =>
      Promise.reject(Object.assign(new Error('killed'), { code: 'ECONNRESET' })),
    );
    return Promise.race([waiting, killed]);
  };

  async function send(browser: Browser, flow: FlowAnswer, diary: Diary, code: string): Promise<string> {
    const entry: Diary['sent'][number] = { code };
    diary.sent.push(entry);
    const { body, status } = await browser.answer(flow, { code });
    entry.heard = body.refused?.code ?? (status === 200 ? body.prompt.ask : String(status));
    return entry.heard;
  }

  async function sendMails(): Promise<void> {
    for (;;) {
      const address = newAddress();
      good(await place.browser().start('registration', { identifier: address }));
      promised.push(address);
      await pause(betweenMails);
    }
  }

  /** One guess at any moment before the wire is cut. */
  async function guessOn({ browser, flow, codes, left }: Guesser): Promise<void> {
    await pause(chance(usual / 3));
    const { body, text } = await browser.answer(flow, { code: codes.shift() ?? '' });
    assert.equal(body.refused?.code, 'wrong', text);
    left.push(body.refused.attemptsLeft ?? -1);
  }

  /** While the server is down: what the file says was sent must never be sent again. */
  async function noteSent(): Promise<void> {
    for (const { id } of await place.rows<{ id: string }>("select id from messages where state = 'sent'")) {
      const times = timesOf(id);
      assert.ok(times >= 1, `message ${id} is known as sent and never came`);
      const before = known.get(id);
      assert.ok(before === undefined || times === before, `message ${id}, known as sent, came again`);
      known.set(id, times);
    }
  }

  const timesOf = (id: string): number => place.relay.mails.filter((mail) => mail.id.startsWith(`<${id}@`)).length;

  /** After the restart: what was acknowledged holds. */
  async function check(diary: Diary): Promise<void> {
    if (diary.uri === '') return;
    const accepted = (): Promise<number> =>
      place.number(`select count(*) from events e join users u on u.id = e.user_id where u.email = '${diary.address}'
        and (type = 'proof.accepted' or type = 'factor.added')`);
    const browser = place.browser();
    const { body: flow } = await browser.start('sign-in', { identifier: diary.address, password: goodPassword });
    const asks = flow.prompt.ask === 'code' ? flow.prompt.kind : flow.prompt.ask;
    if (diary.enrolled) assert.equal(asks, 'totp', `${diary.address} has an acknowledged app and is asked ${asks}`);
    if (asks !== 'totp') return;
    for (const { code, heard } of diary.sent) {
      const taken = await accepted();
      const again = (await browser.answer(flow, { code })).body;
      const opened = again.done === true;
      assert.ok(!(opened && heard !== undefined), `${code} was answered ${heard} and opened again`);
      assert.equal(await accepted(), taken + (opened ? 1 : 0));
      if (opened) return;
    }
    assert.ok((await accepted()) <= diary.sent.length);
  }

  async function newGuesser(): Promise<void> {
    const address = `guessed${guessers.length}@example.org`;
    const { uri, password } = await register(place, 'totp', address);
    const browser = place.browser();
    const { body: flow } = await browser.start('sign-in', { identifier: address, password });
    guessers.push({ address, browser, flow, codes: wrongCodes(uri, guessesEach), left: [] });
  }

  async function round(): Promise<Diary[]> {
    const fresh = Array.from({ length: enrollers }, newDiary);
    const guessing = guessers.filter(({ codes }) => codes.length > 0);
    const actors = [...fresh.map(enrolAndSignIn), sendMails(), ...guessing.map(guessOn)].map((actor) =>
      actor.catch(unlessCut),
    );
    cut = false;
    await Promise.race([Promise.all(actors), pause(usual / 5 + chance(usual))]);
    cut = true;
    await place.kill();
    await Promise.all(actors);
    return fresh;
  }

  const newDiary = (): Diary => ({ address: newAddress(), uri: '', enrolled: false, sent: [] });

  /** A wire that is cut is what happens here; anything else is a fault. */
  function unlessCut(error: unknown): void {
    const wire = error instanceof Error && 'code' in error && /^ECONN|^EPIPE/.test(String(error.code));
    if (!cut || !wire) throw error;
  }

  test('FLOW-11 RATE-03 ENR-02 what was acknowledged holds, and no code is accepted twice', async (t) => {
    t.diagnostic(`seed ${seed} (SECONDLOCK_TEST_SEED)`);
    const begun = performance.now();
    await Promise.all(Array.from({ length: enrollers }, newDiary).map(enrolAndSignIn));
    usual = Math.round(performance.now() - begun);
    for (let turn = 0; turn < kills; turn += 1) {
      if (turn % guessesEach === 0) await newGuesser();
      const fresh = await round();
      diaries.push(...fresh);
      await noteSent();
      await place.start();
      await Promise.all(fresh.map(check));
    }
    const cutAt = (when: (diary: Diary) => boolean): number => diaries.filter(when).length;
    const enrolledOnes = cutAt((diary) => diary.enrolled);
    const cutCodes = cutAt((diary) => diary.sent.some(({ heard }) => heard === undefined));
    assert.ok(enrolledOnes >= 2, `only ${enrolledOnes} enrolments were acknowledged: the kills come too early`);
    assert.ok(enrolledOnes < diaries.length, 'nobody was cut off: the kills come too late');
    t.diagnostic(
      `a whole round takes ${usual} ms; ${diaries.length} people: ${cutAt((diary) => diary.uri === '')} cut before the picture, ${enrolledOnes} ` +
        `enrolments acknowledged, ${cutCodes} cut while a code was judged`,
    );
  });

  test('RATE-03 no attempt is forgotten', async (t) => {
    const histories: string[] = [];
    for (const { address, left, flow } of guessers) {
      for (const [at, now] of left.entries()) assert.ok(at === 0 || now < (left[at - 1] ?? 0), `${left}`);
      const counted = await place.number(
        `select attempts from challenges where flow_id = '${flow.id}' and kind = 'totp'`,
      );
      assert.ok(counted >= left.length, `${address}: ${left.length} acknowledged, ${counted} counted`);
      histories.push(`${left.join('>')}:${counted}`);
    }
    assert.ok(guessers.some(({ left }) => left.length > 0));
    t.diagnostic(`answers left, then what the file has counted: ${histories.join(', ')}`);
  });

  test('OOB-07 no acknowledged message is lost, and none that is known to have left leaves again', async (t) => {
    const missing = (): string[] => promised.filter((address) => place.relay.mailsTo(address).length === 0);
    const begun = Date.now();
    while (missing().length > 0 && Date.now() - begun < leaseMs + 10_000) await pause(100);
    assert.deepEqual(missing(), []);
    const waited = Math.round((Date.now() - begun) / 1000);
    await place.kill();
    await noteSent();
    const twice = promised.filter((address) => place.relay.mailsTo(address).length > 1).length;
    t.diagnostic(
      `${promised.length} messages acknowledged, all came, ${twice} of them twice; the last after ${waited} s`,
    );
  });
});

function good(said: Said): Said {
  assert.equal(said.status, 200, said.text);
  assert.equal(said.body.refused, undefined, said.text);
  return said;
}
