/** What a signed-in person reads and does on the account page. */
import assert from 'node:assert/strict';
import type { Answer, Browser, Problem } from './browser.ts';
import { asked, keepIn, type Person } from './people.ts';

/** A factor as the account page lists it. */
export interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly use: string;
  readonly label: string;
  readonly level: string;
  readonly state: string;
  readonly asked: boolean;
  readonly unavailable?: true;
  readonly createdAt: string;
  readonly createdFrom: string;
  readonly lastUsedAt: string | null;
}

/** The listed factors. */
export async function factorsOf(browser: Browser): Promise<Listed[]> {
  const { body, text } = await browser.get<{ factors: Listed[] }>('/api/v1/account/factors');
  assert.ok(body.factors, text);
  return body.factors;
}

/** The first factor of a kind. */
export async function factorOf(browser: Browser, kind: string): Promise<Listed> {
  const found = (await factorsOf(browser)).find((factor) => factor.kind === kind);
  assert.ok(found, `no ${kind}`);
  return found;
}

/** Removes a factor. */
export const remove = (browser: Browser, id: string): Promise<Answer<Problem>> =>
  browser.call('DELETE', `/api/v1/account/factors/${id}`);

/** Reports a factor lost. */
export const reportLost = (browser: Browser, id: string): Promise<Answer<Problem>> =>
  browser.call('POST', `/api/v1/account/factors/${id}/lost`, {});

/** Adds the confirmed address as a factor. */
export async function addMailbox(person: Person): Promise<Listed> {
  const { body: flow, text } = await person.browser.start('enrolment');
  asked(flow, 'offer');
  const added = await person.browser.answer(flow, { accept: 'email' });
  if (added.body.prompt.ask === 'keep') {
    keepIn(person, added.body);
    await person.browser.answer(flow, { kept: true });
  } else assert.equal(added.body.done, true, text);
  return factorOf(person.browser, 'email');
}

/** Adds an authenticator app and gives the person as they are with that one. */
export async function addApp(person: Person): Promise<Person> {
  const { body: flow } = await person.browser.start('enrolment');
  const shown = asked((await person.browser.answer(flow, { accept: 'totp' })).body, 'scan-and-code');
  const second: Person = { ...person, uri: shown.uri };
  const added = await person.browser.answer(flow, { code: second.nextCode() });
  if (added.body.prompt.ask === 'keep') {
    keepIn(second, added.body);
    person.codes.splice(0, person.codes.length, ...second.codes);
    person.paperKey = second.paperKey;
    await person.browser.answer(flow, { kept: true });
  } else assert.equal(added.body.done, true, added.text);
  return second;
}

/** Whether this browser is signed in: the status of the cheapest question. */
export const signedIn = async (browser: Browser): Promise<boolean> => {
  const { status, text } = await browser.get('/api/v1/account/sessions/current');
  assert.ok(status === 200 || status === 401, text);
  return status === 200;
};
