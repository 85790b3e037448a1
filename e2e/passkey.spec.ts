/** Passkeys and security keys, in the browser's own authenticators. */
import type { Page } from '@playwright/test';
import { expectNoFinding } from './findings.ts';
import { expect, type House, test } from './house.ts';
import { measured } from './in-page.ts';
import {
  beginAccount,
  button,
  expectSignedIn,
  goodPassword,
  heading,
  keepAll,
  type Person,
  register,
  signInButton,
  signOut,
  typeCredentials,
} from './person.ts';
import { device, oldKey, securityKey, syncedDevice, VirtualKey } from './virtual-key.ts';

const email = 'ada@example.org';
const byPasskey = 'Sign in with a passkey';

/** Makes an account whose second step is a passkey on this device, as the offer proposes it. */
async function registerWithPasskey(page: Page, house: House): Promise<Pick<Person, 'email' | 'password'>> {
  await page.goto(`${house.origin}/registration`);
  await beginAccount(page, house, email);
  await expect(page.getByRole('radio').first()).toBeChecked();
  await expect(page.getByRole('radio', { name: /^Passkey A good start/ })).toBeChecked();
  await button(page, 'Turn it on').click();
  await expect(heading(page, 'Create a passkey')).toBeVisible();
  await button(page, 'Create a passkey').click();
  await keepAll(page);
  await expectSignedIn(page);
  return { email, password: goodPassword };
}

/** Adds a key from the account page. */
async function addKey(page: Page, house: House, by: string): Promise<void> {
  await page.goto(`${house.origin}/account/add`);
  await button(page, /^Passkey/).click();
  await button(page, by).click();
}

/** Listens to what the browser is told of the keys in use: the ids of each call. */
async function listenToSignals(page: Page): Promise<readonly string[][]> {
  const told: string[][] = [];
  await page.exposeFunction('tellTest', (accepted: { allAcceptedCredentialIds: string[] }) => {
    told.push(accepted.allAcceptedCredentialIds);
  });
  await page.addInitScript('PublicKeyCredential.signalAllAcceptedCredentials = (accepted) => tellTest(accepted)');
  return told;
}

const elsewhere = 'Use a security key or a phone';

test('WAN-16 a device that keeps passkeys offers one first, and it signs in without a password', async ({
  page,
  house,
}) => {
  const key = await VirtualKey.plugIn(page, device);
  await registerWithPasskey(page, house);
  await expect(page.getByText('Stays on this one device or key.')).toBeVisible();
  await key.touched(false);
  await signOut(page);
  await page.getByLabel('E-mail address').fill('somebody@example.org');
  await key.touched(true);
  // The field may have filled itself in by then, and leads to the same place.
  await button(page, byPasskey)
    .click({ timeout: 5000 })
    .catch(() => undefined);
  await expectSignedIn(page);
  await expect(page.getByText('Add your phone number')).toBeVisible();
});

test('WAN-18 the address field offers passkeys, and one that is picked there signs in', async ({ page, house }) => {
  const key = await VirtualKey.plugIn(page, device);
  await registerWithPasskey(page, house);
  await key.touched(false);
  const started = page.waitForResponse((answer) => answer.url().endsWith('/flows/sign-in'));
  await signOut(page);
  await expect(page.getByLabel('E-mail address')).toHaveAttribute('autocomplete', 'username webauthn');
  const { prompt } = (await (await started).json()) as { prompt: { passkey: { timeout: number } } };
  expect(prompt.passkey.timeout).toBeGreaterThanOrEqual(300_000);
  expect(prompt.passkey.timeout).toBeLessThanOrEqual(600_000);
  // Somebody picks the passkey in the list of the field, which the browser does for them here.
  await key.touched(true);
  await page.reload();
  await expectSignedIn(page);
});

test('a passkey is the second step after the password, and asks by itself', async ({ page, house }) => {
  // Else the address field would be filled in from it before anything is typed.
  await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false');
  await VirtualKey.plugIn(page, syncedDevice);
  const person = await registerWithPasskey(page, house);
  await expect(page.getByText('Stays on this one device or key.')).toHaveCount(0);
  await signOut(page);
  await typeCredentials(page, house, person);
  await expectSignedIn(page);
});

test('what was cancelled is told, nothing that was typed is lost, and another way is at hand', async ({
  page,
  house,
}) => {
  const key = await VirtualKey.plugIn(page, device);
  const person = await registerWithPasskey(page, house);
  await key.unlocked(false);
  await signOut(page);
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await button(page, byPasskey).click();
  await expect(page.getByRole('alert')).toContainText('Nothing was confirmed');
  await expect(page.getByLabel('E-mail address')).toHaveValue(person.email);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(person.password);
  await expectNoFinding(page);
  await key.touched(false);
  await signInButton(page).click();
  await expect(heading(page, 'Use your passkey')).toBeFocused();
  await expect(page.getByText('Waiting for your passkey…').first()).toBeVisible();
  await page.getByText('How does this work?').click();
  await expect(page.getByText('Plug it in or hold it to the phone')).toBeVisible();
  await expectNoFinding(page);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await measured(page)).toEqual({ wide: 0, small: [] });
  await button(page, 'Lost your device?').click();
  await button(page, /^Paper key/).click();
  await expect(heading(page, 'Use your paper key')).toBeVisible();
  await button(page, 'Lost your device?').click();
  await key.unlocked(true);
  await key.touched(true);
  await button(page, /^Passkey/).click();
  await expectSignedIn(page);
  await expect(page.getByText('You came in another way')).toHaveCount(0);
});

