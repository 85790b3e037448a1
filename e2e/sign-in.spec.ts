/** Signing in, with each kind of second step, and what goes wrong on the way. */
import type { FlowAnswer } from '../server/src/flows/prompt.ts';
import { expect, test } from './house.ts';
import {
  appOf,
  button,
  connectApp,
  expectSignedIn,
  heading,
  register,
  signInButton,
  signOut,
  typeCredentials,
} from './person.ts';

test('signs in with password and authenticator app', async ({ page, house }) => {
  const person = await register(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  await expect(heading(page, 'Your authenticator app')).toBeVisible();
  await page.getByLabel('6-digit code').fill(await appOf(person).code());
  await expectSignedIn(page);
});

test('signs in with a mailed code, and asks for another one', async ({ page, house }) => {
  const person = await register(page, house, 'E-mailed code');
  await signOut(page);
  await typeCredentials(page, house, person);
  await expect(heading(page, 'Check your mail')).toBeVisible();
  await expect(page.getByText('a•••@e•••.org')).toBeVisible();
  const resend = button(page, /Send a new code/);
  await expect(resend).toHaveAttribute('aria-disabled', 'true');
  await page.getByLabel('6-digit code').fill(await house.nextCode(person.email));
  await expectSignedIn(page);
});

test('signs in with a backup code, is told how many are left, and cannot use it twice', async ({ page, house }) => {
  const person = await register(page, house);
  const [code = ''] = person.codes;
  await signOut(page);
  await typeCredentials(page, house, person);
  await button(page, 'Try another way').click();
  await button(page, /Backup code/).click();
  // LUS-09: capitals, spaces and hyphens do not matter.
  await page.getByLabel('Backup code').fill(code.toLowerCase().replaceAll('-', ' '));
  await button(page, 'Continue').click();
  await expect(page.getByText('You used a backup code. 9 are left.')).toBeVisible();
  await button(page, 'Continue').click();
  await expectSignedIn(page);

  await signOut(page);
  await typeCredentials(page, house, person);
  await button(page, 'Try another way').click();
  await button(page, /Backup code/).click();
  await page.getByLabel('Backup code').fill(code);
  await button(page, 'Continue').click();
  await expect(page.getByRole('alert')).toContainText('That code is not right');
});

test('LUS-09 the last backup codes come with a warning', async ({ page, house }) => {
  const person = await register(page, house);
  for (const [used, code] of person.codes.slice(0, 8).entries()) {
    await signOut(page);
    await typeCredentials(page, house, person);
    await button(page, 'Try another way').click();
    await button(page, /Backup code/).click();
    await page.getByLabel('Backup code').fill(code);
    await button(page, 'Continue').click();
    await expect(page.getByText(`You used a backup code. ${9 - used} are left.`)).toBeVisible();
    await expect(page.getByText('Make new ones soon')).toBeVisible({ visible: used === 7 });
    await button(page, 'Continue').click();
    await expectSignedIn(page);
  }
  await expect(page.getByText('2 codes left. Few left: make new ones.')).toBeVisible();
});

test('signs in with the paper key, keeps its successor and says what is lost', async ({ page, house }) => {
  const person = await register(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  await button(page, 'Try another way').click();
  await button(page, /Paper key/).click();
  await page.getByLabel('Paper key').fill(person.paperKey);
  await button(page, 'Continue').click();
  await expect(heading(page, 'Your next paper key')).toBeVisible();
  const next = await page.locator('.paper-key code').innerText();
  expect(next).not.toBe(person.paperKey);
  await button(page, 'I have kept it').click();
  await expect(heading(page, 'What did you lose?')).toBeVisible();
  await button(page, /Authenticator app/).click();
  // It was the only one: something new comes first.
  await expect(heading(page, 'Add a second lock')).toBeVisible();
  await expect(button(page, 'Later')).toHaveCount(0);
  await page.getByRole('radio', { name: 'Authenticator app' }).check();
  await button(page, 'Turn it on').click();
  await connectApp(page);
  await expectSignedIn(page);
});

test('the paper key with nothing lost just signs in', async ({ page, house }) => {
  const person = await register(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  await button(page, 'Try another way').click();
  await button(page, /Paper key/).click();
  await page.getByLabel('Paper key').fill(person.paperKey);
  await button(page, 'Continue').click();
  await button(page, 'I have kept it').click();
  await button(page, /Nothing is lost/).click();
  await expectSignedIn(page);
});

test('a wrong password and a wrong code are told, and nothing typed is lost', async ({ page, house }) => {
  const person = await register(page, house);
  await signOut(page);
  await typeCredentials(page, house, { email: person.email, password: 'not this one at all' });
  await expect(page.getByRole('alert')).toContainText('do not match');
  await expect(page.getByLabel('E-mail address')).toHaveValue(person.email);
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.keyboard.press('Enter');
  const code = page.getByLabel('6-digit code');
  await code.fill('000000');
  await expect(page.getByRole('alert')).toContainText('That code is not right');
  await expect(code).toBeFocused();
  await code.fill(await appOf(person).code());
  await button(page, 'Continue').click();
  await expectSignedIn(page);
});

test('too many tries are told with the time to wait', async ({ page, house }) => {
  const person = await register(page, house, 'none');
  await signOut(page);
  for (let n = 0; n < 12; n += 1) {
    await typeCredentials(page, house, { email: person.email, password: `wrong ${n}` });
    await expect(page.getByRole('alert').first()).toBeVisible();
    if (
      await page
        .getByText(/You can try again in/)
        .first()
        .isVisible()
    )
      break;
  }
  await expect(page.getByText(/You can try again in/).first()).toBeVisible();
  await expect(signInButton(page)).toHaveAttribute('aria-disabled', 'true');
});

test('RATE-07 where no code can be sent now, the page says how long, and offers the other ways', async ({
  page,
  house,
}) => {
  const person = await register(page, house, 'E-mailed code');
  await signOut(page);
  const begin = () =>
    page.request.post(`${house.origin}/api/v1/flows/sign-in`, {
      headers: { origin: house.origin },
      data: { identifier: person.email, password: person.password },
    });
  await expect(async () => {
    const { refused } = (await (await begin()).json()) as FlowAnswer;
    expect(refused?.code).toBe('limited');
  }).toPass({ intervals: [0] });
  await typeCredentials(page, house, person);
  await expect(heading(page, 'How do you want to confirm it is you?')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText(/none can be sent right now. You can ask for one in \d/);
  await button(page, /Mail me a code/).click();
  await expect(page.getByRole('alert')).toContainText(/You can ask for one in \d/);
  await button(page, /Backup code/).click();
  await page.getByLabel('Backup code').fill(person.codes[0] ?? '');
  await button(page, 'Continue').click();
  await button(page, 'Continue').click();
  await expectSignedIn(page);
});

test('A11Y-04 a page that is about to end says so, and starts again with the address in place', async ({
  page,
  house,
}) => {
  const person = await register(page, house);
  await signOut(page);
  await page.clock.install();
  await page.goto(`${house.origin}/sign-in`);
  await typeCredentials(page, house, person);
  await expect(heading(page, 'Your authenticator app')).toBeVisible();
  await expect(button(page, 'Start again')).toHaveCount(0);
  await page.clock.fastForward('09:15');
  await expect(page.getByRole('status').filter({ hasText: 'ends in less than a minute' })).toBeVisible();
  await page.clock.fastForward('01:00');
  await expect(page.getByRole('status').filter({ hasText: 'The time is up' })).toBeVisible();
  await button(page, 'Start again').click();
  await expect(heading(page, 'Sign in')).toBeVisible();
  await expect(page.getByLabel('E-mail address')).toHaveValue(person.email);
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await signInButton(page).click();
  await page.getByLabel('6-digit code').fill(await appOf(person).code());
  await expectSignedIn(page);
});

test.describe('where a mailbox is no second lock', () => {
  test.use({ settings: { SECONDLOCK_PROFILE: 'nist' } });
  test('ENR-01 who lost the only app confirms the mailbox, then adds a new lock', async ({ page, house }) => {
    const person = await register(page, house);
    await button(page, /^Change Authenticator app/).click();
    await page.getByRole('menuitem', { name: 'Report lost' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Report lost' }).click();
    await expect(page.getByText('is reported lost and no longer works')).toBeVisible();
    await signOut(page);
    await typeCredentials(page, house, person);
    await expect(heading(page, 'Is this mailbox yours?')).toBeVisible();
    await page.getByLabel('6-digit code').fill(await house.nextCode(person.email));
    await expect(heading(page, 'Add a second lock')).toBeVisible();
    await expect(page.getByText('This account needs a second step before you go on')).toBeVisible();
    await expect(button(page, 'Later')).toHaveCount(0);
    await button(page, 'Turn it on').click();
    await connectApp(page);
    await expectSignedIn(page);
  });
});

test('without the network what was typed stays', async ({ page, house, context }) => {
  const person = await register(page, house, 'none');
  await signOut(page);
  await context.setOffline(true);
  await typeCredentials(page, house, person);
  await expect(page.getByRole('alert')).toContainText('cannot be reached');
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(person.password);
  await context.setOffline(false);
  await signInButton(page).click();
  await expectSignedIn(page);
});

test('comes back to where one wanted to go, and to no other site', async ({ page, house }) => {
  const person = await register(page, house, 'none');
  await signOut(page);
  await page.goto(`${house.origin}/account/sessions`);
  await expect(heading(page, 'Sign in')).toBeVisible();
  await typeCredentials(page, house, person);
  await expect(heading(page, 'Sessions')).toBeVisible();
  await signOut(page);
  for (const bad of ['//example.com/', 'https://example.com/', '/\\example.com']) {
    await page.goto(`${house.origin}/sign-in?return=${encodeURIComponent(bad)}`);
    await typeCredentials(page, house, person);
    await expectSignedIn(page);
    expect(page.url()).toBe(`${house.origin}/account`);
    await signOut(page);
  }
});
