/** People with phones: numbers that nobody has, and how one is added, as a person does. */
import assert from 'node:assert/strict';
import type { FlowAnswer } from '../../../src/flows/prompt.ts';
import { factorsOf, type Listed } from '../../account.ts';
import type { Browser } from '../../browser.ts';
import type { House } from '../../house.ts';
import { asked, choose, enterPassword, keepIn, type Person, register } from '../../people.ts';

let counter = 0;

/** A number of the range that is kept for stories (555-0100 to 555-0199), in one area code after the other. */
export function newNumber(): string {
  const areas = ['202', '303', '404', '212', '312', '415', '512', '602', '617', '702'];
  const number = `+1${areas[Math.floor(counter / 100) % areas.length]}555${String(100 + (counter % 100)).padStart(4, '0')}`;
  counter += 1;
  return number;
}

/** Fills a number in, up to the question for its code. */
export async function fillIn(browser: Browser, number: string): Promise<FlowAnswer> {
  const { body: flow, text } = await browser.start('enrolment', { kind: 'sms' });
  assert.equal(flow.prompt?.ask, 'fill', text);
  return (await browser.answer(flow, { value: number })).body;
}

/** Adds a number, with the code that is texted to it. */
export async function addPhone(house: House, person: Person, number = newNumber()): Promise<Listed> {
  const before = new Set((await factorsOf(person.browser)).map(({ id }) => id));
  const flow = await fillIn(person.browser, number);
  asked(flow, 'code');
  let answer = await person.browser.answer(flow, { code: await house.smsCodeFor(number) });
  if (answer.body.prompt?.ask === 'keep') {
    keepIn(person, answer.body);
    answer = await person.browser.answer(flow, { kept: true });
  }
  assert.equal(answer.body.done, true, answer.text);
  const added = (await factorsOf(person.browser)).find(({ id, kind }) => kind === 'sms' && !before.has(id));
  assert.ok(added);
  return added;
}

/** Somebody whose only second factor is a number. */
export async function withPhone(house: House, number = newNumber()): Promise<Person & { readonly number: string }> {
  const person = await register(house, 'nothing');
  await addPhone(house, person, number);
  return Object.assign(person, { number });
}

/** How many texts a number has got. */
export async function textsTo(house: House, number: string): Promise<number> {
  await house.outbox.drain();
  return house.texts.filter((text) => text.to === number).length;
}

/** Stands before the code by text message in a browser, with the code that was sent. */
export async function askedByText(house: House, person: Person, number: string, browser = house.browser()) {
  let flow = await enterPassword(browser, person);
  if (asked(flow, 'code').kind !== 'sms') flow = await choose(browser, flow, 'sms');
  assert.equal(asked(flow, 'code').kind, 'sms');
  return { browser, flow, code: await house.smsCodeFor(number) };
}

/** Some other code of the same length. */
export const other = (code: string): string =>
  String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0');
