/** Creating an account, in each of the ways there are. */
import { expect, test } from './house.ts';
import {
  beginAccount,
  button,
  choosePassword,
  connectApp,
  expectSignedIn,
  heading,
  keepAll,
  register,
} from './person.ts';

test('a person registers, connects an app by its QR code and keeps the codes and the paper key', async ({
  page,
  house,
}) => {
  const person = await register(page, house);
  expect(person.codes).toHaveLength(10);
  expect(person.paperKey.length).toBeGreaterThan(24);
  expect(person.app?.uri).toContain('otpauth://totp/');
  await expect(page.getByText('Two locks are on')).toBeVisible();
  await expect(page.getByText('10 codes left')).toBeVisible();
});

test('a person registers with mailed codes as the second step', async ({ page, house }) => {
  await register(page, house, 'E-mailed code');
  await expect(page.getByText('Two locks are on')).toBeVisible();
});

test('a person puts the second step off, and is reminded', async ({ page, house }) => {
  await register(page, house, 'none');
  await expect(page.getByText('Only a password protects this account')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Add a second step' })).toBeVisible();
});

test('the set-up link makes the first owner, once', async ({ page, house, browser }) => {
  await page.goto(house.setUpLink);
  await expect(heading(page, 'Set up Secondlock')).toBeVisible();
  expect(page.url()).not.toContain('#');
  await button(page, 'Set up').click();
  await beginAccount(page, house, 'owner@example.org');
  await button(page, 'Turn it on').click();
  await connectApp(page);
  await keepAll(page);
  await expectSignedIn(page);

  const other = await browser.newPage();
  await other.goto(house.setUpLink);
  await button(other, 'Set up').click();
  await expect(heading(other, 'This link no longer works')).toBeVisible();
});

test('ENR-08 the owner invites somebody, who makes an account by the mailed link, once', async ({
  page,
  house,
  browser,
}) => {
  await page.goto(house.setUpLink);
  await button(page, 'Set up').click();
  await beginAccount(page, house, 'owner@example.org');
  await button(page, 'Turn it on').click();
  await connectApp(page);
  await keepAll(page);
  await expectSignedIn(page);
  const invited = await page.request.post(`${house.origin}/api/v1/invitations`, {
    headers: { origin: house.origin },
    data: { email: 'ada@example.org', role: 'member' },
  });
  expect(invited.status(), await invited.text()).toBe(204);
  const mail = await house.nextMail('ada@example.org', /\/invitation#/);
  const link = /https?:\/\/\S+\/invitation#\S+/.exec(mail.text)?.[0] ?? '';

  const guest = await browser.newPage();
  await guest.goto(`${house.origin}/invitation`);
  await expect(heading(guest, 'The invitation is incomplete')).toBeVisible();
  await guest.goto(link);
  await expect(heading(guest, 'You are invited')).toBeVisible();
  expect(guest.url()).not.toContain('#');
  await button(guest, 'Accept the invitation').click();
  // The link has proved the address: the password comes first.
  await choosePassword(guest);
  await button(guest, 'Turn it on').click();
  await connectApp(guest);
  await keepAll(guest);
  await expectSignedIn(guest);

  const late = await browser.newPage();
  await late.goto(link);
  await button(late, 'Accept the invitation').click();
  await expect(heading(late, 'This link no longer works')).toBeVisible();
});

test('a reload in the middle goes on where it was', async ({ page, house }) => {
  await page.goto(`${house.origin}/registration`);
  await page.getByLabel('E-mail address').fill('ada@example.org');
  await button(page, 'Continue').click();
  await expect(heading(page, 'Check your mail')).toBeVisible();
  await page.reload();
  await page.getByLabel('6-digit code').fill(await house.nextCode('ada@example.org'));
  await expect(heading(page, 'Choose a password')).toBeVisible();
});

test('a weak password is met with advice, before and after it is sent', async ({ page, house }) => {
  await page.goto(`${house.origin}/registration`);
  await page.getByLabel('E-mail address').fill('ada@example.org');
  await button(page, 'Continue').click();
  await page.getByLabel('6-digit code').fill(await house.nextCode('ada@example.org'));
  const password = page.getByLabel('New password');
  await password.fill('abc');
  await expect(page.getByText('5 more characters')).toBeVisible();
  await password.fill('password2024');
  await expect(page.getByText(/^(Very weak|Weak)/)).toBeVisible();
  await button(page, 'Save the password').click();
  await expect(page.getByRole('alert')).toContainText(/guessed|lists/);
  await expect(password).toHaveValue('password2024');
  await password.fill('heron umbrella cobalt window');
  await expect(page.getByText(/^(Very strong|Strong)/)).toBeVisible();
  await button(page, 'Save the password').click();
  await expect(heading(page, 'Add a second lock')).toBeVisible();
});

test('an address that is taken looks the same, and its owner is told', async ({ page, house, browser }) => {
  await register(page, house, 'none');
  const other = await browser.newPage();
  await other.goto(`${house.origin}/registration`);
  await other.getByLabel('E-mail address').fill('ada@example.org');
  await button(other, 'Continue').click();
  await expect(heading(other, 'Check your mail')).toBeVisible();
  await house.nextMail('ada@example.org', /already|exists|have an account/i);
});

test.describe('where accounts are by invitation', () => {
  test.use({ settings: { SECONDLOCK_REGISTRATION: 'invited' } });
  test('the page says how to go on', async ({ page, house }) => {
    await page.goto(`${house.origin}/registration`);
    await expect(heading(page, 'Accounts here are by invitation')).toBeVisible();
    await page.goto(`${house.origin}/sign-in`);
    await expect(page.getByText('open the link in your invitation mail')).toBeVisible();
  });
});

test.describe('where registration is closed', () => {
  test.use({ settings: { SECONDLOCK_REGISTRATION: 'closed' } });
  test('the page says so', async ({ page, house }) => {
    await page.goto(`${house.origin}/registration`);
    await expect(heading(page, 'Registration is closed')).toBeVisible();
    await page.goto(`${house.origin}/sign-in`);
    await expect(page.getByRole('link', { name: 'Create an account' })).toHaveCount(0);
  });
});
