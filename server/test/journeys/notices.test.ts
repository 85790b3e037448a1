/** Notices: every change of an account is told to its owner's mailbox, and the mail does nothing by itself. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { messages } from '../../src/texts/en/messages.ts';
import { pages } from '../../src/texts/en/pages.ts';
import { appCode } from '../authenticator.ts';
import { openHouse } from '../house.ts';
import { choose, enterPassword, keepIn, type Person, register, signIn, stepUp } from '../people.ts';

const minute = 60_000;
const next = 'crimson lantern over harbour';

const house = await openHouse();
after(() => house[Symbol.asyncDispose]());

/** The subjects of the notices that an action makes leave for an address. */
async function notices(person: Person, action: () => Promise<unknown>): Promise<string[]> {
  await house.outbox.drain();
  const before = new Set(house.mails);
  await action();
  await house.outbox.drain();
  const fresh = house.mails.filter((mail) => mail.to === person.address && !before.has(mail));
  return fresh.map(({ subject = '' }) => subject.replace(' at Secondlock', '')).reverse();
}

async function factorId(person: Person, kind: string): Promise<string> {
  const { body } = await person.browser.get<{ factors: { id: string; kind: string }[] }>('/api/v1/account/factors');
  return body.factors.find((factor) => factor.kind === kind)?.id ?? '';
}

async function change(person: Person, method: string, kind: string, rest = '', body?: object): Promise<void> {
  await stepUp(person.browser, person);
  const id = await factorId(person, kind);
  const answer = await person.browser.call(method, `/api/v1/account/factors/${id}${rest}`, body);
  assert.equal(answer.status, 204, answer.text);
}

async function enrol(person: Person, kind: string): Promise<void> {
  await stepUp(person.browser, person);
  const { body } = await person.browser.start('enrolment', kind === 'totp' || kind === 'email' ? {} : { kind });
  let answer = body.prompt.ask === 'offer' ? (await person.browser.answer(body, { accept: kind })).body : body;
  if (answer.prompt.ask === 'scan-and-code') {
    const code = appCode(answer.prompt.uri, house.clock.now);
    answer = (await person.browser.answer(answer, { code })).body;
  }
  if (answer.prompt.ask === 'keep') {
    keepIn(person, answer);
    answer = (await person.browser.answer(answer, { kept: true })).body;
  }
  assert.equal(answer.done, true, JSON.stringify(answer));
}

async function changePassword(person: Person): Promise<void> {
  await stepUp(person.browser, person);
  const { body } = await person.browser.start('password');
  await person.browser.answer(body, { password: person.password });
  assert.equal((await person.browser.answer(body, { password: next })).body.done, true);
  person.password = next;
}

async function recover(person: Person): Promise<void> {
  const browser = house.browser();
  const { body } = await browser.start('recovery', { identifier: person.address });
  await browser.answer(body, { code: await house.codeFor(person.address) });
  await browser.answer(body, { code: person.nextCode() });
  const password = 'tulip gravel ocean lantern';
  assert.equal((await browser.answer(body, { password })).body.done, true);
  person.password = password;
  await signIn(person.browser, person);
}

async function usePaperKey(person: Person): Promise<void> {
  const flow = await choose(person.browser, await enterPassword(person.browser, person), 'paper-key');
  keepIn(person, (await person.browser.answer(flow, { code: person.paperKey })).body);
  await person.browser.answer(flow, { kept: true });
  assert.equal((await person.browser.answer(flow, { choose: 'none' })).body.done, true);
}

test('NOTI-01 every change of a factor, new recovery codes and every recovery are told to the mailbox', async () => {
  const ada = await register(house);
  const told: [action: () => Promise<void>, subjects: string[]][] = [
    [() => enrol(ada, 'email'), ['A new way to sign in']],
    [() => enrol(ada, 'totp'), ['A new way to sign in']],
    [() => enrol(ada, 'backup-codes'), ['New backup codes']],
    [() => enrol(ada, 'paper-key'), ['A new paper key']],
    [() => change(ada, 'PATCH', 'totp', '', { preferred: true }), ['Another way to sign in comes first']],
    [() => change(ada, 'PATCH', 'totp', '', { preferred: false }), ['Nothing comes first by choice any more']],
    [() => change(ada, 'PATCH', 'email', '', { kept: false }), ['A way to sign in is off']],
    [() => change(ada, 'PATCH', 'email', '', { kept: true }), ['Another way to sign in is on again']],
    [() => change(ada, 'DELETE', 'email'), ['A way to sign in was removed']],
    [() => changePassword(ada), ['Your password was changed']],
    [() => usePaperKey(ada), ['Your paper key was used', 'A new paper key']],
    [() => recover(ada), ['Get back into your account', 'Your password was reset']],
  ];
  for (const [action, subjects] of told) {
    assert.deepEqual(await notices(ada, action), subjects);
    house.clock.advance(minute);
  }
  assert.deepEqual(await notices(ada, () => signIn(house.browser(), ada)), ['A sign-in from a new browser']);
  assert.deepEqual(await notices(ada, () => signIn(ada.browser, ada)), []);
});

