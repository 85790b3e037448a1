/** The pages for everyone: by keyboard, by ear, enlarged, in either scheme. */
import type { Page } from '@playwright/test';
import { expectNoFinding } from './findings.ts';
import { expect, type House, test } from './house.ts';
import { clipboard, measured, paste, tabTo } from './in-page.ts';
import { appOf, button, expectSignedIn, heading, register, signOut, typeCredentials } from './person.ts';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('A11Y-01 one signs in with nothing but pasting', async ({ page, house }) => {
  const person = await register(page, house);
  await signOut(page);
  await paste(page, page.getByLabel('E-mail address'), person.email);
  await paste(page, page.getByLabel('Password', { exact: true }), person.password);
  await page.keyboard.press('Enter');
  await paste(page, page.getByLabel('6-digit code'), await appOf(person).code());
  await expectSignedIn(page);
});

test('A11Y-02 the code is one labelled field, and a pasted code with a space goes off as one', async ({
  page,
  house,
}) => {
  const person = await register(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  const field = page.getByLabel('6-digit code');
  await expect(field).toHaveCount(1);
  await expect(field).toHaveAttribute('type', 'text');
  await expect(field).toHaveAttribute('inputmode', 'numeric');
  await expect(field).toHaveAttribute('autocomplete', 'one-time-code');
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && /"code"/.test(request.postData() ?? '')) sent.push(request.postData() ?? '');
  });
  const code = await appOf(person).code();
  await paste(page, field, `${code.slice(0, 3)} ${code.slice(3)}`);
  await expectSignedIn(page);
  expect(sent).toEqual([JSON.stringify({ code })]);
});

test('PW-09 password fields can be pasted into, filled by managers and looked at', async ({ page, house }) => {
  await page.goto(`${house.origin}/sign-in`);
  const present = page.getByLabel('Password', { exact: true });
  await expect(present).toHaveAttribute('type', 'password');
  await expect(present).toHaveAttribute('autocomplete', 'current-password');
  await expect(page.getByLabel('E-mail address')).toHaveAttribute('autocomplete', 'username webauthn');
  await paste(page, present, 'pasted secret');
  await expect(present).toHaveValue('pasted secret');
  await button(page, 'Show password').click();
  await expect(present).toHaveAttribute('type', 'text');
  await button(page, 'Hide password').click();
  await expect(present).toHaveAttribute('type', 'password');

  await page.goto(`${house.origin}/registration`);
  await page.getByLabel('E-mail address').fill('ada@example.org');
  await button(page, 'Continue').click();
  await page.getByLabel('6-digit code').fill(await house.nextCode('ada@example.org'));
  const fresh = page.getByLabel('New password');
  await expect(fresh).toHaveAttribute('type', 'password');
  await expect(fresh).toHaveAttribute('autocomplete', 'new-password');
  await paste(page, fresh, 'heron umbrella cobalt window');
  await expect(fresh).toHaveValue('heron umbrella cobalt window');
  await expect(page.locator('input[autocomplete=username]')).toHaveValue('ada@example.org');
  await button(page, 'Show password').click();
  await expect(fresh).toHaveAttribute('type', 'text');
});

test('A11Y-03 faults are told in words, tied to their field and announced; the QR code is text too', async ({
  page,
  house,
}) => {
  await page.goto(`${house.origin}/registration`);
  await button(page, 'Continue').click();
  const address = page.getByLabel('E-mail address');
  await expect(address).toHaveAccessibleDescription(/Type your e-mail address first/);
  await address.fill('nonsense');
  await button(page, 'Continue').click();
  await expect(page.getByRole('alert')).toContainText('not an e-mail address');
  await expect(address).toHaveAccessibleDescription(/not an e-mail address/);
  await expect(address).toHaveAttribute('aria-invalid', 'true');
  await address.fill('ada@example.org');
  await button(page, 'Continue').click();
  const code = page.getByLabel('6-digit code');
  await expect(code).toHaveAccessibleDescription(/We sent a 6-digit code/);
  await code.fill('000000');
  await expect(page.getByRole('alert')).toContainText('not right');
  await expect(code).toHaveAccessibleDescription(/not right/);
  await code.fill(await house.nextCode('ada@example.org'));
  await button(page, 'Continue').click();
  await page.getByLabel('New password').fill('heron umbrella cobalt window');
  await button(page, 'Save the password').click();
  await button(page, 'Turn it on').click();
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  await button(page, /^Copy/).click();
  const key = await clipboard(page);
  expect(key).toMatch(/^[A-Z2-7]{16,}$/);
  await expect(page.locator('.scan-key code')).toHaveText(key.replace(/(.{4})(?=.)/g, '$1 '));
});

