/**
 * What is looked up inside the page itself. It is written as text, because it runs in the browser: the names of the
 * browser's world are unknown to the compiler here, as they must be to the server.
 */
import type { Locator, Page } from '@playwright/test';

/** What lies on the clipboard. */
export const clipboard = (page: Page): Promise<string> => page.evaluate('navigator.clipboard.readText()');

/** Pastes a text like a person does. */
export async function paste(page: Page, field: Locator, text: string): Promise<void> {
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await field.focus();
  await page.keyboard.press('ControlOrMeta+V');
}

/** All that the browser keeps for this origin and lets scripts read. */
export const stored = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    readable: document.cookie,
  }))()`);

/** Reports breaches of the content security policy on the console, from the first line of each page on. */
export const reportBreaches = (page: Page): Promise<unknown> =>
  page.addInitScript(`
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI);
    });
  `);

/** How far the page is wider than the window, and what is too small to hit (WCAG 2.2 §2.5.8). */
export const measured = (page: Page): Promise<{ wide: number; small: string[] }> =>
  page.evaluate(`(() => {
    const root = document.documentElement;
    const targets = [...document.querySelectorAll('button, input, summary, [role=menuitem]')];
    const small = targets.filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      const unseen = element.matches('[tabindex="-1"]:not([role=menuitem])');
      return !unseen && !element.closest('label') && (width < 24 || height < 24);
    });
    return { wide: root.scrollWidth - root.clientWidth, small: small.map((element) => element.outerHTML) };
  })()`);

/** Whether one sees what has the focus. */
const seen = `(() => {
  const element = document.activeElement;
  return [element, element.closest('label')].some((it) => {
    if (!it) return false;
    const style = getComputedStyle(it);
    return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
  });
})()`;

/** Whether an element has the focus, and whether one sees it. */
async function focus(target: Locator): Promise<'none' | 'unseen' | 'seen'> {
  const page = target.page();
  if ((await target.and(page.locator(':focus')).count()) === 0) return 'none';
  return (await page.evaluate<boolean>(seen)) ? 'seen' : 'unseen';
}

/** Presses Tab until the element has the focus. Fails where one does not see it there, or never comes there. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let n = 0; n < 25; n += 1) {
    await page.keyboard.press('Tab');
    const found = await focus(target);
    if (found === 'none') continue;
    if (found === 'unseen') throw new Error(`the focus on ${target} is not to be seen`);
    return;
  }
  throw new Error(`no Tab leads to ${target}`);
}

/** All that this origin’s databases and caches hold, as far as scripts can read it, as one text. */
export const readable = (page: Page): Promise<string> =>
  page.evaluate(`(async () => {
    const answered = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const latin = (bytes) => String.fromCharCode(...new Uint8Array(bytes));
    const text = async (value) => {
      if (value instanceof CryptoKey) return '[' + value.type + (await crypto.subtle.exportKey('raw', value).then(latin, () => ' closed')) + ']';
      if (value instanceof ArrayBuffer) return latin(value);
      if (ArrayBuffer.isView(value)) return latin(value.slice().buffer);
      if (value === null || typeof value !== 'object') return String(value);
      return (await Promise.all(Object.entries(value).map(async ([key, of]) => key + ':' + (await text(of))))).join(' ');
    };
    const all = [];
    for (const { name } of await indexedDB.databases()) {
      const db = await answered(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        all.push(store, await text(await answered(db.transaction(store).objectStore(store).getAll())));
      }
      db.close();
    }
    return all.join('\\n') + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage });
  })()`);

/** Waits until the page’s service worker is at work, and says what its cache holds. */
export const keptOffline = (page: Page): Promise<string[]> =>
  page.evaluate(`(async () => {
    const never = new Promise((_, fail) => setTimeout(() => fail(new Error('no service worker')), 40_000));
    const { active } = await Promise.race([navigator.serviceWorker.ready, never]);
    if (active.state !== 'activated') await new Promise((done) => active.addEventListener('statechange', done));
    const names = await caches.keys();
    const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return kept.flat().map(({ url }) => new URL(url).pathname);
  })()`);

/** The notifications that are shown for this page. */
export const notifications = (page: Page): Promise<{ title: string; body: string }[]> =>
  page.evaluate(`(async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    return shown.map(({ title, body }) => ({ title, body }));
  })()`);
