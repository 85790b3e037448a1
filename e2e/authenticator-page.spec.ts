/** The phone's page by itself: codes, the camera, the installed app, and everyone's use of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { expect, type House, test } from './house.ts';
import { keptOffline, measured, notifications, readable, reportBreaches, tabTo } from './in-page.ts';
import { beginAccount, button, heading } from './person.ts';
import { addCode, showCodes, shownCode } from './phone-page.ts';

interface Key {
  readonly service: string;
  readonly secret: string;
  readonly algorithm: 'SHA1' | 'SHA256' | 'SHA512';
  readonly digits: 6 | 7 | 8;
  readonly period: 30 | 60;
}

const keys: readonly Key[] = [
  { service: 'Acme', secret: 'JBSWY3DPEHPK3PXP', algorithm: 'SHA1', digits: 6, period: 30 },
  { service: 'Beta', secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', algorithm: 'SHA256', digits: 8, period: 30 },
  { service: 'Gamma', secret: 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U', algorithm: 'SHA512', digits: 7, period: 60 },
];
const [first = { service: '', secret: '', algorithm: 'SHA1', digits: 6, period: 30 }] = keys;

const uriOf = ({ service, secret, algorithm, digits, period }: Key): string =>
  `otpauth://totp/${service}:ada%40example.org?secret=${secret}&issuer=${service}&algorithm=${algorithm}&digits=${digits}&period=${period}`;

const oathtool = ({ secret, algorithm, digits, period }: Key): string =>
  execFileSync(
    'oathtool',
    [`--totp=${algorithm}`, `--digits=${digits}`, `--time-step-size=${period}s`, '--base32', secret],
    { encoding: 'utf8' },
  ).trim();

/** A code may change between the two looks: then the next two agree. */
const expectCode = (page: Page, key: Key) =>
  expect(async () => expect(await shownCode(page, key.service)).toBe(oathtool(key))).toPass();

const open = (page: Page, house: House) => page.goto(`${house.origin}/authenticator`);

async function openCodes(page: Page, house: House): Promise<void> {
  await open(page, house);
  await showCodes(page);
}

test('codes are those of oathtool, after a reload and without a net too', async ({ page, house, context }) => {
  await openCodes(page, house);
  for (const key of keys) await addCode(page, uriOf(key));
  for (const key of keys) await expectCode(page, key);
  const parts = await keptOffline(page);
  expect(parts).toContain('/authenticator');
  expect(parts.filter((path) => path.startsWith('/api'))).toEqual([]);

  await context.setOffline(true);
  await page.reload();
  await expect(heading(page, 'Codes')).toBeVisible();
  for (const key of keys) await expectCode(page, key);
  await addCode(page, 'otpauth://totp/Delta?secret=JBSWY3DPEHPK3PXQ');
  await expectCode(page, { ...first, service: 'Delta', secret: 'JBSWY3DPEHPK3PXQ' });
  await context.setOffline(false);
  await page.reload();
  await expectCode(page, first);
});

test('a key that is typed gives the same codes; what cannot be a key is refused with its reason', async ({
  page,
  house,
}) => {
  await openCodes(page, house);
  await button(page, 'Type the key').click();
  const field = page.getByLabel('Key, or the whole otpauth link');
  await field.fill('1890');
  await button(page, 'Add the code').click();
  await expect(field).toHaveAccessibleDescription(/only the letters A to Z/);
  await field.fill('otpauth://hotp/Acme?secret=JBSWY3DPEHPK3PXP&counter=1');
  await button(page, 'Add the code').click();
  await expect(field).toHaveAccessibleDescription(/count presses/);
  await field.fill('gezd gnbv gy3t qojq gezd gnbv gy3t qojq');
  await page.getByLabel('Service').fill('Beta');
  await page.getByText('More settings').click();
  await page.getByLabel('Hash').selectOption('SHA-256');
  await page.getByLabel('Digits').selectOption('8');
  await button(page, 'Add the code').click();
  for (const key of keys.filter(({ service }) => service === 'Beta')) await expectCode(page, key);
});

test('a code is copied, renamed, and removed only after a question', async ({ page, house, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openCodes(page, house);
  await addCode(page, uriOf(first));
  await button(page, 'Copy: the code of Acme, ada@example.org').click();
  await expect(async () => {
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^\d{6}$/);
  }).toPass();
  await button(page, /^Rename Acme/).click();
  await page.getByRole('dialog').getByLabel('Service').fill('Work');
  await page.keyboard.press('Enter');
  await expectCode(page, { ...first, service: 'Work' });
  await button(page, /^Remove Work/).click();
  await button(page, 'Cancel').click();
  await expectCode(page, { ...first, service: 'Work' });
  await button(page, /^Remove Work/).click();
  await button(page, 'Remove the code').click();
  await expect(page.getByRole('heading', { name: /^Codes for signing in/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: /^Codes for signing in/ })).toBeVisible();
});

