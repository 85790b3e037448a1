/** People who use a house: they register, enrol and sign in as a person does, through the front door. */
import assert from 'node:assert/strict';
import type { FlowAnswer, Prompt } from '../src/flows/prompt.ts';
import { appCode } from './authenticator.ts';
import type { Browser } from './browser.ts';
import type { House } from './house.ts';

/** A password that every profile takes. */
export const goodPassword = 'violet anchors drift under rain';

const step = 30_000;

/** Where people live: a house in memory, or servers on the wire. */
export type Town = Pick<House, 'browser' | 'codeFor' | 'clock' | 'setUpLink'>;

/** Somebody with an account. */
export interface Person {
  readonly address: string;
  password: string;
  readonly browser: Browser;
  /** The otpauth address of the authenticator app; empty where there is none. */
  uri: string;
  readonly codes: string[];
  paperKey: string;
  /** The app's code now. */
  readonly code: () => string;
  /** The app's code of the next step that was not used yet: moves the clock. */
  readonly nextCode: () => string;
}

/** What a registration turns on. */
export type TurnOn = 'totp' | 'email' | 'nothing';

let counter = 0;

/** An address that nobody has. */
export const newAddress = (): string => {
  counter += 1;
  return `person${counter}@example.org`;
};

/** A prompt of one kind, or a failed test. */
export function asked<A extends Prompt['ask']>(answer: FlowAnswer, ask: A): Extract<Prompt, { ask: A }> {
  assert.equal(answer.prompt?.ask, ask, JSON.stringify(answer));
  return answer.prompt as Extract<Prompt, { ask: A }>;
}

/** Registers somebody through every page and leaves them signed in. */
export async function register(house: Town, turnOn: TurnOn = 'totp', address = newAddress()): Promise<Person> {
  const browser = house.browser();
  const started = await browser.start('registration', { identifier: address });
  asked(started.body, 'code');
  return finishRegistration(house, browser, started.body, turnOn, address);
}

/** Sets up the first owner with the link that the start prints. */
export async function setUpOwner(house: Town, turnOn: TurnOn = 'totp', address = newAddress()): Promise<Person> {
  const browser = house.browser();
  const link = house.setUpLink?.split('#')[1];
  const started = await browser.start('set-up', { link });
  const named = await browser.answer(started.body, { value: address });
  return finishRegistration(house, browser, named.body, turnOn, address);
}

async function finishRegistration(
  house: Town,
  browser: Browser,
  flow: FlowAnswer,
  turnOn: TurnOn,
  address: string,
): Promise<Person> {
  const confirmed = await browser.answer(flow, { code: await house.codeFor(address) });
  asked(confirmed.body, 'new-password');
  const offered = await browser.answer(flow, { password: goodPassword });
  asked(offered.body, 'offer');
  const person = personAt(house, browser, address);
  if (turnOn === 'nothing') {
    const done = await browser.answer(flow, { accept: false });
    assert.equal(done.body.done, true, done.text);
    return person;
  }
  let turned = await browser.answer(flow, { accept: turnOn });
  if (turned.body.prompt.ask === 'scan-and-code') {
    person.uri = turned.body.prompt.uri;
    turned = await browser.answer(flow, { code: person.code() });
  }
  keepIn(person, turned.body);
  const done = await browser.answer(flow, { kept: true });
  assert.equal(done.body.done, true, done.text);
  return person;
}

/** Writes down what a keep page shows. */
export function keepIn(person: Person, answer: FlowAnswer): void {
  const kept = asked(answer, 'keep');
  if (kept.codes) person.codes.splice(0, person.codes.length, ...kept.codes);
  if (kept.paperKey) person.paperKey = kept.paperKey;
}

function personAt(house: Town, browser: Browser, address: string): Person {
  return {
    address,
    password: goodPassword,
    browser,
    uri: '',
    codes: [],
    paperKey: '',
    code() {
      return appCode(this.uri, house.clock.now);
    },
    nextCode() {
      house.clock.advance(step);
      return this.code();
    },
  };
}

/** Password only: the flow as it stands after it. */
export async function enterPassword(browser: Browser, person: Person): Promise<FlowAnswer> {
  const { body } = await browser.start('sign-in', { identifier: person.address, password: person.password });
  return body;
}

/** Signs in with the authenticator app, in a given browser. */
export async function signIn(browser: Browser, person: Person): Promise<FlowAnswer> {
  const flow = await enterPassword(browser, person);
  const { body, text } = await browser.answer(flow, { code: person.nextCode() });
  assert.equal(body.done, true, text);
  return body;
}

/** Chooses another way by its kind. */
export async function choose(browser: Browser, flow: FlowAnswer, kind: string): Promise<FlowAnswer> {
  const { prompt } = flow;
  const ways = 'others' in prompt ? prompt.others : prompt.ask === 'choose' ? prompt.options : [];
  const way = ways.find((one) => one.kind === kind);
  assert.ok(way, `no way ${kind} in ${JSON.stringify(prompt)}`);
  return (await browser.answer(flow, { choose: way.factorId })).body;
}

/** A fresh proof by the app. */
export async function stepUp(browser: Browser, person: Person): Promise<void> {
  const { body } = await browser.start('step-up');
  const done = await browser.answer(body, { code: person.nextCode() });
  assert.equal(done.body.done, true, done.text);
}
