/**
 * Secrets that a mailed or printed link carries in its fragment, which no server, log or referrer sees. They are taken
 * out of the address at once, so that neither the history nor a glance at the screen keeps them.
 */
const linkPages = ['/recovery', '/set-up', '/invitation'];

let taken: string | null = null;

/** Takes the secret out of the address, if this is a page that has one; says whether there was any. */
export function takeFragment(): boolean {
  const { pathname, search, hash } = window.location;
  if (!linkPages.includes(pathname) || hash.length < 2) return false;
  taken = hash.slice(1);
  window.history.replaceState(null, '', pathname + search);
  return true;
}

/** What was taken. It lives in this page's memory only. */
export const fragment = (): string | null => taken;

/** Forgets it, once it was used. */
export function forgetFragment(): void {
  taken = null;
}
