/** A forgotten password: what the mail is worth, to whom, how often, and what nobody learns from asking. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer, Browser } from '../browser.ts';
import { databases, type House, openHouse } from '../house.ts';
import { asked, choose, enterPassword, newAddress, type Person, register, signIn } from '../people.ts';
import { cellsWith, dump } from '../records.ts';

const second = 1000;
const minute = 60 * second;
const next = 'crimson lantern over harbour';

const lines: string[] = [];
const house = await openHouse({ log: (line) => lines.push(line) });
after(() => house[Symbol.asyncDispose]());

/** Starts a recovery in a browser of its own; gives what was mailed. */
async function forget(where: House, address: string, browser: Browser = where.browser()) {
  where.clock.advance(10 * minute);
  const { body: flow } = await browser.start('recovery', { identifier: address });
  const { text } = await where.mailTo(address);
  const secret = /\/recovery#[\w-]+\.([\w-]+)/.exec(text)?.[1] ?? '';
  return { browser, flow, code: /\b\d{6}\b/.exec(text)?.[0] ?? '', secret };
}

/** What an answer leads to: the next prompt, or why not. */
async function say({ browser, flow }: { browser: Browser; flow: { id: string } }, answer: object): Promise<string> {
  const { status, body } = await browser.answer(flow, answer);
  if (status !== 200) return body.code;
  return body.refused?.code ?? body.prompt.ask;
}

const signsIn = async (where: House, person: Person, password: string): Promise<boolean> =>
  (await where.browser().start('sign-in', { identifier: person.address, password })).body.done === true;

test('REC-01 a mailbox alone gives no new password where there is a second factor of another channel', async () => {
  const ada = await register(house);
  const listed = async () =>
    (await ada.browser.get('/api/v1/account/factors')).text.replace(/"lastUsedAt":[^,}]*/g, '');
  const before = await listed();
  const lost = await forget(house, ada.address);
  assert.equal(await say(lost, { password: next }), 'bad-request');
  assert.equal(await say(lost, { link: lost.secret }), 'code');
  assert.equal(await say(lost, { password: next }), 'bad-request');
  assert.equal(await say(lost, { accept: false }), 'bad-request');
  assert.equal(await say(lost, { code: ada.nextCode() }), 'new-password');
  assert.equal(await listed(), before, 'no factor was touched');
  assert.equal(await say(lost, { password: next }), 'done');
  assert.deepEqual(
    [...lost.browser.cookies.keys()].filter((name) => /^(__Host-)?secondlock$/.test(name)),
    [],
  );
  assert.equal((await ada.browser.get('/api/v1/account')).status, 401, 'older sessions have ended');
  ada.password = next;
  assert.equal(asked(await enterPassword(lost.browser, ada), 'code').kind, 'totp');
  await signIn(lost.browser, ada);
  const factors = (await lost.browser.get<{ factors: { kind: string }[] }>('/api/v1/account/factors')).body.factors;
  assert.deepEqual(factors.map(({ kind }) => kind).sort(), ['backup-codes', 'paper-key', 'totp']);
});

for (const on of databases) {
  test(`REC-04 a newer recovery kills the older, each is good once, and no table holds a usable link, on ${on}`, async () => {
    await using own = await openHouse({ on });
    const ada = await register(own, 'nothing');
    const first = await forget(own, ada.address);
    const newer = await forget(own, ada.address);
    assert.ok(Buffer.from(newer.secret, 'base64url').length >= 16);
    assert.deepEqual(cellsWith(await dump(own), [first.secret, newer.secret]), []);
    assert.equal(await say(first, { link: first.secret }), 'expired');
    assert.equal(await say(first, { code: first.code }), 'expired');
    assert.equal(await say(newer, { link: first.secret }), 'wrong');
    assert.equal(await say(newer, { link: newer.secret }), 'new-password');
    assert.equal(await say(newer, { link: newer.secret }), 'bad-request');
    assert.equal(await say(newer, { password: next }), 'done');
    assert.equal(await say(newer, { link: newer.secret }), 'no-such-flow');
    assert.equal(await signsIn(own, ada, next), true);
  });
}

test('REC-04 a change of password or address kills what was mailed before', async () => {
  const ada = await register(house, 'nothing');
  const beforePassword = await forget(house, ada.address);
  const { body: change } = await ada.browser.start('password', {});
  await ada.browser.answer(change, { password: ada.password });
  assert.equal((await ada.browser.answer(change, { password: next })).body.done, true);
  assert.equal(await say(beforePassword, { link: beforePassword.secret }), 'flow-over');
  ada.password = next;
  const beforeAddress = await forget(house, ada.address);
  const { body: again } = await ada.browser.start('step-up');
  await ada.browser.answer(again, { password: ada.password });
  const to = newAddress();
  const { body: move } = await ada.browser.start('address', { value: to });
  assert.equal((await ada.browser.answer(move, { code: await house.codeFor(to) })).body.done, true);
  assert.equal(await say(beforeAddress, { link: beforeAddress.secret }), 'flow-over');
});

test('REC-05 the last submit is judged again: without proof, as somebody else, or too late it changes nothing', async () => {
  const ada = await register(house, 'nothing');
  const bob = await register(house, 'nothing');
  const unproved = await forget(house, ada.address);
  assert.equal(await say(unproved, { password: next }), 'bad-request');
  const bobs = await forget(house, bob.address);
  assert.equal(await say(unproved, { link: bobs.secret }), 'wrong');
  assert.equal(await say(bobs, { link: bobs.secret }), 'new-password');
  for (const extra of [{ userId: 'x' }, { identifier: ada.address }, { email: ada.address }]) {
    assert.equal(await say(bobs, { password: next, ...extra }), 'bad-request');
  }
  const stranger = { browser: house.browser(), flow: bobs.flow };
  assert.equal(await say(stranger, { password: next }), 'no-such-flow');
  assert.equal(await say({ browser: unproved.browser, flow: bobs.flow }, { password: next }), 'no-such-flow');
  house.clock.advance(31 * minute);
  assert.equal(await say(bobs, { password: next }), 'flow-over');
  for (const person of [ada, bob]) assert.equal(await signsIn(house, person, person.password), true);
});

