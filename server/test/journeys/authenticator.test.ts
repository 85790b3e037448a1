/** The seed of an authenticator app: seen once, and dead with its factor. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { appCode, fromBase32 } from '../authenticator.ts';
import type { Answer } from '../browser.ts';
import { openHouse } from '../house.ts';
import { asked, choose, enterPassword, type Person, register, stepUp } from '../people.ts';
import { cellsWith, dump } from '../records.ts';

const lines: string[] = [];
const house = await openHouse({ log: (line) => lines.push(line) });
after(() => house[Symbol.asyncDispose]());

const secretOf = (uri: string): string => new URL(uri).searchParams.get('secret') ?? '';

interface Listed {
  readonly factors: readonly { readonly id: string; readonly kind: string; readonly createdAt: string }[];
}

/** Begins another enrolment of an app and gives its address. */
async function begin(person: Person) {
  await stepUp(person.browser, person);
  const { body } = await person.browser.start('enrolment', { kind: 'totp' });
  const flow = body.prompt.ask === 'offer' ? (await person.browser.answer(body, { accept: 'totp' })).body : body;
  return { flow, uri: asked(flow, 'scan-and-code').uri };
}

/** What a code of this app gets at a new sign-in, asked of every app there is. */
async function signsIn(person: Person, uri: string): Promise<boolean> {
  house.clock.advance(60_000);
  const browser = house.browser();
  let flow = await enterPassword(browser, person);
  for (const { kind } of [{ kind: 'totp' }, ...asked(flow, 'code').others]) {
    if (kind !== 'totp') continue;
    const { body } = await browser.answer(flow, { code: appCode(uri, house.clock.now) });
    if (body.done) return true;
    const more = asked(body, 'code').others.some((other) => other.kind === 'totp');
    if (more) flow = await choose(browser, body, 'totp');
  }
  return false;
}

test('OATH-11 after the enrolment no route, table or log shows the seed again', async () => {
  const ada = await register(house);
  const seed = secretOf(ada.uri);
  const bytes = Buffer.from(fromBase32(seed));
  const secrets = [seed, seed.toLowerCase(), bytes.toString('base64'), bytes.toString('hex'), 'otpauth:'];
  await stepUp(ada.browser, ada);
  const document = await ada.browser.get<{ paths: Record<string, Record<string, unknown>> }>('/api/v1/openapi.json');
  const answers: Answer<unknown>[] = [];
  for (const [path, methods] of Object.entries(document.body.paths)) {
    if ('get' in methods && !path.includes('{')) answers.push(await ada.browser.get(path));
  }
  assert.ok(answers.length >= 5);
  const flow = await enterPassword(house.browser(), ada);
  const texts = [...answers.map(({ text }) => text), JSON.stringify(flow), ...lines];
  assert.deepEqual(
    texts.filter((text) => secrets.some((secret) => text.includes(secret))),
    [],
  );
  assert.deepEqual(cellsWith(await dump(house), secrets), []);
});

test('OATH-13 enrolling again makes another seed; the old one dies with its factor, and stays while that stays', async () => {
  const ada = await register(house);
  const old = ada.uri;
  const abandoned = await begin(ada);
  assert.notEqual(secretOf(abandoned.uri), secretOf(old));
  assert.equal(await signsIn(ada, old), true, 'an abandoned enrolment changes nothing');
  assert.equal(await signsIn(ada, abandoned.uri), false);
  const renewed = await begin(ada);
  assert.notEqual(secretOf(renewed.uri), secretOf(abandoned.uri));
  house.clock.advance(30_000);
  const done = await ada.browser.answer(renewed.flow, { code: appCode(renewed.uri, house.clock.now) });
  assert.equal(done.body.done, true, done.text);
  const { factors } = (await ada.browser.get<Listed>('/api/v1/account/factors')).body;
  const [oldest] = factors.filter(({ kind }) => kind === 'totp').sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  assert.equal((await ada.browser.call('DELETE', `/api/v1/account/factors/${oldest?.id}`)).status, 204);
  assert.equal(await signsIn(ada, old), false);
  assert.equal(await signsIn(ada, renewed.uri), true);
});

test('OATH-11 what an enrolment shows is tied to its browser and is over with it', async () => {
  const ada = await register(house);
  const { flow } = await begin(ada);
  assert.equal((await house.browser().get(`/api/v1/flows/${flow.id}`)).status, 404);
  house.clock.advance(31 * 60_000);
  assert.equal((await ada.browser.get(`/api/v1/flows/${flow.id}`)).status, 410);
});
