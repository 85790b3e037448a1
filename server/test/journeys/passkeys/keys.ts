/** People with passkeys: they make keys, sign in and step up with them, honestly or as a test forges. */
import assert from 'node:assert/strict';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { FlowAnswer } from '../../../src/flows/prompt.ts';
import type { Answer, Browser, Problem } from '../../browser.ts';
import type { House } from '../../house.ts';
import { type How, type Making, SoftwareKey } from '../../peers/webauthn/software-key.ts';
import { asked, enterPassword, keepIn, type Person, register } from '../../people.ts';
import { trail } from '../../records.ts';

/** Where passkeys are made and used in these tests. */
const origin = 'https://login.example.org';

/** The options of a house there. */
export const there = { SECONDLOCK_ORIGIN: origin } as const;

/** What a call to a flow gives. */
export type Called = Answer<FlowAnswer & Problem>;

/** Options as the browser takes them. */
export type Creation = PublicKeyCredentialCreationOptionsJSON;
export type Request = PublicKeyCredentialRequestOptionsJSON;

/** Somebody with a passkey. */
export interface Keyed extends Person {
  readonly key: SoftwareKey;
}

/** An authenticator, before a browser at the house's origin. */
export const makeKey = (like: Making = {}): SoftwareKey => SoftwareKey.make({ origin, ...like });

/** Begins the enrolment of a passkey: the flow, and what it asks the authenticator for. */
export async function beginKey(person: Person): Promise<{ flow: FlowAnswer; options: Creation }> {
  const { body: flow } = await person.browser.start('enrolment', { kind: 'passkey' });
  return { flow, options: creationIn(flow) };
}

/** The creation options of an answer. */
export const creationIn = (flow: FlowAnswer): Creation => asked(flow, 'passkey-create').options as unknown as Creation;

/** The request options of an answer: of a second factor, or of a page that asks whoever is there. */
export function requestIn({ prompt }: FlowAnswer): Request {
  const options =
    prompt.ask === 'credentials' ? prompt.passkey : prompt.ask === 'passkey-use' ? prompt.options : undefined;
  assert.ok(options, JSON.stringify(prompt));
  return options as unknown as Request;
}

/** Adds a key to an account, and keeps the codes that come with the first factor. */
export async function addKey(person: Person, key: SoftwareKey, how: How = {}): Promise<Called> {
  const { flow, options } = await beginKey(person);
  const added = await person.browser.answer(flow, { credential: key.register(options, how) });
  if (added.body.prompt.ask !== 'keep') return added;
  keepIn(person, added.body);
  return person.browser.answer(flow, { kept: true });
}

/** Adds keys to an account, each a second after the last. */
export async function addKeys(house: House, person: Person, ...keys: readonly SoftwareKey[]): Promise<void> {
  for (const key of keys) {
    house.clock.advance(1000);
    const added = await addKey(person, key);
    assert.equal(added.body.done, true, added.text);
  }
}

/** Registers somebody with a password and a passkey. */
export async function registerWithKey(house: House, like: Making = {}, how: How = {}): Promise<Keyed> {
  const person = { ...(await register(house, 'nothing')), key: makeKey(like) };
  const added = await addKey(person, person.key, how);
  assert.equal(added.body.done, true, added.text);
  return person;
}

/** Opens the sign-in page: the flow, and the question to whoever is there. */
export async function openPage(browser: Browser): Promise<{ flow: FlowAnswer; options: Request }> {
  const { body: flow } = await browser.start('sign-in');
  return { flow, options: requestIn(flow) };
}

/** Signs in by key alone, without a password. */
export async function signInAlone(browser: Browser, key: SoftwareKey, how: How = {}): Promise<Called> {
  const { flow, options } = await openPage(browser);
  return browser.answer(flow, { credential: key.assert(options, how) });
}

/** Signs in by password and key. */
export async function signInWithBoth(browser: Browser, person: Keyed, how: How = {}): Promise<Called> {
  const flow = await enterPassword(browser, person);
  return browser.answer(flow, { credential: person.key.assert(requestIn(flow), how) });
}

/** Steps up with a key; the level may be named. */
export async function stepUpWith(
  browser: Browser,
  key: SoftwareKey,
  { level, ...how }: How & { readonly level?: string } = {},
): Promise<Called> {
  const { body: flow } = await browser.start('step-up', level === undefined ? {} : { level });
  return browser.answer(flow, { credential: key.assert(requestIn(flow), how) });
}

/** Demands that a call is refused as wrong and says no more, and gives the reason that the audit alone was told. */
export async function whyRefused(house: House, call: () => Promise<Called>): Promise<string> {
  house.clock.advance(1);
  const answer = await call();
  assert.deepEqual([answer.status, answer.body.refused], [200, { code: 'wrong' }], answer.text);
  assert.ok(!answer.body.done && answer.body.session === undefined);
  const events = await trail(house, house.clock.now);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['proof.refused'],
  );
  return String(events[0]?.details.reason);
}

/** Level and `amr` of the session that a call opened or renewed, as they are kept; the answers show the level alike. */
export async function sessionOf(
  house: House,
  browser: Browser,
  call: Called,
): Promise<{ level: string; amr: string[] }> {
  assert.equal(call.body.done, true, call.text);
  const { session } = (await browser.get<{ session: { id: string; level: string } }>('/api/v1/account')).body;
  const row = await house.database.all.k
    .selectFrom('sessions')
    .select(['level', 'amr'])
    .where('id', '=', session.id)
    .executeTakeFirstOrThrow();
  assert.deepEqual(
    [call.body.session?.id, call.body.session?.level, row.level],
    [session.id, session.level, session.level],
  );
  return { level: row.level, amr: (JSON.parse(row.amr) as string[]).sort() };
}
