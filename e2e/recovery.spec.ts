/** A forgotten password: by code, by link, and from the wrong browser. */
import type { Page } from '@playwright/test';
import { expect, type House, test } from './house.ts';
import { appOf, button, expectSignedIn, heading, register, signOut, typeCredentials } from './person.ts';

const newPassword = 'lantern ocean gravel tulip';

async function forget(page: Page, house: House, email: string): Promise<void> {
  await page.goto(`${house.origin}/sign-in`);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(heading(page, 'Forgot your password?')).toBeVisible();
  await page.getByLabel('E-mail address').fill(email);
  await button(page, 'Send the code').click();
  await expect(heading(page, 'Check your mail')).toBeVisible();
}

async function choosePassword(page: Page): Promise<void> {
  await expect(heading(page, 'Choose a new password')).toBeVisible();
  await page.getByLabel('New password').fill(newPassword);
  await button(page, 'Save the password').click();
  await expect(heading(page, 'Your password is changed')).toBeVisible();
}

const linkIn = (text: string): string => /https?:\/\/\S+\/recovery#\S+/.exec(text)?.[0] ?? '';

test('recovers by the mailed code, then signs in as ever', async ({ page, house }) => {
  const person = await register(page, house, 'none');
  await signOut(page);
  await forget(page, house, person.email);
  await page.getByLabel('6-digit code').fill(await house.nextCode(person.email));
  await choosePassword(page);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await typeCredentials(page, house, { email: person.email, password: newPassword });
  await expectSignedIn(page);
});

test('recovers by the mailed link and a second factor', async ({ page, house }) => {
  const person = await register(page, house);
  await signOut(page);
  await forget(page, house, person.email);
  const link = linkIn((await house.nextMail(person.email, /\/recovery#/)).text);
  await page.goto(link);
  await expect(button(page, 'Continue')).toBeVisible();
  expect(page.url()).not.toContain('#');
  await button(page, 'Continue').click();
  await expect(heading(page, 'Your authenticator app')).toBeVisible();
  await page.getByLabel('6-digit code').fill(await appOf(person).code());
  await choosePassword(page);
});

test('OOB-09 opening the link does nothing, and in another browser it leads nowhere', async ({
  page,
  house,
  browser,
}) => {
  const person = await register(page, house, 'none');
  await signOut(page);
  await forget(page, house, person.email);
  const link = linkIn((await house.nextMail(person.email, /\/recovery#/)).text);

  const elsewhere = await browser.newPage();
  const posted: string[] = [];
  elsewhere.on('request', (request) => {
    if (request.method() !== 'GET') posted.push(request.url());
  });
  for (let n = 0; n < 3; n += 1) {
    await elsewhere.goto('about:blank');
    await elsewhere.goto(link);
    await expect(button(elsewhere, 'Continue')).toBeVisible();
  }
  expect(posted).toEqual([]);
  await button(elsewhere, 'Continue').click();
  await expect(heading(elsewhere, 'Open the link where you began')).toBeVisible();

  await page.goto(link);
  await button(page, 'Continue').click();
  await choosePassword(page);
});

test('REC-07 the page of the link sends no referrer and asks nobody else', async ({ page, house }) => {
  const person = await register(page, house, 'none');
  await signOut(page);
  await forget(page, house, person.email);
  const link = linkIn((await house.nextMail(person.email, /\/recovery#/)).text);
  const asked: { url: string; referer: string | undefined }[] = [];
  page.on('request', (request) => asked.push({ url: request.url(), referer: request.headers().referer }));
  const answer = await page.goto(link);
  expect(answer?.headers()['referrer-policy']).toBe('no-referrer');
  await button(page, 'Continue').click();
  await expect(heading(page, 'Choose a new password')).toBeVisible();
  for (const { url, referer } of asked) {
    expect(url.startsWith(house.origin) || url.startsWith('data:')).toBe(true);
    expect(referer ?? '').toBe('');
  }
});

test('an address that nobody has looks the same', async ({ page, house }) => {
  await forget(page, house, 'nobody@example.org');
  await expect(page.getByText('a code and a link are on their way')).toBeVisible();
});