test('REC-05 a code is good for ten minutes, a link for thirty', async () => {
  const ada = await register(house, 'nothing');
  const inTime = await forget(house, ada.address);
  house.clock.advance(10 * minute - second);
  assert.match((await house.mailTo(ada.address)).text, /The code is good for 10 minutes, the link somewhat longer/);
  assert.equal(await say(inTime, { code: inTime.code }), 'new-password');
  const late = await forget(house, ada.address);
  house.clock.advance(10 * minute + second);
  assert.equal(await say(late, { code: late.code }), 'expired');
  house.clock.advance(19 * minute);
  assert.equal(await say(late, { link: late.secret }), 'new-password');
});

/** An answer with what may differ between two people taken out. */
const blurred = ({ status, body, headers }: Awaited<ReturnType<Browser['start']>>): string => {
  const { id: _, expiresAt: __, ...rest } = body;
  const names = [...headers.keys()].filter((name) => name !== 'set-cookie').sort();
  return JSON.stringify([status, rest, names, headers.getSetCookie().length]);
};

test('REC-06 known, unknown, held and blocked accounts get the same answers, step by step, whatever they do', async () => {
  const held = await register(house, 'nothing', 'held@example.org');
  const { k } = house.database.all;
  await k.updateTable('users').set({ state: 'held' }).where('email', '=', held.address).execute();
  const blocked = await register(house, 'nothing', 'hblk@example.org');
  for (let turn = 0; turn < 12; turn += 1) {
    await house.browser().start('sign-in', { identifier: blocked.address, password: 'wrong wrong wrong' });
  }
  await register(house, 'totp', 'here@example.org');
  const answers: string[][] = [];
  house.clock.advance(20 * minute);
  for (const identifier of ['here@example.org', 'hone@example.org', held.address, blocked.address]) {
    const browser = house.browser();
    const seen: string[] = [];
    const started = await browser.start('recovery', { identifier });
    seen.push(blurred(started));
    for (const answer of [{}, { code: 'abc' }, { resend: true }, { link: 'x'.repeat(43) }, { password: next }]) {
      seen.push(blurred(await browser.answer(started.body, answer)));
    }
    for (let turn = 0; turn < 7; turn += 1) seen.push(blurred(await browser.answer(started.body, { code: 'abcdef' })));
    answers.push(seen);
  }
  for (const seen of answers.slice(1)) assert.deepEqual(seen, answers[0]);
});

test('REC-06 a hundred requests send few mails and lock nobody out', async () => {
  const ada = await register(house, 'nothing');
  house.clock.advance(20 * minute);
  const answers = new Set<number>();
  for (let turn = 0; turn < 100; turn += 1) {
    const from = { origin: house.origin, address: `203.0.113.${turn}` };
    answers.add((await house.browser(from).start('recovery', { identifier: ada.address })).status);
  }
  await house.outbox.drain();
  const mails = house.mails.filter((mail) => mail.to === ada.address && /recovery#/.test(mail.text));
  assert.equal(mails.length, 12);
  assert.deepEqual([...answers], [200, 429]);
  assert.equal(await signsIn(house, ada, ada.password), true);
});

test('REC-06 strangers who guess at recovery take no factor away from the owner for good', async () => {
  const ada = await register(house, 'email');
  const seen = new Map<string, number>();
  for (let turn = 0; turn < 200 && (seen.get('wrong') ?? 0) < 100; turn += 1) {
    const lost = await forget(house, ada.address);
    for (let guess = 0; guess < 4; guess += 1) {
      const { status, body } = await lost.browser.answer(lost.flow, { code: 'abcdef' });
      const outcome = status === 200 ? (body.refused?.code ?? '') : body.code;
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      house.clock.advance((body.retryAfter ?? 0) * second);
      if (outcome !== 'wrong') break;
    }
  }
  assert.equal(seen.get('wrong'), 100, JSON.stringify([...seen]));
  const own = await forget(house, ada.address);
  const proved = (await own.browser.answer(own.flow, { link: own.secret })).body;
  if (asked(proved, 'code').kind !== 'backup-codes') await choose(own.browser, proved, 'backup-codes');
  assert.equal(await say(own, { code: ada.codes[0] }), 'new-password');
  assert.equal(await say(own, { password: next }), 'done');
  ada.password = next;
  house.clock.advance(10 * minute);
  const browser = house.browser();
  const flow = await enterPassword(browser, ada);
  assert.equal(await say({ browser, flow }, { code: await house.codeFor(ada.address) }), 'done');
});

test('REC-07 answers and pages send no referrer, and no log holds what was mailed', async () => {
  const ada = await register(house, 'nothing');
  const { browser, flow, code, secret } = await forget(house, ada.address);
  const answers: Answer<unknown>[] = [await browser.get('/recovery'), await browser.get(`/api/v1/flows/${flow.id}`)];
  answers.push(await browser.answer(flow, { link: `${secret.slice(1)}x` }), await browser.answer(flow, { code: '1' }));
  answers.push(await browser.answer(flow, { link: secret }));
  for (const { headers } of answers) assert.equal(headers.get('referrer-policy'), 'no-referrer');
  assert.ok(lines.length > 0);
  assert.deepEqual(
    lines.filter((line) => line.includes(secret) || line.includes(code)),
    [],
  );
});
