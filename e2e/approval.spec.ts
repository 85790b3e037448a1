/** Approval on a phone: connecting one, and the page that waits for it. */
import type { Page } from '@playwright/test';
import { readQr } from './authenticator.ts';
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
  signOut,
  typeCredentials,
} from './person.ts';
import { SoftwarePhone } from './software-phone.ts';

const person = { email: 'ada@example.org', password: goodPassword };
const waiting = 'Approve it on your phone';

/** Makes an account whose second step is a phone, connected by the picture on the page. */
async function registerWithPhone(page: Page, house: House): Promise<SoftwarePhone> {
  await page.goto(`${house.origin}/registration`);
  await beginAccount(page, house, person.email);
  await page.getByRole('radio', { name: /^Phone approval/ }).check();
  await button(page, 'Turn it on').click();
  await expect(heading(page, 'Connect your phone')).toBeFocused();
  const link = readQr(await page.getByRole('img', { name: /QR code/ }).screenshot());
  const phone = await SoftwarePhone.pair(link);
  await keepAll(page);
  await expectSignedIn(page);
  return phone;
}

/** The number on the page. */
async function shownNumber(page: Page): Promise<string> {
  await expect(heading(page, waiting)).toBeVisible();
  return (await page.locator('.the-number [aria-hidden]').innerText()).replace(/\D/g, '');
}

const otherThan = (number: string): string => (number.startsWith('1') ? `2${number.slice(1)}` : `1${number.slice(1)}`);

test('ENR-07 a phone is connected by the picture or the link beside it, and the page goes on by itself', async ({
  page,
  house,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${house.origin}/registration`);
  await beginAccount(page, house, person.email);
  await page.getByRole('radio', { name: /^Phone approval/ }).check();
  await button(page, 'Turn it on').click();
  await expect(heading(page, 'Connect your phone')).toBeVisible();
  await expect(page.getByText('which is not https')).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Waiting for your phone' })).toBeVisible();
  await expectNoFinding(page);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await measured(page)).toEqual({ wide: 0, small: [] });
  await page.setViewportSize({ width: 1280, height: 800 });
  const link = readQr(await page.getByRole('img', { name: /QR code/ }).screenshot());
  await expect(page.getByRole('link', { name: link })).toHaveAttribute('href', link);
  await button(page, 'Choose another way').click();
  await expect(SoftwarePhone.pair(link)).rejects.toThrow('link-over');
  await page.getByRole('radio', { name: /^Phone approval/ }).check();
  await button(page, 'Turn it on').click();
  await expect(heading(page, 'Connect your phone')).toBeVisible();
  await SoftwarePhone.pair(readQr(await page.getByRole('img', { name: /QR code/ }).screenshot()));
  await keepAll(page);
  await expectSignedIn(page);
  await expect(page.getByText('Chrome on Android')).toBeVisible();
});

test('PUSH-01 the number is typed on the phone, and the page goes on at once', async ({ page, house }) => {
  const phone = await registerWithPhone(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  const number = await shownNumber(page);
  await expect(heading(page, waiting)).toBeFocused();
  await expectNoFinding(page);
  expect(await phone.request()).toMatchObject({ account: person.email, digits: number.length });
  const collected = page.waitForResponse((answer) => answer.request().postData() === '{}');
  expect((await phone.answer('approve', number)).is).toBe('approved');
  await collected;
  await expectSignedIn(page);
});

test('a wrong number ends the request, and the page says so and asks again', async ({ page, house }) => {
  const phone = await registerWithPhone(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  expect((await phone.answer('approve', otherThan(await shownNumber(page)))).is).toBe('wrong');
  await expect(heading(page, 'How do you want to confirm it is you?')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('a wrong number was typed on the phone');
  await expectNoFinding(page);
  await button(page, /^Approve on my phone/).click();
  expect((await phone.answer('approve', await shownNumber(page))).is).toBe('approved');
  await expectSignedIn(page);
});

test('PUSH-07 a request that is refused ends the sign-in at once', async ({ page, house }) => {
  const phone = await registerWithPhone(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  await shownNumber(page);
  expect((await phone.answer('deny')).is).toBe('denied');
  await expect(heading(page, 'The request was refused on the phone')).toBeFocused();
  await expectNoFinding(page);
  await house.nextMail(person.email, /refused|denied/i);
  await button(page, 'Begin again').click();
  await expect(page.getByLabel('E-mail address')).toHaveValue(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.keyboard.press('Enter');
  await shownNumber(page);
  expect((await phone.answer('not-me')).next).toBe('/recovery');
  await expect(heading(page, 'The request was refused on the phone')).toBeVisible();
  await page.getByRole('link', { name: 'set a new one' }).click();
  await expect(heading(page, 'Forgot your password?')).toBeVisible();
});

test('A11Y-04 a request that ran out is asked again without typing anything', async ({ page, house }) => {
  const phone = await registerWithPhone(page, house);
  await signOut(page);
  await page.clock.install();
  await page.goto(`${house.origin}/sign-in`);
  await typeCredentials(page, house, person);
  const first = await shownNumber(page);
  await page.clock.fastForward('02:05');
  await expect(page.getByRole('status').filter({ hasText: 'The time is up.' })).toBeVisible();
  await expect(page.locator('.the-number')).toHaveCount(0);
  await expectNoFinding(page);
  // The server's own clock has not run ahead: it lets the phone be asked again after half a minute.
  await expect(async () => {
    await button(page, 'Ask my phone again').click({ timeout: 2000 });
    await expect(page.locator('.the-number')).toBeVisible({ timeout: 3000 });
  }).toPass({ timeout: 60_000 });
  const second = await shownNumber(page);
  await expect(page.getByRole('status').filter({ hasText: 'The number is new' })).toBeVisible();
  expect((await phone.request()).digits).toBe(first.length);
  expect((await phone.answer('approve', second)).is).toBe('approved');
  await expectSignedIn(page);
});

test('without event streams the page looks by itself', async ({ page, house }) => {
  await page.route('**/events', (route) => route.abort());
  const phone = await registerWithPhone(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  expect((await phone.answer('approve', await shownNumber(page))).is).toBe('approved');
  await expectSignedIn(page);
});
