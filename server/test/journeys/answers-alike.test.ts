/** Answers that tell nobody whether an account exists, is stopped, or is blocked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Browser } from '../browser.ts';
import type { House } from '../house.ts';
import { newAddress, register } from '../people.ts';
import { inHouse } from '../shared-house.ts';

/** Random values of one length become one text; everything else stays as it was answered. */
const withoutNonces = (text: string): string =>
  text
    .replace(/secondlock-flow-[\w-]{12}=[\w-]{43}/g, 'secondlock-flow-…')
    .replace(/"id":"[\w-]{22}"/g, '"id":"…"')
    .replace(/"flowToken":"[\w-]{43}"/g, '"flowToken":"…"');

/** Everything of an answer that somebody can see. */
const seen = ({ status, headers, text }: Answer<unknown>) => ({
  status,
  size: Buffer.byteLength(text),
  text: withoutNonces(text),
  headers: [...headers].map(([name, value]) => `${name}: ${withoutNonces(value)}`),
});

type Steps = (browser: Browser, address: string) => Promise<readonly Answer<unknown>[]>;

/** Does the same for each address, each from a browser and a source of its own, and compares what was seen. */
async function alike(house: House, addresses: Readonly<Record<string, string>>, steps: Steps): Promise<void> {
  const answers = new Map<string, unknown>();
  for (const [who, address] of Object.entries(addresses)) {
    const browser = house.browser({ address: `198.51.100.${answers.size}` });
    answers.set(who, (await steps(browser, address)).map(seen));
  }
  const [[, first] = []] = answers;
  for (const [who, what] of answers) assert.deepEqual(what, first, who);
}

/** One address of each kind, all of one mask and length: `unknown`, and accounts that are well, held, disabled. */
async function everybody(house: House): Promise<Record<string, string>> {
  const known: Record<string, string> = {
    unknown: newAddress(),
    wrong: newAddress(),
    held: newAddress(),
    disabled: newAddress(),
  };
  for (const who of ['wrong', 'held', 'disabled'] as const) {
    await register(house, who === 'wrong' ? 'totp' : 'nothing', known[who]);
    if (who === 'wrong') continue;
    const { k } = house.database.all;
    await k
      .updateTable('users')
      .set({ state: who })
      .where('email', '=', known[who] ?? '')
      .execute();
  }
  // The codes of their registrations count for a while as codes that anybody asked for.
  house.clock.advance(11 * 60_000);
  return known;
}

const bodyOf = (answer: Answer<unknown>) => answer.body as { id: string };

/** Signs in with a wrong password, or where the account is stopped with the right one. */
const attempt = (browser: Browser, identifier: string, password = 'not the password of anybody') =>
  browser.start('sign-in', { identifier, password });

inHouse('the same answer', (house) => {
  test('RATE-08 sign-in answers the same for unknown, wrong, held and disabled', async () => {
    const addresses = await everybody(house());
    await alike(house(), addresses, async (browser, address) => [await attempt(browser, address)]);
    const { wrong: _, ...stopped } = addresses;
    await alike(house(), stopped, async (browser, address) => [
      await attempt(browser, address, 'violet anchors drift under rain'),
    ]);
    await alike(house(), addresses, async (browser, address) => {
      const credentials = { identifier: address, password: 'not it', transport: 'token' };
      return [await browser.start('sign-in', credentials)];
    });
  });

  test('RATE-08 a pause, a block and what comes after it tell nothing', async () => {
    const addresses = await everybody(house());
    const start = house().clock.now;
    await alike(house(), addresses, async (browser, address) => {
      house().clock.now = start;
      const answers: Answer<unknown>[] = [];
      for (let guess = 0; guess < 17; guess += 1) {
        const answer = await attempt(browser, address);
        answers.push(answer);
        house().clock.advance(Number(answer.headers.get('retry-after') ?? 0) * 1000);
      }
      assert.equal(answers.filter((answer) => answer.status === 429).length, 6);
      return answers;
    });
  });

  test('RATE-08 registration answers the same for a new address and for one that is taken', async () => {
    const addresses = await everybody(house());
    const start = house().clock.now;
    await alike(house(), addresses, async (browser, address) => {
      house().clock.now = start;
      const started = await browser.start('registration', { identifier: address });
      const { id } = bodyOf(started);
      const shown = await browser.get(`/api/v1/flows/${id}`);
      const early = await browser.answer({ id }, { resend: true });
      const wrong = await browser.answer({ id }, { code: 'wrong!' });
      house().clock.advance(31_000);
      const again = await browser.answer({ id }, { resend: true });
      const last = [];
      for (let guess = 0; guess < 5; guess += 1) last.push(await browser.answer({ id }, { code: 'wrong!' }));
      return [started, shown, early, wrong, again, ...last];
    });
  });

  test('REC-06 RATE-08 recovery answers the same for everybody, asking again and guessing included', async () => {
    const addresses = await everybody(house());
    const start = house().clock.now;
    await alike(house(), addresses, async (browser, address) => {
      house().clock.now = start;
      const started = await browser.start('recovery', { identifier: address });
      const { id } = bodyOf(started);
      const shown = await browser.get(`/api/v1/flows/${id}`);
      const link = await browser.answer({ id }, { link: 'A'.repeat(43) });
      const wrong = await browser.answer({ id }, { code: 'wrong!' });
      house().clock.advance(31_000);
      const again = await browser.answer({ id }, { resend: true });
      const last = [];
      for (let guess = 0; guess < 6; guess += 1) last.push(await browser.answer({ id }, { code: 'wrong!' }));
      return [started, shown, link, wrong, again, ...last];
    });
  });

  test('RATE-08 what is asked for too often is refused to everybody alike', async () => {
    const addresses = await everybody(house());
    const start = house().clock.now;
    for (const name of ['registration', 'recovery']) {
      await alike(house(), addresses, async (browser, address) => {
        house().clock.now = start;
        const answers: Answer<unknown>[] = [];
        for (let turn = 0; turn < 8; turn += 1) answers.push(await browser.start(name, { identifier: address }));
        assert.equal(answers.at(-1)?.status, 429);
        return answers;
      });
    }
  });

  test('REC-06 of two recoveries the older one dies for an unknown address as for a known one', async () => {
    const addresses = await everybody(house());
    const start = house().clock.now;
    await alike(house(), addresses, async (browser, address) => {
      house().clock.now = start;
      const first = await browser.start('recovery', { identifier: address });
      const second = await browser.start('recovery', { identifier: address });
      const { id } = bodyOf(first);
      const shown = await browser.get(`/api/v1/flows/${id}`);
      return [first, second, shown, await browser.answer({ id }, { code: '000000' })];
    });
  });
});
