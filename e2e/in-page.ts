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
export async function focus(target: Locator): Promise<'none' | 'unseen' | 'seen'> {
  const page = target.page();
  if ((await target.and(page.locator(':focus')).count()) === 0) return 'none';
  return (await page.evaluate<boolean>(seen)) ? 'seen' : 'unseen';
}
