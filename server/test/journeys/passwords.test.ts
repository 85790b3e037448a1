/** Passwords at every place that takes a new one, and at the sign-in that takes them back. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { FlowAnswer } from '../../src/flows/prompt.ts';
import { type ProfileName, profileNames } from '../../src/policy/profiles.ts';
import type { Browser } from '../browser.ts';
import { type House, openHouse } from '../house.ts';
import { asked, goodPassword, newAddress, type Person, register, signIn, stepUp } from '../people.ts';

/** Random small letters: strong enough from nine on, and without any other sign. */
const letters = (length: number): string => 'qkzvjwpxbmhtrdfnslcgy'.slice(0, length);

const houses = new Map<ProfileName, Promise<House & AsyncDisposable>>();
const houseOf = (profile: ProfileName) => {
  const open = houses.get(profile) ?? openHouse({ options: { SECONDLOCK_PROFILE: profile } });
  houses.set(profile, open);
  return open;
};
after(async () => {
  for (const house of houses.values()) await (await house)[Symbol.asyncDispose]();
});

/** A browser that stands before the field for a new password. */
interface Field {
  readonly browser: Browser;
  readonly flow: FlowAnswer;
}

/** Every way to a new password, from its beginning to the field. */
const ways = {
  async registration(house: House): Promise<Field> {
    const browser = house.browser();
    const address = newAddress();
    const { body } = await browser.start('registration', { identifier: address });
    return { browser, flow: (await browser.answer(body, { code: await house.codeFor(address) })).body };
  },
  async 'set-up'(house: House): Promise<Field> {
    const browser = house.browser();
    const address = newAddress();
    const { body } = await browser.start('set-up', { link: house.setUpLink?.split('#')[1] });
    const named = await browser.answer(body, { value: address });
    return { browser, flow: (await browser.answer(named.body, { code: await house.codeFor(address) })).body };
  },
  async invitation(house: House): Promise<Field> {
    const owner = await register(house, 'totp');
    const user = (await owner.browser.get<{ id: string }>('/api/v1/account')).body.id;
    const { database } = house;
    await database.transaction('main', async ({ k }) => {
      await k.insertInto('user_roles').values({ tenant: 'main', user_id: user, role: 'owner', given_at: 0 }).execute();
    });
    const address = newAddress();
    const made = await owner.browser.call('POST', '/api/v1/invitations', { email: address, role: 'member' });
    assert.equal(made.status, 204, made.text);
    const browser = house.browser();
    const link = /invitation#(\S+)/.exec((await house.mailTo(address)).text)?.[1];
    return { browser, flow: (await browser.start('invitation', { link })).body };
  },
  async change(house: House): Promise<Field> {
    const { browser, password } = await register(house, 'nothing');
    const { body } = await browser.start('password');
    return { browser, flow: (await browser.answer(body, { password })).body };
  },
  async recovery(house: House): Promise<Field> {
    const { address } = await register(house, 'nothing');
    const browser = house.browser();
    const { body } = await browser.start('recovery', { identifier: address });
    return { browser, flow: (await browser.answer(body, { code: await house.codeFor(address) })).body };
  },
} as const;

/** What the field says to a password; `accepted` where it leads on. */
async function say({ browser, flow }: Field, password: string): Promise<string> {
  const { body, status } = await browser.answer(flow, { password });
  if (status !== 200) return body.code;
  return body.refused?.code ?? 'accepted';
}

const minimum: Readonly<Record<ProfileName, number>> = { balanced: 8, nist: 15, pci: 12, psd2: 12 };

for (const profile of profileNames) {
  test(`PW-01 ${profile} takes ${minimum[profile]} characters and no fewer, on every way to a new password`, async () => {
    const house = await houseOf(profile);
    const least = minimum[profile];
    for (const [name, way] of Object.entries(ways)) {
      // Where the role must have a second factor and mail cannot be one, the password is never alone.
      const expected = name === 'set-up' && profile === 'nist' ? 8 : least;
      const field = await way(house);
      assert.equal(asked(field.flow, 'new-password').minLength, expected, name);
      assert.equal(await say(field, letters(expected - 1)), 'too-short', name);
      assert.notEqual(await say(field, letters(expected)), 'too-short', name);
    }
  });
}

test('PW-01 where the second factor can be taken off again, the password must be good enough alone', async () => {
  const house = await houseOf('nist');
  const ada = await register(house);
  const { body } = await ada.browser.start('password');
  const field = { browser: ada.browser, flow: (await ada.browser.answer(body, { password: ada.password })).body };
  assert.equal(await say(field, letters(14)), 'too-short');
});

/** Changes the password of somebody without a second factor. */
async function change(person: Person, password: string): Promise<void> {
  const { body } = await person.browser.start('password');
  const field = await person.browser.answer(body, { password: person.password });
  assert.equal(await say({ browser: person.browser, flow: field.body }, password), 'accepted', password);
  person.password = password;
}

/** Whether a password signs in. Every try comes from elsewhere and after a while, so that no limit answers for it. */
async function signsIn(house: House, person: Person, password: string): Promise<boolean> {
  house.clock.advance(60_000);
  const { body } = await house.browser().start('sign-in', { identifier: person.address, password });
  return body.done === true;
}

const long = 'every night the river tells another story about stones, kites and rusty bicycles that nobody rode. ';
const faces = '🦊🌵🪐🧊🪵🦑🧵🪁🛶🧭🪀🫖🪢🧲🪔';

