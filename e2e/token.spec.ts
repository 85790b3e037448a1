/** A hardware token: named by its number, signed in with, and put back in step. */
import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { hotpCode } from './authenticator.ts';
import { expectNoFinding } from './findings.ts';
import { expect, type House, test } from './house.ts';
import {
  beginAccount,
  button,
  connectApp,
  expectSignedIn,
  goodPassword,
  heading,
  keepAll,
  type Person,
  signOut,
  typeCredentials,
} from './person.ts';

const email = 'owner@example.org';
const seed = randomBytes(20).toString('hex');

/** The first owner, who may fill the store room. */
async function becomeOwner(page: Page, house: House): Promise<Person> {
  await page.goto(house.setUpLink);
  await button(page, 'Set up').click();
  await beginAccount(page, house, email);
  await button(page, 'Turn it on').click();
  const app = await connectApp(page);
  const kept = await keepAll(page);
  await expectSignedIn(page);
  return { email, password: goodPassword, app, ...kept };
}

async function importToken(page: Page, house: House, serial: string): Promise<void> {
  const imported = await page.request.post(`${house.origin}/api/v1/tokens/import`, {
    headers: { origin: house.origin },
    data: { format: 'csv', content: `serial,seed,type,digits\n${serial},${seed},hotp,6\n` },
  });
  expect(imported.status(), await imported.text()).toBe(200);
  expect(await imported.json()).toMatchObject({ imported: 1 });
  // The page has read before what can be added.
  await page.reload();
}

async function typePair(page: Page, ...counters: [number, number]): Promise<void> {
  for (const [at, counter] of counters.entries()) {
    await expect(heading(page, at === 0 ? 'The first code' : 'The next code')).toBeVisible();
    await expect(page.getByLabel('6-digit code')).toHaveValue('');
    await page.getByLabel('6-digit code').fill(hotpCode(seed, counter));
  }
}

test('A11Y-03 the page for a token’s number has no serious finding, in either scheme', async ({ page, house }) => {
  await becomeOwner(page, house);
  await importToken(page, house, '7700125');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`${house.origin}/account/add?kind=hotp`);
  await expect(heading(page, 'The number of your token')).toBeVisible();
  await page.getByText('How does this work?').click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoFinding(page);
  }
});

test('OATH-09 a token is named by its number, lets in where the app is lost, and is put back in step', async ({
  page,
  house,
}) => {
  const owner = await becomeOwner(page, house);
  await importToken(page, house, '7700123');
  await page.getByRole('link', { name: 'Add another way' }).click();
  await button(page, /Hardware token/).click();
  const serial = page.getByLabel('Serial number');
  await expect(serial).toBeFocused();
  await serial.fill('7700124');
  await button(page, 'Continue').click();
  await expect(page.getByRole('alert')).toContainText('No free token has this number');
  await serial.fill('7700123');
  await button(page, 'Continue').click();
  await expect(heading(page, 'Your hardware token')).toBeVisible();
  await expect(page.getByText('7700123')).toBeVisible();
  await page.getByLabel('6-digit code').fill(hotpCode(seed, 0));
  await expect(heading(page, 'It is on')).toBeVisible();
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(page.getByText('Token 7700123', { exact: true })).toBeVisible();

  await signOut(page);
  await typeCredentials(page, house, owner);
  await button(page, 'Lost your device?').click();
  await button(page, /^Hardware token/).click();
  const code = page.getByLabel('6-digit code');
  await code.fill(hotpCode(seed, 0));
  await expect(page.getByRole('alert')).toContainText('That code was used already');
  await code.fill(hotpCode(seed, 1));
  await button(page, 'Continue').click();
  await expectSignedIn(page);
  await button(page, 'It is not lost').click();

  await button(page, 'Change Token 7700123').click();
  await page.getByRole('menuitem', { name: 'Resynchronise' }).click();
  await button(page, 'Continue').click();
  await typePair(page, 60, 62);
  await expect(page.getByRole('alert')).toContainText('not two codes in a row');
  await button(page, 'Continue').click();
  await typePair(page, 60, 61);
  await expect(heading(page, 'Your token is in step again')).toBeVisible();
});