/** Looks at every page on the way in, and at the account. */
async function lookEverywhere(page: Page, house: House, look: () => Promise<void>): Promise<void> {
  const email = 'ada@example.org';
  for (const path of ['/sign-in', '/recovery', '/set-up#x', '/recovery#a.b', '/nowhere', '/registration']) {
    await page.goto(`${house.origin}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await look();
  }
  await page.getByLabel('E-mail address').fill(email);
  await button(page, 'Continue').click();
  await expect(heading(page, 'Check your mail')).toBeVisible();
  await look();
  await page.getByLabel('6-digit code').fill('000000');
  await expect(page.getByRole('alert')).toBeVisible();
  await look();
  await page.getByLabel('6-digit code').fill(await house.nextCode(email));
  await button(page, 'Continue').click();
  await page.getByLabel('New password').fill('password2024');
  await expect(page.getByText(/^(Very weak|Weak)/)).toBeVisible();
  await look();
  await page.getByLabel('New password').fill('heron umbrella cobalt window');
  await button(page, 'Save the password').click();
  await expect(heading(page, 'Add a second lock')).toBeVisible();
  await look();
  await page.getByRole('radio', { name: 'E-mailed code' }).check();
  await button(page, 'Turn it on').click();
  await expect(heading(page, 'Keep these safe')).toBeVisible();
  await look();
  await button(page, 'I have kept them').click();
  await expectSignedIn(page);
  for (const path of ['', '/sessions', '/activity', '/profile', '/add', '/password']) {
    await page.goto(`${house.origin}/account${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText('One moment…')).toHaveCount(0);
    await look();
  }
  await page.goto(`${house.origin}/account`);
  await button(page, /^Change E-/).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await look();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await look();
  await lookAtWays(page, house, look);
  await page.goto(`${house.origin}/account`);
  await signOut(page);
  await typeCredentials(page, house, { email, password: 'heron umbrella cobalt window' });
  await button(page, 'Lost your device?').click();
  await page.getByText('None of these at hand?').click();
  await expect(page.getByText('Ask whoever runs Secondlock')).toBeVisible();
  await look();
}

/** What has to be filled in before a way is there, with its help open. */
async function lookAtWays(page: Page, house: House, look: () => Promise<void>): Promise<void> {
  const help = page.getByText('How does this work?');
  await page.goto(`${house.origin}/account/add`);
  await button(page, /Text message/).click();
  await expect(heading(page, 'Your phone number')).toBeVisible();
  await help.click();
  await look();
  await page.getByLabel('Phone number').fill('+447400123456');
  await button(page, 'Text me a code').click();
  await expect(heading(page, 'Check your phone')).toBeVisible();
  await page.getByText('The code does not come?').click();
  await look();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} scheme`, () => {
    test(`A11Y-03 no page has a serious finding (${colorScheme})`, async ({ page, house }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await lookEverywhere(page, house, () => expectNoFinding(page));
    });
  });
}

test('A11Y-05 enlarged to 400 % nothing has to be scrolled sideways, and targets are large enough', async ({
  page,
  house,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await lookEverywhere(page, house, async () => {
    expect(await measured(page)).toEqual({ wide: 0, small: [] });
  });
});

test('A11Y-05 one signs in and renews the codes by keyboard alone', async ({ page, house }) => {
  const person = await register(page, house, 'E-mailed code');
  await signOut(page);
  await page.reload();
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await page.keyboard.type(person.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(person.password);
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('6-digit code')).toBeFocused();
  await page.keyboard.type(await house.nextCode(person.email));
  await expectSignedIn(page);
  await expect(heading(page, 'Security')).toBeFocused();

  await tabTo(page, button(page, /^Change E-/));
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem').nth(1)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(button(page, /^Change E-/)).toBeFocused();

  await tabTo(page, page.getByRole('link', { name: 'Make new codes' }));
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Make new backup codes')).toBeFocused();
  await tabTo(page, button(page, 'Continue'));
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Keep these safe')).toBeFocused();
  await tabTo(page, button(page, 'I have kept them'));
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Kept')).toBeFocused();
});

test('A11Y-04 help and the other ways stand beside each factor, in the same order, and open by keyboard', async ({
  page,
  house,
}) => {
  const person = await register(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  for (const [asked, label, helps] of [
    ['Your authenticator app', '6-digit code', 'Let your phone set its clock'],
    ['Use a backup code', 'Backup code', 'Each works once: cross out'],
    ['Use your paper key', 'Paper key', 'You get a new one right away'],
  ] as const) {
    await expect(heading(page, asked)).toBeVisible();
    await expect(page.getByRole('textbox', { name: label })).toBeFocused();
    await tabTo(page, page.locator('summary', { hasText: 'How does this work?' }));
    await page.keyboard.press('Enter');
    await expect(page.getByText(helps)).toBeVisible();
    await tabTo(page, button(page, 'Lost your device?'));
    await page.keyboard.press('Enter');
    if (asked === 'Use your paper key') break;
    await tabTo(page, button(page, asked === 'Use a backup code' ? /^Paper key/ : /^Backup code/));
    await page.keyboard.press('Enter');
  }
  await expect(button(page, 'Hide the other ways')).toHaveAttribute('aria-expanded', 'true');
});

test('A11Y-05 one recovers by keyboard alone', async ({ page, house }) => {
  const person = await register(page, house, 'none');
  await signOut(page);
  await page.reload();
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await tabTo(page, page.getByRole('link', { name: 'Forgot your password?' }));
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await page.keyboard.type(person.email);
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('6-digit code')).toBeFocused();
  await page.keyboard.type(await house.nextCode(person.email));
  await expect(page.getByLabel('New password')).toBeFocused();
  await page.keyboard.type('lantern ocean gravel tulip');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Your password is changed')).toBeFocused();
  await expect(page).toHaveTitle(/^Your password is changed/);
});
