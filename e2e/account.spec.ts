/** The account's own pages: what can be changed there, and what each change asks for. */
import { expect, test } from './house.ts';
import {
  appOf,
  button,
  connectApp,
  expectSignedIn,
  goodPassword,
  heading,
  keepAll,
  register,
  signOut,
  typeCredentials,
} from './person.ts';

const dialog = 'Confirm that it is you';

test('adds an app, and the mailbox steps back', async ({ page, house }) => {
  const person = await register(page, house, 'E-mailed code');
  await page.getByRole('link', { name: 'Add another way' }).click();
  await button(page, /Authenticator app/).click();
  await connectApp(page);
  await expect(heading(page, 'It is on')).toBeVisible();
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(page.getByText('Not asked any more: you have something stronger.')).toBeVisible();
  await house.nextMail(person.email, /authenticator app/i);
});

test('STEP-01 a change asks for a fresh proof once the last one is old', async ({ page, house }) => {
  const person = await register(page, house);
  await page.route('**/api/v1/account/sessions', async (route) => {
    // The first call is answered as ten minutes later, when the proof of the registration is no longer fresh.
    if (route.request().method() !== 'DELETE' || asked.length > 0) return route.fallback();
    asked.push(route.request().url());
    await route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'about:blank', title: '', status: 403, code: 'step-up-required', level: 'aal2' }),
    });
  });
  const asked: string[] = [];
  const other = await page.context().browser()?.newContext();
  const elsewhere = await other?.newPage();
  if (!elsewhere) throw new Error('no second browser');
  await typeCredentials(elsewhere, house, person);
  await elsewhere.getByLabel('6-digit code').fill(await appOf(person).code());
  await expectSignedIn(elsewhere);

  await page.getByRole('link', { name: 'Sessions' }).click();
  await button(page, 'End all others').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'End all others' }).click();
  const proof = page.getByRole('dialog', { name: dialog });
  await expect(proof).toBeVisible();
  await proof.getByLabel('6-digit code').fill(await appOf(person).code());
  await expect(page.getByText('All other sessions are ended.')).toBeVisible();
  await elsewhere.reload();
  await expect(heading(elsewhere, 'Sign in')).toBeVisible();
});

test('a proof that is not given changes nothing', async ({ page, house }) => {
  await register(page, house);
  await page.route('**/api/v1/account/factors/*', (route) =>
    route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 403, code: 'step-up-required', level: 'aal2' }),
    }),
  );
  await button(page, /^Change Authenticator app/).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('My phone');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog', { name: dialog }).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('alert')).toContainText('fresh confirmation');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('My phone');
});

