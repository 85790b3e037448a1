/** A YubiKey: turned on with a touch, signed in with another, and of no use twice or while nobody can judge it. */
import type { Page } from '@playwright/test';
import { ValidationServer, YubiKey } from '../server/test/peers/yubico.ts';
import { test as base, expect } from './house.ts';
import { button, connectApp, expectSignedIn, heading, keepAll, register, signOut, typeCredentials } from './person.ts';

/** A house whose keys are judged by a validation server of the test's own. */
const test = base.extend<{ validation: ValidationServer }>({
  // Playwright reads from the pattern what a fixture needs; an empty one is no pattern to the linter.
  validation: async ({ browserName: _ }, use) => {
    await use(new ValidationServer());
  },
  settings: async ({ validation }, use) => {
    const listener = await validation.listen();
    await use({
      SECONDLOCK_YUBICO_URL: listener.url,
      SECONDLOCK_YUBICO_CLIENT_ID: validation.clientId,
      SECONDLOCK_YUBICO_SECRET: validation.secret,
    });
    await listener.close();
  },
});

/** What a key does: it types like a keyboard, wherever the cursor is, and presses Enter. */
async function type(page: Page, touch: string): Promise<void> {
  await expect(page.getByLabel('Code from your key')).toBeFocused();
  await page.keyboard.type(touch);
  await page.keyboard.press('Enter');
}

test('ENR-04 OTP-03 a touch turns the key on, another signs in, and none of them opens twice', async ({
  page,
  house,
  validation,
}) => {
  const key = validation.learn(new YubiKey());
  const person = await register(page, house, 'none');
  await page.getByRole('link', { name: 'Add a second step' }).click();
  // Strongest first, the good start at the top; no hardware token, since none is there to be had.
  await expect(page.locator('.way-name')).toHaveText([
    /^Authenticator app\s*A good start$/,
    'Passkey',
    'YubiKey',
    'Text message',
    'Phone approval',
    'E-mailed code',
  ]);
  await button(page, /YubiKey/).click();
  await expect(heading(page, 'Touch your key')).toBeVisible();
  await type(page, new YubiKey().touch());
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByLabel('Code from your key').fill('');
  const first = key.touch();
  await type(page, first);
  const { codes } = await keepAll(page);
  expect(codes).toHaveLength(10);
  await expect(heading(page, 'It is on')).toBeVisible();
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(page.getByText('YubiKey', { exact: true })).toBeVisible();
  await expect(page.getByText(key.publicId)).toHaveCount(0);

  await signOut(page);
  await typeCredentials(page, house, person);
  await expect(heading(page, 'Touch your key')).toBeVisible();
  await type(page, first);
  await expect(page.getByRole('alert')).toContainText('That code was used already');
  await page.getByLabel('Code from your key').fill('');
  await type(page, key.touch());
  await expectSignedIn(page);
});

test('FLOW-07 while nobody can judge the key it opens nothing, and the app beside it does', async ({
  page,
  house,
  validation,
}) => {
  const key = validation.learn(new YubiKey());
  const person = await register(page, house, 'none');
  await page.getByRole('link', { name: 'Add a second step' }).click();
  await button(page, /YubiKey/).click();
  await type(page, key.touch());
  await keepAll(page);
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await page.getByRole('link', { name: 'Add another way' }).click();
  await button(page, /Authenticator app/).click();
  const app = await connectApp(page);
  await expect(heading(page, 'It is on')).toBeVisible();
  await page.getByRole('link', { name: 'Back to your account' }).click();

  await signOut(page);
  validation.trouble = 'error-500';
  await typeCredentials(page, house, person);
  await expect(heading(page, 'Touch your key')).toBeVisible();
  await type(page, key.touch());
  await expect(page.getByRole('alert')).toContainText('not ready');
  await expect(heading(page, 'Security')).toHaveCount(0);
  await button(page, 'Lost your device?').click();
  await button(page, /^Authenticator app/).click();
  await page.getByLabel('6-digit code').fill(await app.code());
  await expectSignedIn(page);
});