test('what the phone keeps shows no secret and no name to whoever reads its storage', async ({ page, house }) => {
  await openCodes(page, house);
  await addCode(page, uriOf(first));
  const all = await readable(page);
  expect(all).toContain('[secret closed]');
  for (const word of [first.secret, 'Hello!', 'Acme', 'ada@example', '72,101,108', 'SHA1']) {
    expect(all).not.toContain(word);
  }
});

/** A film of one picture, as a camera's: Chromium plays it where it would look through the lens. */
async function film(page: Page, picture: string, dir: string): Promise<string> {
  await page.setViewportSize({ width: 640, height: 480 });
  await page.goto('about:blank');
  await page.setContent(`<body style="margin:60px 140px;background:#fff"><img width="360" src="${picture}">`);
  const file = join(dir, 'camera.mjpeg');
  writeFileSync(file, await page.screenshot({ type: 'jpeg', quality: 90 }));
  return file;
}

test('the camera reads the QR code of an account page, and the code that it shows turns the app on', async ({
  page,
  house,
  playwright,
  launchOptions,
}) => {
  const dir = mkdtempSync(join(tmpdir(), 'secondlock-camera-'));
  await page.goto(`${house.origin}/registration`);
  await beginAccount(page, house, 'ada@example.org');
  await page.getByRole('radio', { name: 'Authenticator app' }).check();
  await button(page, 'Turn it on').click();
  const picture = (await page.getByRole('img', { name: /QR code/ }).getAttribute('src')) ?? '';
  const film640 = await film(await page.context().newPage(), picture, dir);
  const camera = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film640}`];
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), ...camera],
  });
  try {
    const phone = await (await browser.newContext({ permissions: ['camera'] })).newPage();
    await openCodes(phone, house);
    await button(phone, 'Scan a QR code').click();
    await expect(phone.getByRole('status').filter({ hasText: 'Added: Secondlock, ada@example.org' })).toBeVisible();
    await page.getByLabel('6-digit code').fill(await shownCode(phone, 'Secondlock'));
    await expect(heading(page, 'Keep these safe')).toBeVisible();
  } finally {
    await browser.close();
    rmSync(dir, { recursive: true });
  }
});

test('without a camera, or without leave to use it, one goes on by hand', async ({ page, house }) => {
  await openCodes(page, house);
  await button(page, 'Scan a QR code').click();
  await expect(heading(page, 'Scan the QR code')).toBeFocused();
  await expect(
    page.getByRole('status').filter({ hasText: /No camera was found|The camera is not allowed/ }),
  ).toBeVisible();
  await button(page, 'Type the key').click();
  await expect(heading(page, 'Type the key')).toBeFocused();
});

test('a pairing link is never acted on by opening it, leaves the address at once, and half of one is refused', async ({
  page,
  house,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  const link = `${house.origin}/authenticator#pair=${'a'.repeat(22)}.${'b'.repeat(43)}`;
  await page.goto(link);
  await expect(button(page, `Connect this phone to ${new URL(house.origin).host}`)).toBeVisible();
  expect(page.url()).toBe(`${house.origin}/authenticator`);
  expect(asked.filter((line) => line.includes('/api/'))).toEqual([]);
  await button(page, 'Not now').click();
  await expect(heading(page, 'Requests')).toBeVisible();

  await page.goto(link.slice(0, -1));
  await expect(heading(page, 'This QR code no longer works')).toBeVisible();
  await button(page, 'Back').click();
  await button(page, 'Paste the link').click();
  const field = page.getByLabel('Link from your account page');
  await field.fill('https://example.org/');
  await button(page, 'Continue').click();
  await expect(field).toHaveAccessibleDescription(/neither a code .* nor a link/);
  await field.fill(link.replace(house.origin, 'https://login.example.org'));
  await button(page, 'Continue').click();
  await expect(field).toHaveAccessibleDescription(/belongs to login\.example\.org/);
  await field.fill(link);
  await button(page, 'Continue').click();
  await expect(heading(page, 'Connect this phone')).toBeFocused();
  await expect(page.getByText('A real phone needs the server’s https address')).toBeVisible();
});

