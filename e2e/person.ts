/** What a person does in the pages, by the words that the pages show. */
import type { Page } from '@playwright/test';
import { Authenticator, readQr } from './authenticator.ts';
import { expect, type House } from './house.ts';

/** A person with an account. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly codes: readonly string[];
  readonly paperKey: string;
  /** Only where one was connected. */
  readonly app: Authenticator | undefined;
}

export const goodPassword = 'heron umbrella cobalt window';

/** The page's heading. */
export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });

/** The button of a name. */
export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

/** The button beneath the password: beside it there is one for passkeys. */
export const signInButton = (page: Page) => page.getByRole('button', { name: 'Sign in', exact: true });

/** The account page is there. */
export const expectSignedIn = (page: Page) => expect(heading(page, 'Security')).toBeVisible();

/** Types the address, confirms it by the mailed code and chooses a password. */
export async function beginAccount(page: Page, house: House, email: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await button(page, 'Continue').click();
  await expect(heading(page, 'Check your mail')).toBeVisible();
  await page.getByLabel('6-digit code').fill(await house.nextCode(email));
  await choosePassword(page);
}

/** Chooses the password of a new account, after which a second lock is offered. */
export async function choosePassword(page: Page): Promise<void> {
  await expect(heading(page, 'Choose a password')).toBeVisible();
  await page.getByLabel('New password').fill(goodPassword);
  await button(page, 'Save the password').click();
  await expect(heading(page, 'Add a second lock')).toBeVisible();
}

/** Connects an authenticator app by the QR code on the page. */
export async function connectApp(page: Page): Promise<Authenticator> {
  await expect(heading(page, 'Connect your app')).toBeVisible();
  const picture = page.getByRole('img', { name: /QR code/ });
  const app = new Authenticator(readQr(await picture.screenshot()));
  await page.getByLabel('6-digit code').fill(await app.code());
  return app;
}

/** Reads the codes and the key that are shown once, and says that they are kept. */
export async function keepAll(page: Page): Promise<{ codes: string[]; paperKey: string }> {
  await expect(heading(page, 'Keep these safe')).toBeVisible();
  const codes = await page.locator('.codes code').allInnerTexts();
  const paperKey = await page.locator('.paper-key code').innerText();
  await button(page, 'I have kept them').click();
  return { codes, paperKey };
}

/** Registers, with a second step of this kind. */
export async function register(
  page: Page,
  house: House,
  second: 'Authenticator app' | 'E-mailed code' | 'none' = 'Authenticator app',
  email = 'ada@example.org',
): Promise<Person> {
  await page.goto(`${house.origin}/registration`);
  await beginAccount(page, house, email);
  if (second === 'none') {
    await button(page, 'Later').click();
    await expectSignedIn(page);
    return { email, password: goodPassword, codes: [], paperKey: '', app: undefined };
  }
  await page.getByRole('radio', { name: second }).check();
  await button(page, 'Turn it on').click();
  const app = second === 'Authenticator app' ? await connectApp(page) : undefined;
  const kept = await keepAll(page);
  await expectSignedIn(page);
  return { email, password: goodPassword, app, ...kept };
}

/** Signs out. */
export async function signOut(page: Page): Promise<void> {
  await button(page, 'Sign out').click();
  await expect(heading(page, 'Sign in')).toBeVisible();
}

/** Types address and password. */
export async function typeCredentials(
  page: Page,
  house: House,
  who: Pick<Person, 'email' | 'password'>,
): Promise<void> {
  if (!page.url().startsWith(`${house.origin}/sign-in`)) await page.goto(`${house.origin}/sign-in`);
  await page.getByLabel('E-mail address').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await signInButton(page).click();
}

/** The app of a person who connected one. */
export function appOf(person: Person): Authenticator {
  if (!person.app) throw new Error('this person has no app');
  return person.app;
}
