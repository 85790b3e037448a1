/** People who approve on a phone: how one is paired, and how far a sign-in goes until the phone is asked. */
import assert from 'node:assert/strict';
import type { FlowAnswer } from '../../../src/flows/prompt.ts';
import type { Browser } from '../../browser.ts';
import { asked, enterPassword, keepIn, type Person, register, type Town } from '../../people.ts';
import { Phone } from '../../phone.ts';

/** Stands before the picture that a phone scans. */
export async function beginPairing(browser: Browser): Promise<{ flow: FlowAnswer; uri: string }> {
  const { body: flow, text } = await browser.start('enrolment', { kind: 'push' });
  const { uri = '' } = asked(flow, 'wait');
  assert.ok(uri, text);
  return { flow, uri };
}

/** Pairs a phone, as far as the page has taken it. */
export async function pairPhone(town: Town, person: Person, phone = new Phone(town)): Promise<Phone> {
  const { flow, uri } = await beginPairing(person.browser);
  const paired = await phone.pair(uri);
  assert.equal(paired.status, 200, paired.text);
  let answer = await person.browser.answer(flow, {});
  if (answer.body.prompt?.ask === 'keep') {
    keepIn(person, answer.body);
    answer = await person.browser.answer(flow, { kept: true });
  }
  assert.equal(answer.body.done, true, answer.text);
  return phone;
}

/** Somebody with a phone. */
export interface Owner extends Person {
  readonly phone: Phone;
}

/** Somebody whose only second factor is a phone. */
export async function withPhone(town: Town): Promise<Owner> {
  const person = await register(town, 'nothing');
  return Object.assign(person, { phone: await pairPhone(town, person) });
}

/** What a page shows that waits for a phone. */
export interface Asked {
  readonly browser: Browser;
  readonly flow: FlowAnswer;
  readonly number: string;
}

/** Enters the password and stands before the number. */
export async function askPhone(town: Town, person: Person, browser = town.browser()): Promise<Asked> {
  const flow = await enterPassword(browser, person);
  return { browser, flow, number: numberIn(flow) };
}

/** The number that a page shows. */
export function numberIn(flow: FlowAnswer): string {
  const { kind, number = '' } = asked(flow, 'wait');
  assert.equal(kind, 'push');
  assert.match(number, /^\d{2}$|^\d{6}$/);
  return number;
}

/** Signs in with the phone and gives the finished flow. */
export async function signInByPhone(town: Town, owner: Owner, browser = town.browser()): Promise<FlowAnswer> {
  const { flow, number } = await askPhone(town, owner, browser);
  const told = await owner.phone.approve(number);
  assert.equal(told.body.is, 'approved', told.text);
  const { body, text } = await browser.answer(flow, {});
  assert.equal(body.done, true, text);
  return body;
}