/** Delivers a push message as the push service would. */
async function deliverPush(page: Page, house: House, data: string): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const registered = new Promise<string>((found) => {
    client.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const mine = registrations.find(({ scopeURL }) => scopeURL.endsWith('/authenticator'));
      if (mine) found(mine.registrationId);
    });
  });
  await client.send('ServiceWorker.enable');
  const registrationId = await registered;
  await client.send('ServiceWorker.deliverPushMessage', { origin: house.origin, registrationId, data });
}

/** Clicks the notification that is shown, inside the worker: no test can reach the desktop's own. */
const clickNotification = async (context: BrowserContext): Promise<void> => {
  const [worker] = context.serviceWorkers();
  await worker?.evaluate(`(async () => {
    for (const notification of await self.registration.getNotifications()) {
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    }
  })()`);
};

test('PUSH-11 the app can be installed, and a push message shows that something waits and nothing more', async ({
  page,
  house,
  context,
}) => {
  await context.grantPermissions(['notifications']);
  await openCodes(page, house);
  await keptOffline(page);
  const client = await context.newCDPSession(page);
  const { errors, url } = await client.send('Page.getAppManifest');
  expect([errors, new URL(url).pathname]).toEqual([[], '/authenticator.webmanifest']);
  const { installabilityErrors } = await client.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);

  await deliverPush(page, house, JSON.stringify({ type: 'request', account: 'ada@example.org', number: '042917' }));
  const shown = [{ title: 'Is this you?', body: 'A sign-in or a change is waiting for your answer.' }];
  await expect(async () => expect(await notifications(page)).toEqual(shown)).toPass();
  await clickNotification(context);
  await expect(heading(page, 'Requests')).toBeVisible();
  await expect(async () => expect(await notifications(page)).toEqual([])).toPass();
});

/** Shows every state that needs no server, one after the other. */
async function lookEverywhere(page: Page, house: House, look: () => Promise<void>): Promise<void> {
  await open(page, house);
  await expect(heading(page, 'Requests')).toBeVisible();
  await look();
  await page.goto(`${house.origin}/authenticator#pair=${'a'.repeat(22)}.${'b'.repeat(43)}`);
  await expect(heading(page, 'Connect this phone')).toBeVisible();
  await look();
  await showCodes(page);
  await look();
  await button(page, 'Scan a QR code').click();
  await expect(heading(page, 'Scan the QR code')).toBeVisible();
  await look();
  await button(page, 'Type the key').click();
  await page.getByText('More settings').click();
  await look();
  await button(page, 'Cancel').click();
  await addCode(page, uriOf({ ...first, service: 'Unbrokenlyandunreasonablylongnamedservice', digits: 8 }));
  await look();
  await button(page, /^Remove/).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await look();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`A11Y-03 the phone’s page has no serious finding and keeps its policy (${colorScheme})`, async ({
    page,
    house,
  }) => {
    const broken: string[] = [];
    await reportBreaches(page);
    page.on('console', (message) => {
      if (/content security policy|^policy:/i.test(message.text())) broken.push(message.text());
    });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await lookEverywhere(page, house, async () => {
      await expect(page.locator('body')).not.toContainText(/\{\w+\}|\b[a-z]+(\.[a-z-]+)+\.(title|lead|do)\b/);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
    });
    expect(broken).toEqual([]);
  });
}

test('A11Y-05 the phone’s page fits 320 pixels and 400 %, with targets large enough', async ({ page, house }) => {
  for (const height of [640, 256]) {
    await page.setViewportSize({ width: 320, height });
    await lookEverywhere(page, house, async () => {
      expect(await measured(page)).toEqual({ wide: 0, small: [] });
    });
    await button(page, 'Remove the code').click();
  }
});

test('A11Y-05 a code is added, renamed and removed by keyboard alone', async ({ page, house }) => {
  await open(page, house);
  await tabTo(page, page.getByRole('navigation').getByRole('button', { name: 'Codes' }));
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Codes')).toBeFocused();
  await tabTo(page, button(page, 'Type the key'));
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Type the key')).toBeFocused();
  await tabTo(page, page.getByLabel('Key, or the whole otpauth link'));
  await page.keyboard.type(uriOf(first));
  await page.keyboard.press('Enter');
  await expect(heading(page, 'Codes')).toBeFocused();
  await tabTo(page, button(page, /^Rename Acme/));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByLabel('Service')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(button(page, /^Rename Acme/)).toBeFocused();
  await tabTo(page, button(page, /^Remove Acme/));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await tabTo(page, button(page, 'Remove the code'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Codes for signing in/ })).toBeVisible();
});
