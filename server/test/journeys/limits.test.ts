/** Limits: what guessing costs the guesser, and what it never costs the owner. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addApp, factorOf, remove, signedIn } from '../account.ts';
import type { Answer, Browser } from '../browser.ts';
import { type House, openHouse } from '../house.ts';
import { asked, choose, enterPassword, type Person, register, signIn } from '../people.ts';
import { inHouse } from '../shared-house.ts';

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const newPassword = 'crimson lantern over harbour';

let guesses = 0;
const wrongPassword = (browser: Browser, person: Pick<Person, 'address'>): Promise<Answer> => {
  guesses += 1;
  return browser.start('sign-in', { identifier: person.address, password: `wrong ${guesses}` }) as Promise<
    Answer<never>
  >;
};

const retryAfter = (answer: Answer): number => Number(answer.headers.get('retry-after'));

/** Guesses passwords, waiting as long as told, until `enough`; gives how many were judged and the waits. */
async function guessOn(
  house: House,
  person: Pick<Person, 'address'>,
  enough: (judged: number, wait: number) => boolean,
) {
  const browser = house.browser({ address: '203.0.113.66' });
  const waits: number[] = [];
  for (let judged = 0; ; ) {
    const answer = await wrongPassword(browser, person);
    if (answer.status === 200) judged += 1;
    else waits.push(retryAfter(answer));
    const wait = answer.status === 200 ? 0 : (waits.at(-1) ?? 0);
    if (enough(judged, wait)) return { judged, waits };
    house.clock.advance(wait * second);
  }
}

/** Guesses codes of the app, five to a sign-in, waiting as long as told, until this many were judged. */
async function guessCodes(house: House, person: Person, many: number): Promise<void> {
  const browser = house.browser({ address: '203.0.113.66' });
  for (let judged = 0; judged < many; ) {
    const flow = await enterPassword(browser, person);
    for (let left = 5; left > 0 && judged < many; ) {
      const answer = await browser.answer(flow, { code: 'wrong' });
      if (answer.status === 200 && answer.body.refused?.code === 'wrong') {
        judged += 1;
        left -= 1;
      } else if (answer.status === 429) house.clock.advance(retryAfter(answer as unknown as Answer) * second);
      else break;
    }
    house.clock.advance(minute);
  }
}

/** Recovers with a backup code, by the mailed link. */
async function recover(house: House, person: Person): Promise<void> {
  const browser = house.browser();
  const { body: flow } = await browser.start('recovery', { identifier: person.address });
  const link = /#[\w-]+\.([\w-]+)/.exec((await house.mailTo(person.address)).text)?.[1];
  const next = (await browser.answer(flow, { link })).body;
  await choose(browser, next, 'backup-codes');
  asked((await browser.answer(flow, { code: person.codes.pop() })).body, 'new-password');
  person.password = `${newPassword} ${person.codes.length}`;
  const done = await browser.answer(flow, { password: person.password });
  assert.equal(done.body.done, true, done.text);
}

const told = async (house: House, person: Person, words: RegExp): Promise<boolean> => {
  await house.outbox.drain();
  return house.mails.some((mail) => mail.to === person.address && words.test(mail.subject ?? ''));
};

inHouse(
  'a hundred failures',
  (house) => {
    test('RATE-01 a hundred failures disable a password, however slowly they come; recovery restores it', async () => {
      const ada = await register(house());
      await guessOn(house(), ada, (judged) => judged === 60);
      house().clock.advance(3 * day);
      await house().sweep();
      await guessOn(house(), ada, (judged) => judged === 40);
      house().clock.advance(3 * day);
      for (const browser of [ada.browser, house().browser()]) {
        assert.equal((await browser.start('sign-in', { identifier: ada.address, password: ada.password })).status, 429);
      }
      assert.ok(await told(house(), ada, /was stopped/));
      await recover(house(), ada);
      assert.equal((await signIn(house().browser(), ada)).done, true);
    });

    test('RATE-01 a hundred wrong codes disable the app, and no other way; rebinding or recovery restores it', async () => {
      const ada = await register(house());
      for (const restore of [rebind, recover]) {
        await guessCodes(house(), ada, 100);
        house().clock.advance(day);
        const browser = house().browser();
        const flow = await enterPassword(browser, ada);
        assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.refused?.code, 'unavailable');
        await choose(browser, flow, 'backup-codes');
        assert.equal((await browser.answer(flow, { code: ada.codes.pop() })).body.done, true);
        await restore(house(), ada, browser);
        assert.equal((await signIn(house().browser(), ada)).done, true, restore.name);
      }
    });
  },
  { on: ['sqlite'] },
);

