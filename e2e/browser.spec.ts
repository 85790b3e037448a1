/** What the browser keeps, fetches and shows again. */
import { expect, test } from './house.ts';
import { clipboard, reportBreaches, stored } from './in-page.ts';
import { appOf, button, connectApp, expectSignedIn, heading, register, signOut, typeCredentials } from './person.ts';

test('SES-04 no token and nobody’s data in addresses, storage or cookies', async ({ page, house, context }) => {
  const visited: string[] = [];
  page.on('framenavigated', (frame) => visited.push(frame.url()));
  const person = await register(page, house);
  await signOut(page);
  await typeCredentials(page, house, person);
  await page.getByLabel('6-digit code').fill(await appOf(person).code());
  await expectSignedIn(page);
  expect(await stored(page)).toEqual({ local: {}, session: {}, databases: [], caches: [], readable: '' });
  const cookies = await context.cookies();
  const secrets = cookies.map((cookie) => cookie.value).filter((value) => value.length > 8);
  for (const url of visited) for (const secret of secrets) expect(url).not.toContain(secret);
  for (const cookie of cookies) {
    expect(cookie.httpOnly).toBe(true);
    expect(decodeURIComponent(cookie.value)).not.toMatch(/ada|example|@/i);
  }
  expect(visited.join(' ')).not.toMatch(/ada|%40|@/i);
});

test('NET-02 no page breaks its content security policy, and nothing comes from elsewhere', async ({ page, house }) => {
  const broken: string[] = [];
  const asked: string[] = [];
  await reportBreaches(page);
  page.on('console', (message) => {
    if (/content security policy|^policy:/i.test(message.text())) broken.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  await register(page, house);
  for (const path of ['', '/sessions', '/activity', '/profile', '/add', '/password', '/address', '/paper-key']) {
    const answer = await page.goto(`${house.origin}/account${path}`);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    for (const rule of ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(rule);
    }
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  await page.goto(`${house.origin}/account`);
  await button(page, /^Change Authenticator app/).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await signOut(page);
  for (const path of ['/recovery', '/set-up', '/invitation', '/nowhere']) await page.goto(`${house.origin}${path}`);
  expect(broken).toEqual([]);
  const own = (url: string): boolean =>
    url.startsWith(house.origin) || url.startsWith('data:') || url.startsWith('blob:');
  expect(asked.filter((url) => !own(url))).toEqual([]);
});

test('LUS-01 what is shown once is gone after a reload, and Back does not bring it again', async ({ page, house }) => {
  await page.goto(`${house.origin}/registration`);
  await page.getByLabel('E-mail address').fill('ada@example.org');
  await button(page, 'Continue').click();
  await page.getByLabel('6-digit code').fill(await house.nextCode('ada@example.org'));
  await page.getByLabel('New password').fill('heron umbrella cobalt window');
  await button(page, 'Save the password').click();
  await page.getByRole('radio', { name: 'Authenticator app' }).check();
  await button(page, 'Turn it on').click();
  const uncacheable = page.waitForResponse(async (answer) => (await answer.text().catch(() => '')).includes('"codes"'));
  await connectApp(page);
  expect((await uncacheable).headers()['cache-control']).toContain('no-store');
  const first = await page.locator('.codes code').first().innerText();

  await page.goto('about:blank');
  await page.goBack();
  await expect(heading(page, 'They were shown once')).toBeVisible();
  await expect(page.getByText(first)).toHaveCount(0);

  await button(page, 'Make new ones').click();
  await expect(heading(page, 'Keep these safe')).toBeVisible();
  const second = await page.locator('.codes code').first().innerText();
  expect(second).not.toBe(first);
  await page.reload();
  await expect(heading(page, 'They were shown once')).toBeVisible();
  await button(page, 'I have kept them').click();
  await expectSignedIn(page);
  await page.goBack().catch(() => undefined);
  await expect(page.getByText(second)).toHaveCount(0);
});

test('what is kept can be copied, saved and printed', async ({ page, house, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${house.origin}/registration`);
  await page.getByLabel('E-mail address').fill('ada@example.org');
  await button(page, 'Continue').click();
  await page.getByLabel('6-digit code').fill(await house.nextCode('ada@example.org'));
  await page.getByLabel('New password').fill('heron umbrella cobalt window');
  await button(page, 'Save the password').click();
  await page.getByRole('radio', { name: 'E-mailed code' }).check();
  await button(page, 'Turn it on').click();
  await expect(heading(page, 'Keep these safe')).toBeVisible();
  const [code = ''] = await page.locator('.codes code').allInnerTexts();
  const key = await page.locator('.paper-key code').innerText();

  await button(page, /^Copy/).click();
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toBeAttached();
  expect(await clipboard(page)).toContain(code);

  const saving = page.waitForEvent('download');
  await button(page, 'Download').click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('Secondlock-recovery.txt');
  const stream = await saved.createReadStream();
  const text = (await stream.toArray()).join('');
  expect(text).toContain(code);
  expect(text).toContain(key);

  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText(code)).toBeVisible();
  await expect(button(page, 'Download')).toBeHidden();
});

test('a page that is not there says so', async ({ page, house }) => {
  const answer = await page.goto(`${house.origin}/nowhere`);
  expect(answer?.status()).toBe(404);
  await expect(heading(page, 'There is nothing here')).toBeVisible();
});

test('the first page of sign-in is at most 100 kB of scripts and styles', async ({ page, house }) => {
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  const kinds = new Map<string, string>();
  let bytes = 0;
  client.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    if (kind === 'Script' || kind === 'Stylesheet') bytes += encodedDataLength;
  });
  await page.goto(`${house.origin}/sign-in`, { waitUntil: 'networkidle' });
  expect(bytes).toBeGreaterThan(30_000);
  expect(bytes).toBeLessThan(100_000);
});
