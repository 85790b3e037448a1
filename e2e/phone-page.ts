/** What a person does on a phone: connects it, and answers what it shows, by the words of its page. */
import type { BrowserContext, Page } from '@playwright/test';
import { expect } from './house.ts';
import { button, heading } from './person.ts';

/** What a request is called that was answered, or that ended. */
type Outcome =
  | 'Approved'
  | 'Denied'
  | 'That was not the number'
  | 'This had ended before'
  | 'The time is up'
  | 'Stopped. Nobody got in';

/** The requests on the page that wait for an answer. */
export const requests = (page: Page) => page.getByRole('article').filter({ has: button(page, 'Approve') });

/** Opens the link in the QR code on a phone, and connects it. The page stays open and listens. */
export async function pairPhone(context: BrowserContext, uri: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(uri);
  await expect(heading(page, 'Connect this phone')).toBeVisible();
  expect(page.url(), 'the secret has left the address').not.toContain('#');
  await button(page, /^Connect this phone to /).click();
  await expect(heading(page, 'Requests')).toBeVisible();
  await expectListening(page);
  return page;
}

/** The phone hears of requests, or will in a moment. */
export const expectListening = (page: Page) => expect(page.getByText('Listening')).toBeVisible();

/** The request that a phone shows, once it came. `title` is the question it asks. */
export async function request(page: Page, title: string | RegExp = 'Are you signing in?') {
  const card = requests(page).filter({ has: page.getByRole('heading', { level: 2, name: title }) });
  await expect(card).toHaveCount(1);
  return card;
}

/** What the request says beside this word: Service, Account, Time, Place, Address, Browser. */
export const fact = (page: Page, name: string) =>
  requests(page)
    .first()
    .locator('.facts > div')
    .filter({ has: page.getByRole('term').filter({ hasText: name }) })
    .getByRole('definition');

/** What came of the request. */
export const expectOutcome = (page: Page, outcome: Outcome) =>
  expect(page.getByRole('heading', { level: 2, name: outcome }).first()).toBeVisible();

/** Types the number and approves. With a wrong number the outcome is another one. */
export async function approve(page: Page, number: string, outcome: Outcome = 'Approved'): Promise<void> {
  const card = requests(page).first();
  await card.getByLabel(/-digit number/).fill(number);
  await card.getByRole('button', { name: 'Approve' }).click();
  await expectOutcome(page, outcome);
}

/** Denies the first request. */
export async function deny(page: Page): Promise<void> {
  await requests(page).first().getByRole('button', { name: 'Deny' }).click();
  await expectOutcome(page, 'Denied');
}

/** Says that the first request was somebody else’s doing; the link to a new password is there then. */
export async function notMe(page: Page): Promise<void> {
  await requests(page).first().getByRole('button', { name: 'This was not me' }).click();
  await expectOutcome(page, 'Stopped. Nobody got in');
}

/** Puts what came of a request away. */
export const putAway = (page: Page) => button(page, 'OK').first().click();

/** The server no longer knows this phone, and the page says so. */
export const expectGone = (page: Page) =>
  expect(page.getByRole('alert').filter({ hasText: 'This phone is no longer connected' })).toBeVisible();

/** Opens the half that shows codes. */
export async function showCodes(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: 'Codes' }).click();
  await expect(heading(page, 'Codes')).toBeVisible();
}

/** Adds a code by the link that its QR code holds. */
export async function addCode(page: Page, uri: string): Promise<void> {
  await button(page, 'Type the key').click();
  await page.getByLabel('Key, or the whole otpauth link').fill(uri);
  await button(page, 'Add the code').click();
  await expect(page.getByRole('status').filter({ hasText: 'Added' })).toBeVisible();
}

/** The digits that are shown for a service now. */
export async function shownCode(page: Page, service: string): Promise<string> {
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: service, exact: true }) });
  return (await card.locator('code').innerText()).replace(/\s/g, '');
}
