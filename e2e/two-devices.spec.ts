/** A sign-in page and the phone's page beside it: two browsers, the real server between them. */
import type { Page } from '@playwright/test';
import { readQr } from './authenticator.ts';
import { expect, type House, test } from './house.ts';
import {
  beginAccount,
  button,
  expectSignedIn,
  goodPassword,
  heading,
  keepAll,
  signOut,
  typeCredentials,
} from './person.ts';
import * as phonePage from './phone-page.ts';

const person = { email: 'ada@example.org', password: goodPassword };

/** Makes an account and connects the phone's page to it, by the picture that the account's page shows. */
async function registerWithPhonePage(page: Page, house: House, phone: Page): Promise<Page> {
  await page.goto(`${house.origin}/registration`);
  await beginAccount(page, house, person.email);
  await page.getByRole('radio', { name: /^Phone approval/ }).check();
  await button(page, 'Turn it on').click();
  await expect(heading(page, 'Connect your phone')).toBeVisible();
  const link = readQr(await page.getByRole('img', { name: /QR code/ }).screenshot());
  const connected = await phonePage.pairPhone(phone.context(), link);
  await keepAll(page);
  await expectSignedIn(page);
  await signOut(page);
  return connected;
}

async function numberOn(page: Page): Promise<string> {
  return (await page.locator('.the-number [aria-hidden]').innerText()).replace(/\D/g, '');
}

test('PUSH-01 PUSH-06 the number of one browser is typed in the other, which shows who asks, and the first goes on', async ({
  page,
  house,
  browser,
}) => {
  await using context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  const phone = await registerWithPhonePage(page, house, await context.newPage());
  await typeCredentials(page, house, person);
  await expect(page.locator('.the-number')).toBeVisible();
  await phonePage.request(phone);
  await expect(phonePage.fact(phone, 'Account')).toHaveText(person.email);
  await expect(phonePage.fact(phone, 'Browser')).toContainText('Chrome');
  await phonePage.approve(phone, await numberOn(page));
  await expectSignedIn(page);
});

test('PUSH-07 what is refused on the phone ends on the page, and “this was not me” leads to a new password', async ({
  page,
  house,
  browser,
}) => {
  await using context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  const phone = await registerWithPhonePage(page, house, await context.newPage());
  await typeCredentials(page, house, person);
  await phonePage.request(phone);
  await phonePage.deny(phone);
  await phonePage.putAway(phone);
  await expect(heading(page, 'The request was refused on the phone')).toBeVisible();
  await button(page, 'Begin again').click();
  await typeCredentials(page, house, person);
  await phonePage.request(phone);
  await phonePage.notMe(phone);
  await expect(heading(page, 'The request was refused on the phone')).toBeVisible();
});

test('ENR-05 a phone that is taken off the account hears it at once', async ({ page, house, browser }) => {
  await using context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  const phone = await registerWithPhonePage(page, house, await context.newPage());
  await typeCredentials(page, house, person);
  await phonePage.request(phone);
  await phonePage.approve(phone, await numberOn(page));
  await expectSignedIn(page);
  const removed = await page.evaluate(async () => {
    type Listed = { factors: { id: string; kind: string }[] };
    const { factors } = (await (await fetch('/api/v1/account/factors')).json()) as Listed;
    const mine = factors.find(({ kind }) => kind === 'push');
    return (await fetch(`/api/v1/account/factors/${mine?.id}`, { method: 'DELETE' })).status;
  });
  expect(removed).toBe(204);
  await phonePage.expectGone(phone);
});