test('PW-02 64 and 128 characters are accepted and count up to the last, 129 are refused with a reason', async () => {
  const house = await houseOf('balanced');
  const ada = await register(house, 'nothing');
  for (const length of [64, 128]) {
    const password = (long + long.toUpperCase()).slice(0, length);
    await change(ada, password);
    assert.equal(await signsIn(house, ada, password), true);
    assert.equal(await signsIn(house, ada, `${password.slice(0, -1)}#`), false, 'the last character');
    if (length > 73) assert.equal(await signsIn(house, ada, `${password.slice(0, 72)}#${password.slice(73)}`), false);
    assert.equal(await signsIn(house, ada, password.slice(0, -1)), false, 'one character fewer');
  }
  const field = await ways.registration(house);
  assert.equal(await say(field, (long + long.toUpperCase()).slice(0, 129)), 'too-long');
  assert.equal(await say(field, 'x'.repeat(5000)), 'bad-request');
  assert.equal(await say(field, 'x'.repeat(100_000)), 'too-large');
  assert.equal(await say(field, goodPassword), 'accepted', 'no refusal has spent the field');
});

test('PW-03 spaces at the ends, quotes, marks and emoji are part of the password, each code point one', async () => {
  const house = await houseOf('balanced');
  const ada = await register(house, 'nothing');
  for (const password of ['  violet "anchors" <b>&amp; 100%  ', `it's {name} \\ $(drift) ; --`, faces]) {
    await change(ada, password);
    assert.equal(await signsIn(house, ada, password), true, password);
    assert.equal(await signsIn(house, ada, password.trim().slice(1)), false, password);
  }
  assert.equal(await signsIn(house, ada, ` ${faces}`), false);
  const field = await ways.registration(await houseOf('nist'));
  assert.equal(await say(field, [...faces].slice(0, 8).join('')), 'too-short');
  assert.equal(await say(field, faces), 'accepted');
});

test('PW-04 what was set with composed letters signs in with decomposed ones, and the other way round', async () => {
  const house = await houseOf('balanced');
  const ada = await register(house, 'nothing');
  const password = 'café au lait à la façon d’Élodie';
  for (const [set, typed] of [
    [password.normalize('NFC'), password.normalize('NFD')],
    [`${password} 2`.normalize('NFD'), `${password} 2`.normalize('NFC')],
  ] as const) {
    await change(ada, set);
    assert.notEqual(set, typed);
    assert.equal(await signsIn(house, ada, typed), true);
  }
});

test('PW-05 twenty small letters are enough in every profile', async () => {
  for (const profile of profileNames) {
    assert.equal(await say(await ways.registration(await houseOf(profile)), letters(20)), 'accepted', profile);
  }
});

test('PW-07 no route, answer or page asks for a hint or a security question', async () => {
  const house = await houseOf('balanced');
  const { text } = await house.browser().get('/api/v1/openapi.json');
  const fields = [...text.matchAll(/"([A-Za-z]+)":\{"/g)].map(([, name]) => name ?? '');
  assert.ok(fields.includes('password'));
  assert.deepEqual(
    fields.filter((name) => /question|securityAnswer|passwordHint|maiden|pet|reminder/i.test(name)),
    [],
  );
  const { browser, flow } = await ways.registration(house);
  for (const extra of [{ hint: 'rain' }, { question: 'pet' }, { answer: 'Rex' }]) {
    const { status, body } = await browser.answer(flow, { password: goodPassword, ...extra });
    assert.deepEqual([status, body.code], [400, 'bad-request']);
  }
});

test('PW-08 common, leaked and own words are refused with reason and advice, on every try; a phrase is not', async () => {
  const house = await houseOf('nist');
  const { address } = await register(house, 'nothing');
  const browser = house.browser();
  const { body } = await browser.start('recovery', { identifier: address });
  const flow = (await browser.answer(body, { code: await house.codeFor(address) })).body;
  const refusals = {
    qwerty123456789: 'common',
    '1234567890qwerty': 'common',
    SecondlockSecondlock: 'own-words',
    [`${address}`]: 'own-words',
    [address.toUpperCase()]: 'own-words',
  };
  for (const [password, why] of [...Object.entries(refusals), ...Object.entries(refusals)]) {
    const { refused } = (await browser.answer(flow, { password })).body;
    assert.equal(refused?.code, why, password);
    assert.ok((refused?.advice ?? []).length > 0, password);
  }
  assert.equal(await say({ browser, flow }, 'my password walks along the river'), 'accepted');
});

test('PW-10 a change needs the current password, and the second factor where one is enrolled', async () => {
  const house = await houseOf('balanced');
  const ada = await register(house);
  house.clock.advance(11 * 60_000);
  const next = 'crimson lantern over harbour';
  const { body: flow } = await ada.browser.start('password');
  asked(flow, 'password');
  assert.equal((await ada.browser.answer(flow, { password: next })).body.refused?.code, 'wrong');
  const second = (await ada.browser.answer(flow, { password: ada.password })).body;
  assert.equal(asked(second, 'code').kind, 'totp');
  assert.equal((await ada.browser.answer(flow, { password: next })).status, 400, 'no step is skipped');
  assert.equal((await house.browser().start('password', { password: ada.password })).status, 401);
  const field = (await ada.browser.answer(flow, { code: ada.nextCode() })).body;
  assert.equal(await say({ browser: ada.browser, flow: field }, ada.password), 'same');
  assert.equal(await say({ browser: ada.browser, flow: field }, next), 'accepted');
  ada.password = next;
  await signIn(house.browser(), ada);
  await stepUp(ada.browser, ada);
});

test('PW-13 the well-known address leads to the page for a change, and no other well-known address is there', async () => {
  const browser = (await houseOf('balanced')).browser();
  const { status, headers } = await browser.get('/.well-known/change-password');
  assert.deepEqual([status, headers.get('location')], [303, '/account/password']);
  const none = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200';
  assert.equal((await browser.get(none)).status, 404);
});