/** Adds the app anew and takes the old one away, in a browser that has just proved another way. */
async function rebind(_house: House, person: Person, browser: Browser): Promise<void> {
  const old = await factorOf(browser, 'totp');
  const { uri } = await addApp({ ...person, browser });
  assert.equal((await remove(browser, old.id)).status, 204);
  person.uri = uri;
}

const paces = [
  ['balanced', 10, [5, 10, 20, 40, 80, 1800]],
  ['nist', 10, [5, 10, 20, 40, 80, 1800]],
  ['pci', 10, [5, 10, 20, 40, 80, 1800]],
  ['psd2', 5, [1800]],
] as const;

for (const [profile, most, pauses] of paces) {
  test(`RATE-02 RATE-10 ${profile} pauses from the fifth guess and blocks at its limit, for the right password too`, async () => {
    await using house = await openHouse({ options: { SECONDLOCK_PROFILE: profile } });
    const ada = await register(house, 'nothing');
    const { judged, waits } = await guessOn(house, ada, (_judged, wait) => wait >= 1800);
    assert.deepEqual([judged, waits], [most, pauses]);
    const browser = house.browser();
    const right = { identifier: ada.address, password: ada.password };
    for (const wait of [0, 1800 * second - 1]) {
      house.clock.advance(wait);
      const { status, body } = await browser.start('sign-in', right);
      assert.deepEqual([status, body.code], [429, 'too-many-requests']);
    }
    house.clock.advance(1);
    assert.equal((await browser.start('sign-in', right)).body.done, true);
  });
}

inHouse('counting', (house) => {
  test('RATE-02 five wrong guesses end a question, and a new one does not begin the count anew', async () => {
    const ada = await register(house());
    const browser = house().browser();
    const flow = await enterPassword(browser, ada);
    for (const left of [4, 3, 2, 1, 0]) {
      assert.equal((await browser.answer(flow, { code: 'wrong' })).body.refused?.attemptsLeft, left);
    }
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).body.code, 'flow-over');
    const again = await enterPassword(browser, ada);
    assert.equal((await browser.answer(again, { code: 'wrong' })).body.refused?.code, 'wrong');
    assert.equal((await browser.answer(again, { code: ada.code() })).status, 429);
  });

  test('RATE-03 a count belongs to the account: no address, browser, node or restart begins it anew', async () => {
    const ada = await register(house());
    const nodes = [house()];
    if (house().where !== ':memory:')
      nodes.push(await openHouse({ like: house() }), await openHouse({ like: house() }));
    const judged: boolean[] = [];
    for (let guess = 0; guess < 50; guess += 1) {
      const node = nodes[guess % nodes.length] as House;
      judged.push((await wrongPassword(node.browser({ address: `198.51.100.${guess}` }), ada)).status === 200);
    }
    assert.deepEqual(
      judged,
      judged.map((_, guess) => guess < 5),
    );
    for (const node of nodes.slice(1)) await node.close();
  });

  test('RATE-04 a right password clears no wrong codes, and one’s own sign-in clears nobody else’s', async () => {
    const [ada, eve] = [await register(house()), await register(house(), 'nothing')];
    const browser = house().browser();
    for (let round = 0; round < 5; round += 1) {
      const flow = await enterPassword(browser, ada);
      assert.equal((await browser.answer(flow, { code: 'wrong' })).status, 200);
    }
    const flow = await enterPassword(browser, ada);
    assert.equal((await browser.answer(flow, { code: ada.nextCode() })).status, 200);
    const statuses: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      assert.equal((await enterPassword(eve.browser, eve)).done, true);
      statuses.push((await wrongPassword(eve.browser, ada)).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
  });

  test('RATE-10 the right code in a pause is neither judged nor used up', async () => {
    const ada = await register(house());
    const browser = house().browser();
    const first = await enterPassword(browser, ada);
    house().clock.advance(30 * second - (house().clock.now % (30 * second)));
    for (let guess = 0; guess < 4; guess += 1) await browser.answer(first, { code: 'wrong' });
    const flow = await enterPassword(browser, ada);
    await browser.answer(flow, { code: 'wrong' });
    const refused = await browser.answer(flow, { code: ada.code() });
    assert.deepEqual(
      [refused.status, refused.body.code, refused.headers.get('retry-after')],
      [429, 'too-many-requests', '5'],
    );
    assert.equal(await signedIn(browser), false);
    house().clock.advance(5 * second);
    assert.equal((await browser.answer(flow, { code: ada.code() })).body.done, true);
  });
});
