/** Nobody keeps the owner out, and nobody hides where they come from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMailbox, signedIn } from '../account.ts';
import type { Browser } from '../browser.ts';
import { type House, openHouse } from '../house.ts';
import { asked, choose, enterPassword, type Person, register, signIn } from '../people.ts';
import { inHouse } from '../shared-house.ts';

const minute = 60_000;

const stranger = (house: House): Browser => house.browser({ address: '203.0.113.66' });

/** Guesses until it is no longer judged, and gives the pause in seconds. */
async function guessUntilPaused(guess: () => Promise<{ status: number; headers: Headers }>): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await guess();
    if (answer.status === 429) return Number(answer.headers.get('retry-after'));
  }
  throw new Error('never paused');
}

const mailsTo = async (house: House, address: string) => {
  await house.outbox.drain();
  return house.mails.filter((mail) => mail.to === address);
};

const linkTo = async (house: House, person: Person): Promise<string> =>
  /#[\w-]+\.([\w-]+)/.exec((await house.mailTo(person.address)).text)?.[1] ?? '';

inHouse('lockout', (house) => {
  test('RATE-07 while a stranger is blocked for an account, its owner signs in where they did before', async () => {
    const ada = await register(house());
    const eve = stranger(house());
    const guess = () => eve.start('sign-in', { identifier: ada.address, password: 'not it' });
    for (let pause = 0; pause < 1800; ) {
      house().clock.advance(pause * 1000);
      pause = await guessUntilPaused(guess);
    }
    const right = { identifier: ada.address, password: ada.password };
    assert.equal((await house().browser().start('sign-in', right)).status, 429);
    const known = ada.browser;
    await known.call('POST', '/api/v1/account/sign-out', {});
    assert.equal((await signIn(known, ada)).done, true);
    assert.equal((await guess()).status, 429);
  });

  test('RATE-07 a stranger who knows the password and guesses codes blocks neither the owner nor other ways', async () => {
    const ada = await register(house());
    const eve = stranger(house());
    await guessUntilPaused(async () => {
      const flow = await enterPassword(eve, ada);
      return eve.answer(flow, { code: 'wrong' });
    });
    assert.equal((await signIn(ada.browser, ada)).done, true);
    await guessUntilPaused(async () => {
      const flow = await enterPassword(eve, ada);
      return eve.answer(flow, { code: 'wrong' });
    });
    const elsewhere = house().browser();
    const flow = await choose(elsewhere, await enterPassword(elsewhere, ada), 'backup-codes');
    assert.equal((await elsewhere.answer(flow, { code: ada.codes[0] })).body.done, true);
  });

  test('RATE-07 recovery works during a block of the password and of recovery’s own codes', async () => {
    const ada = await register(house());
    const eve = stranger(house());
    await guessUntilPaused(() => eve.start('sign-in', { identifier: ada.address, password: 'not it' }));
    const { body: guessed } = await eve.start('recovery', { identifier: ada.address });
    for (let guess = 0; guess < 4; guess += 1) await eve.answer(guessed, { code: '000000' });
    await guessUntilPaused(async () => {
      const started = await eve.start('recovery', { identifier: ada.address });
      return started.status === 200 ? eve.answer(started.body, { code: '000000' }) : started;
    });
    const browser = ada.browser;
    const { body: flow } = await browser.start('recovery', { identifier: ada.address });
    const next = await browser.answer(flow, { link: await linkTo(house(), ada) });
    assert.equal(asked(next.body, 'code').kind, 'totp');
    await browser.answer(flow, { code: ada.nextCode() });
    ada.password = 'crimson lantern over harbour';
    assert.equal((await browser.answer(flow, { password: ada.password })).body.done, true);
    assert.equal((await signIn(house().browser(), ada)).done, true);
  });

  test('RATE-07 a stranger’s requests for mail use up nothing of the owner’s', async () => {
    const ada = await register(house(), 'email');
    const eve = stranger(house());
    const starts = [
      ['recovery', { identifier: ada.address }],
      ['sign-in', { identifier: ada.address, password: ada.password }],
    ] as const;
    for (const [name, body] of starts) {
      const mailed = async () => (await mailsTo(house(), ada.address)).length;
      for (let before = -1; before < (await mailed()); ) {
        before = await mailed();
        await eve.start(name, body);
      }
      const before = await mailed();
      const mine = await ada.browser.start(name, body);
      assert.equal(asked(mine.body, 'code').kind, 'email', `${name}: ${mine.text}`);
      assert.equal(await mailed(), before + 1);
    }
    const flow = await enterPassword(ada.browser, ada);
    assert.equal((await ada.browser.answer(flow, { code: await house().codeFor(ada.address) })).body.done, true);
  });

  test('RATE-07 somebody signed in steps up and recovers by another way than the one that is paused', async () => {
    const ada = await register(house());
    await addMailbox(ada);
    const { body: flow } = await ada.browser.start('step-up');
    for (let guess = 0; guess < 5; guess += 1) await ada.browser.answer(flow, { code: 'wrong' });
    const { body: again } = await ada.browser.start('step-up');
    assert.equal((await ada.browser.answer(again, { code: ada.nextCode() })).status, 200);
    assert.equal(await signedIn(ada.browser), true);
  });
});