test('NOTI-01 a factor that is reported lost is told to the mailbox, even where codes came to it', async () => {
  const ada = await register(house);
  await stepUp(ada.browser, ada);
  const id = await factorId(ada, 'totp');
  const lose = () => ada.browser.call('POST', `/api/v1/account/factors/${id}/lost`, {});
  assert.deepEqual(await notices(ada, lose), ['A way to sign in was reported lost']);
  const bob = await register(house, 'email');
  const off = await notices(bob, async () => {
    const browser = bob.browser;
    house.clock.advance(10 * minute);
    const { body } = await browser.start('step-up');
    await browser.answer(body, { code: await house.codeFor(bob.address) });
    const removed = await browser.call('DELETE', `/api/v1/account/factors/${await factorId(bob, 'email')}`);
    assert.equal(removed.status, 204, removed.text);
  });
  assert.deepEqual(off.slice(1), ['A way to sign in was removed']);
});

test('NOTI-01 the end of the recovery codes with the last factor is told too', async () => {
  const ada = await register(house);
  await stepUp(ada.browser, ada);
  const id = await factorId(ada, 'totp');
  await ada.browser.call('DELETE', `/api/v1/account/factors/${id}`);
  const { text } = await house.mailTo(ada.address);
  for (const name of ['Authenticator app', 'Backup codes', 'Paper key']) assert.ok(text.includes(name), text);
});

test('NOTI-01 a change of address is told to the old one and to the new one', async () => {
  const ada = await register(house);
  await stepUp(ada.browser, ada);
  const to = 'new-harbour@example.org';
  const { body } = await ada.browser.start('address', { value: to });
  assert.equal((await ada.browser.answer(body, { code: await house.codeFor(to) })).body.done, true);
  for (const address of [ada.address, to]) {
    const { subject, text } = await house.mailTo(address);
    assert.match(subject ?? '', /Your address was changed/);
    assert.match(text, /from now on: n•••@e•••\.org\./);
  }
});

test('NOTI-03 a notice says what, when, from which browser and rough place, and how to object', async () => {
  await using placed = await openHouse();
  const ada = await register(placed);
  await signIn(placed.browser({ origin: placed.origin, address: '203.0.113.9' }), ada);
  const { text, html = '' } = await placed.mailTo(ada.address);
  assert.match(text, /signed in to your account/);
  assert.match(text, /When: May 15, 2030 at 12:00\sPM UTC\./);
  assert.match(text, /Browser: Firefox on Linux\./);
  assert.match(text, /Network address: 203\.0\.113\.9\./);
  assert.match(text, /If this was not you, open \S+\/account yourself/);
  assert.doesNotMatch(html, /<a\s/);
});

test('NOTI-03 no notice carries a code, a secret or a link that does anything', () => {
  const notes = Object.entries(messages).filter(([key]) => key.startsWith('notice.'));
  assert.ok(notes.length > 10);
  for (const [key, note] of notes) {
    const text = Object.values(note).flat().join('\n');
    for (const part of ['{when}', '{browser}', '{place}', '{origin}/account', 'If this was not you']) {
      assert.ok(text.includes(part), `${key} lacks ${part}`);
    }
    assert.doesNotMatch(text, /\{(code|link|token|password)\}/, key);
  }
});

test('NOTI-03 what a mail tells its reader to choose stands on the page under that name', () => {
  const named = Object.values(messages).flatMap(({ paragraphs }) => paragraphs.join(' ').match(/(?<=“)[^”]+/g) ?? []);
  assert.ok(named.length > 0);
  const shown: string[] = Object.values(pages).map((text) => (typeof text === 'string' ? text : text.other));
  assert.deepEqual(
    named.filter((text) => !shown.includes(text)),
    [],
  );
});
