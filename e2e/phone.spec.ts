/** A phone number: added beside an app, corrected, and there when the app is not at hand. */
import type { Page } from '@playwright/test';
import { expect, type House, test } from './house.ts';
import { appOf, button, connectApp, expectSignedIn, heading, register, signOut, typeCredentials } from './person.ts';

const number = '+447400123456';
const mistyped = '+447400123465';

/** From the account page to the field for a number. */
async function chooseText(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Add another way' }).click();
  await button(page, /Text message/).click();
  await expect(heading(page, 'Your phone number')).toBeVisible();
}

async function addPhone(page: Page, house: House): Promise<void> {
  await chooseText(page);
  await page.getByLabel('Phone number').fill(number);
  await button(page, 'Text me a code').click();
  await page.getByLabel('6-digit code').fill(await house.nextCode(number));
  await expect(heading(page, 'It is on')).toBeVisible();
  await expect(page.getByText('You can sign in with it from now on.')).toBeVisible();
  await page.getByRole('link', { name: 'Back to your account' }).click();
}

test('OOB-02 the risk is told before the number is typed, an app is one click away, and a wrong number is corrected', async ({
  page,
  house,
}) => {
  await register(page, house);
  await chooseText(page);
  const field = page.getByLabel('Phone number');
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('autocomplete', 'tel');
  await expect(field).toHaveAttribute('inputmode', 'tel');
  await expect(field).toHaveAccessibleDescription(/weaker than an app.*Begin with the country code/s);
  await button(page, 'Use an app instead').click();
  await expect(heading(page, 'Connect your app')).toBeVisible();

  await button(page, 'Choose another way').click();
  await page.getByRole('radio', { name: 'Text message' }).check();
  await button(page, 'Turn it on').click();
  await field.fill('12');
  await button(page, 'Text me a code').click();
  await expect(page.getByRole('alert')).toContainText('no phone number');
  await expect(field).toHaveAccessibleDescription(/no phone number/);
  await expect(field).toHaveValue('12');
  await field.fill(mistyped);
  await button(page, 'Text me a code').click();
  await expect(heading(page, 'Check your phone')).toBeVisible();
  await expect(page.getByText('65.')).toBeVisible();
  await button(page, 'Another number').click();
  await expect(heading(page, 'Your phone number')).toBeVisible();
  await field.fill('+44 7400 123-456');
  await button(page, 'Text me a code').click();
  await page.getByLabel('6-digit code').fill(await house.nextCode(number));
  await expect(heading(page, 'It is on')).toBeVisible();
});

test('ENR-04 ENR-05 without the app a text message lets in, then the app is reported lost and another one invited', async ({
  page,
  house,
}) => {
  const person = await register(page, house);
  await addPhone(page, house);
  await expect(page.getByText(/•+.*56/)).toBeVisible();
  await expect(page.getByText(number)).toHaveCount(0);

  await signOut(page);
  await typeCredentials(page, house, person);
  await expect(heading(page, 'Your authenticator app')).toBeVisible();
  await button(page, 'Lost your device?').click();
  await expect(button(page, /^(Text me a code|Backup code|Paper key)/)).toHaveCount(3);
  await button(page, /^Text me a code/).click();
  await expect(heading(page, 'Check your phone')).toBeVisible();
  const field = page.getByLabel('6-digit code');
  await expect(field).toHaveAttribute('autocomplete', 'one-time-code');
  await expect(button(page, /Send a new code in/)).toHaveAttribute('aria-disabled', 'true');
  await field.fill(await house.nextCode(number));
  await expectSignedIn(page);

  const question = page.getByRole('status').filter({ hasText: 'You came in another way' });
  await question.getByRole('button', { name: 'Report lost' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Report lost' }).click();
  await expect(page.getByText('“Authenticator app” is reported lost and no longer works.')).toBeVisible();
  await expect(question).toHaveCount(0);
  await expect(page.getByText('You signed in by text message')).toBeVisible();
  await page.getByText('Which apps?').click();
  await expect(page.getByRole('link', { name: /in the App Store/ }).first()).toBeVisible();

  await page.getByRole('link', { name: 'Connect an app' }).click();
  await connectApp(page);
  await expect(heading(page, 'It is on')).toBeVisible();
});

test('ENR-04 after an app the number is suggested, one click leads to its field, and another way is one more', async ({
  page,
  house,
}) => {
  await register(page, house);
  await expect(page.getByText('a text message gets you in when nothing else is at hand')).toBeVisible();
  await page.getByRole('link', { name: 'Add your number' }).click();
  await expect(heading(page, 'Your phone number')).toBeVisible();
  await page.getByLabel('Phone number').fill(number);
  await button(page, 'Text me a code').click();
  await page.reload();
  await page.getByLabel('6-digit code').fill(await house.nextCode(number));
  await expect(heading(page, 'It is on')).toBeVisible();
  await page.getByRole('link', { name: 'Back to your account' }).click();
  await expect(page.getByRole('link', { name: 'Add your number' })).toHaveCount(0);
});

test('ENR-01 a fresh proof that is not given leads to the choice, and one that is given goes straight on', async ({
  page,
  house,
}) => {
  const person = await register(page, house);
  // Every answer says so, as if the sign-in were long ago.
  let proved = false;
  await page.route('**/api/v1/flows/enrolment', async (route) => {
    if (proved) return route.continue();
    const problem = { type: 'about:blank', title: '', status: 403, code: 'step-up-required', level: 'aal2' };
    return route.fulfill({ status: 403, contentType: 'application/problem+json', json: problem });
  });
  await page.getByRole('link', { name: 'Add your number' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(button(page, /Text message/)).toBeVisible();
  await button(page, /Text message/).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  proved = true;
  await page
    .getByRole('dialog')
    .getByLabel('6-digit code')
    .fill(await appOf(person).code());
  await expect(heading(page, 'Your phone number')).toBeVisible();
});

test('a message that did not come is asked for again, and the page says when that goes', async ({ page, house }) => {
  await register(page, house);
  await chooseText(page);
  await page.getByLabel('Phone number').fill(number);
  // As if the pause were over already for this page: the server knows better, and says how long.
  await page.route('**/api/v1/flows/*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { prompt: { resendAfter?: number } };
    if (body.prompt.resendAfter !== undefined) body.prompt.resendAfter = 0;
    await route.fulfill({ response: answer, json: body });
  });
  await button(page, 'Text me a code').click();
  await page.getByText('The code does not come?').click();
  await expect(page.getByText('Check that your phone has a signal')).toBeVisible();
  await button(page, 'Send a new code').click();
  await expect(button(page, /Send a new code in \d/)).toBeVisible();
  await page.getByLabel('6-digit code').fill(await house.nextCode(number));
  await expect(heading(page, 'It is on')).toBeVisible();
});