const origin = 'https://login.example.org';
const production = {
  NODE_ENV: 'production',
  SECONDLOCK_ORIGIN: origin,
  SECONDLOCK_TRUSTED_PROXIES: '10.0.0.1,10.1.0.0/16',
};

/** How many registrations from this source are answered before the source has had its share. */
async function registrations(browser: (turn: number) => Browser): Promise<number> {
  for (let turn = 0; turn < 60; turn += 1) {
    const { status } = await browser(turn).start('registration', { identifier: `turn${turn}@example.org` });
    if (status === 429) return turn;
    assert.equal(status, 200);
  }
  return 60;
}

type Disguise = (turn: number) => { address: string; encrypted?: boolean; headers: Record<string, string> };
const proxied = (turn: number, forwarded: string, more: Record<string, string> = {}) => ({
  address: '10.0.0.1',
  headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': forwarded, 'x-turn': String(turn), ...more },
});
const disguises: readonly [string, number, Disguise][] = [
  ['hops that the client wrote itself', 20, (turn) => proxied(turn, `198.51.100.${turn}, 203.0.113.5`)],
  ['hops beyond a second proxy', 20, (turn) => proxied(turn, `198.51.100.${turn}, 203.0.113.5, 10.1.2.3`)],
  [
    'other headers',
    20,
    (turn) => proxied(turn, '203.0.113.5', { forwarded: `for=198.51.100.${turn}`, 'x-real-ip': `198.51.100.${turn}` }),
  ],
  ['addresses of one IPv6 household', 20, (turn) => proxied(turn, `2001:db8:1:2:${turn}::1`)],
  [
    'a peer that is no proxy',
    20,
    (turn) => ({ ...proxied(turn, `198.51.100.${turn}`), address: '203.0.113.5', encrypted: true }),
  ],
  ['clients that differ', 60, (turn) => proxied(turn, `198.51.100.${turn}`)],
];

test('RATE-06 the client is the right-most hop that no trusted proxy is, whatever it says of itself', async () => {
  await using house = await openHouse({ options: production });
  for (const [what, most, disguise] of disguises) {
    house.clock.advance(24 * 60 * minute);
    assert.equal(await registrations((turn) => house.browser({ origin, ...disguise(turn) })), most, what);
  }
});

test('RATE-06 in production a peer that is no proxy cannot say that it came over https', async () => {
  await using house = await openHouse({ options: production });
  const browser = house.browser({ origin, ...proxied(0, '203.0.113.5'), address: '203.0.113.5' });
  assert.equal((await browser.start('sign-in')).body.code, 'https-required');
});

test('RATE-06 development believes no forwarding header: it answers none', async () => {
  await using house = await openHouse();
  for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'via']) {
    const browser = house.browser({ headers: { [header]: '198.51.100.1' } });
    assert.equal((await browser.start('sign-in')).status, 421, header);
  }
});