test('renames, reports lost and removes', async ({ page, house }) => {
  const person = await register(page, house);
  await button(page, /^Change Authenticator app/).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const name = page.getByRole('dialog').getByLabel('Name');
  await expect(name).toBeFocused();
  await name.fill('Red phone');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Red phone', { exact: true })).toBeVisible();

  await page.getByRole('link', { name: 'Add another way' }).click();
  await button(page, /Authenticator app/).click();
  await connectApp(page);
  await page.getByRole('link', { name: 'Back to your account' }).click();

  await button(page, 'Change Red phone').click();
  await page.getByRole('menuitem', { name: 'Report lost' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Report lost' }).click();
  await expect(page.getByText('“Red phone” is reported lost and no longer works.')).toBeVisible();
  await house.nextMail(person.email, /lost/i);

  await button(page, 'Change Red phone').click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('“Red phone” is removed.')).toBeVisible();
  await expect(button(page, 'Change Red phone')).toHaveCount(0);
});

test('new backup codes end the old ones once they are kept', async ({ page, house }) => {
  const person = await register(page, house);
  await page.getByRole('link', { name: 'Make new codes' }).click();
  await button(page, 'Continue').click();
  await expect(heading(page, 'Keep these safe')).toBeVisible();
  const [fresh = ''] = await page.locator('.codes code').allInnerTexts();
  await button(page, 'I have kept them').click();
  await expect(heading(page, 'Kept')).toBeVisible();
  await signOut(page);
  for (const [code, works] of [
    [person.codes[0] ?? '', false],
    [fresh, true],
  ] as const) {
    await typeCredentials(page, house, person);
    await button(page, 'Try another way').click();
    await button(page, /Backup code/).click();
    await page.getByLabel('Backup code').fill(code);
    await button(page, 'Continue').click();
    if (works) await expect(page.getByText('9 are left')).toBeVisible();
    else await expect(page.getByRole('alert')).toContainText('not right');
    if (!works) await page.goto(`${house.origin}/sign-in`);
  }
});

test('PW-13 the well-known address leads to the change of password, which ends the other sessions', async ({
  page,
  house,
}) => {
  const person = await register(page, house);
  await page.goto(`${house.origin}/.well-known/change-password`);
  expect(page.url()).toBe(`${house.origin}/account/password`);
  await button(page, 'Continue').click();
  await page.getByLabel('Password', { exact: true }).fill(goodPassword);
  await button(page, 'Continue').click();
  await expect(heading(page, 'Choose a new password')).toBeVisible();
  await page.getByLabel('New password').fill(goodPassword);
  await button(page, 'Save the password').click();
  await expect(page.getByRole('alert')).toContainText('present password');
  await page.getByLabel('New password').fill('velvet canyon orbit maple');
  await button(page, 'Save the password').click();
  await expect(heading(page, 'Your password is changed')).toBeVisible();
  await house.nextMail(person.email, /password/i);
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await signOut(page);
  await typeCredentials(page, house, { email: person.email, password: 'velvet canyon orbit maple' });
  await expect(heading(page, 'Your authenticator app')).toBeVisible();
});

test('changes the address by a code sent to the new one', async ({ page, house }) => {
  const person = await register(page, house, 'none');
  await page.goto(`${house.origin}/account/address`);
  await button(page, 'Continue').click();
  await page.getByLabel('E-mail address').fill('ada@example.net');
  await button(page, 'Continue').click();
  await page.getByLabel('6-digit code').fill(await house.nextCode('ada@example.net'));
  await expect(heading(page, 'Your address is changed')).toBeVisible();
  await house.nextMail(person.email, /address/i);
  await page.goto(`${house.origin}/account/profile`);
  await expect(page.getByText('ada@example.net')).toBeVisible();
});

test('names oneself, and sees what happened', async ({ page, house }) => {
  await register(page, house);
  await page.getByRole('link', { name: 'Profile' }).click();
  await page.getByLabel('Name').fill('Ada Lovelace');
  await button(page, 'Save').click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Name')).toHaveValue('Ada Lovelace');
  await page.getByRole('link', { name: 'Activity' }).click();
  await expect(page.getByText('Account created')).toBeVisible();
  await expect(page.getByText('Sign-in method added').first()).toBeVisible();
});

test('adds the first second step from the account, with its backup codes and paper key', async ({ page, house }) => {
  await register(page, house, 'none');
  await page.getByRole('link', { name: 'Add a second step' }).click();
  await button(page, /Authenticator app/).click();
  await connectApp(page);
  await keepAll(page);
  await expect(heading(page, 'It is on')).toBeVisible();
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(page.getByText('Two locks are on')).toBeVisible();
});

test('SES-07 signing out is one click from every page, ends the session, and Back shows nothing', async ({
  page,
  house,
  context,
}) => {
  const person = await register(page, house);
  const paths = ['', '/sessions', '/activity', '/profile', '/add', '/password', '/address', '/backup-codes'];
  for (const path of paths) {
    await page.goto(`${house.origin}/account${path}`);
    await expect(button(page, 'Sign out')).toBeVisible();
  }
  await page.goto(`${house.origin}/account/profile`);
  await expect(page.getByText(person.email)).toBeVisible();
  const before = await context.cookies();
  await signOut(page);
  await page.goBack();
  await expect(heading(page, 'Sign in')).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);
  await context.addCookies(before);
  const replayed = await page.request.get(`${house.origin}/api/v1/account`);
  expect(replayed.status()).toBe(401);
});

test('an account page that is opened by its address has all its texts', async ({ page, house }) => {
  await register(page, house, 'none');
  // The texts of the account and those of signing in are fetched at once, and both are shown here.
  await page.goto(`${house.origin}/account/add`);
  await expect(heading(page, 'Add a second step')).toBeVisible();
  await expect(button(page, /^Authenticator app.*Strong and free/)).toBeVisible();
});