test('a security key without a PIN is a second step, and no way in alone', async ({ page, house }) => {
  await register(page, house);
  const key = await VirtualKey.plugIn(page, oldKey);
  await addKey(page, house, elsewhere);
  await expect(heading(page, 'It is on')).toBeVisible();
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(page.getByText('Stays on this one device or key.')).toHaveCount(0);
  await signOut(page);
  await button(page, byPasskey).click();
  await expect(page.getByRole('alert')).toContainText('Nothing was confirmed');
  await typeCredentials(page, house, { email, password: goodPassword });
  await expectSignedIn(page);
  expect(await key.count()).toBe(1);
});

test('WAN-14 the same key is not taken twice, a second one is, and the browser is told what is gone', async ({
  page,
  house,
}) => {
  const told = await listenToSignals(page);
  await VirtualKey.plugIn(page, device);
  await registerWithPasskey(page, house);
  await expect.poll(() => told.at(-1)).toHaveLength(1);
  await page.goto(`${house.origin}/account/add`);
  await button(page, /^Passkey/).click();
  await button(page, 'Create a passkey').click();
  await expect(page.getByRole('alert')).toContainText('is connected to your account already');
  await expectNoFinding(page);
  await VirtualKey.plugIn(page, securityKey);
  await button(page, 'Use a security key or another device').click();
  await expect(heading(page, 'It is on')).toBeVisible();
  await expect.poll(() => told.at(-1)).toHaveLength(2);
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(button(page, /^Change/)).toHaveCount(2);
  await button(page, /^Change/)
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('is removed')).toBeVisible();
  await expect.poll(() => told.at(-1)).toHaveLength(1);
  // Never of a list that is known to be old: it would hide the key that was just made.
  expect(told.map((ids) => ids.length)).not.toContain(0);
});

test('a proof in between is given with the passkey', async ({ page, house }) => {
  await VirtualKey.plugIn(page, device);
  await registerWithPasskey(page, house);
  let asked = 0;
  await page.route('**/api/v1/account/factors/*', async (route) => {
    // The first call is answered as ten minutes later, when the proof of the registration is no longer fresh.
    asked += 1;
    if (asked > 1) return route.fallback();
    const problem = {
      type: 'about:blank',
      title: '',
      status: 403,
      code: 'step-up-required',
      level: 'phishing-resistant',
    };
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  await button(page, /^Change/).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('My laptop');
  const proved = page.waitForResponse((answer) => (answer.request().postData() ?? '').includes('"credential"'));
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  expect((await proved).status()).toBe(200);
  await expect(page.getByText('My laptop', { exact: true })).toBeVisible();
});

test('options that are too old are renewed, and nothing that was typed is lost', async ({ page, house }) => {
  const key = await VirtualKey.plugIn(page, device);
  await registerWithPasskey(page, house);
  await key.touched(false);
  await signOut(page);
  await page.clock.install();
  const starts: string[] = [];
  page.on('request', (request) => request.url().endsWith('/flows/sign-in') && starts.push(request.url()));
  await page.goto(`${house.origin}/sign-in`);
  await page.getByLabel('E-mail address').fill('typed@example.org');
  await expect.poll(() => starts.length).toBe(1);
  await page.clock.fastForward('09:50');
  await expect.poll(() => starts.length).toBe(2);
  await expect(page.getByLabel('E-mail address')).toHaveValue('typed@example.org');
  await expect(page.getByText('ends in less than a minute')).toHaveCount(0);
  await key.touched(true);
  await button(page, byPasskey)
    .click({ timeout: 5000 })
    .catch(() => undefined);
  await expectSignedIn(page);
});

test('a browser without passkeys shows none, and signs in as ever', async ({ page, house }) => {
  await page.addInitScript('delete window.PublicKeyCredential');
  const starts: string[] = [];
  page.on('request', (request) => request.url().endsWith('/flows/sign-in') && starts.push(request.url()));
  await page.goto(`${house.origin}/registration`);
  await beginAccount(page, house, email);
  await expect(page.getByRole('radio', { name: /^Authenticator app A good start/ })).toBeChecked();
  await expect(page.getByRole('radio', { name: /^Passkey/ })).toHaveCount(0);
  await button(page, 'Later').click();
  await expectSignedIn(page);
  await signOut(page);
  await expect(button(page, byPasskey)).toHaveCount(0);
  expect(starts).toEqual([]);
  await typeCredentials(page, house, { email, password: goodPassword });
  await expectSignedIn(page);
  expect(starts).toHaveLength(1);
});
