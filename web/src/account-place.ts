/** Where the account's pages are, and how they are fetched. */
import type { ComponentType } from 'react';
import { loadAccountTexts } from './texts.tsx';

/** Whether a path belongs to the account's pages. */
export const inAccount = (path: string): boolean => path === '/account' || path.startsWith('/account/');

/** Fetches them, with their texts. */
export async function fetchAccount(): Promise<{ readonly default: ComponentType }> {
  const [page] = await Promise.all([import('./account/account.tsx'), loadAccountTexts()]);
  return page;
}
