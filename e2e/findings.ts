/** What axe finds on a page, and what no page may say. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './house.ts';

/** No finding that is serious, and no text that is broken. */
export async function expectNoFinding(page: Page): Promise<void> {
  // A text with a hole in it, or the key of one that is missing.
  await expect(page.locator('body')).not.toContainText(
    /\{\w+\}|\b[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*){1,3}\.(title|lead)\b/,
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
}
