/** Where the visitor is: the page's path, kept by the browser's own history. No more router is needed. */
import { type AnchorHTMLAttributes, type MouseEvent, type ReactNode, useSyncExternalStore } from 'react';

const moved = new EventTarget();

function listen(tell: () => void): () => void {
  moved.addEventListener('moved', tell);
  window.addEventListener('popstate', tell);
  return () => {
    moved.removeEventListener('moved', tell);
    window.removeEventListener('popstate', tell);
  };
}

/** The path that is shown. */
export const usePath = (): string => useSyncExternalStore(listen, () => window.location.pathname);

/** Shows another page of ours. `replace` leaves no way back to this one. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'replace') window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  window.scrollTo(0, 0);
  moved.dispatchEvent(new Event('moved'));
}

/** One parameter of the page's address. */
export const searched = (name: string): string | null => new URLSearchParams(window.location.search).get(name);

/** Writes one parameter into the page's address, so that a reload goes on where it was. */
export function remember(name: string, value: string | null): void {
  const url = new URL(window.location.href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  if (url.href !== window.location.href) window.history.replaceState(null, '', url.pathname + url.search);
}

/** Where to go after signing in: a path of this origin only, so that no link can lead elsewhere (CWE-601). */
export function placeAfterSignIn(): string {
  const wanted = searched('return');
  if (!wanted?.startsWith('/')) return '/account';
  const url = new URL(wanted, window.location.origin);
  return url.origin === window.location.origin ? url.pathname + url.search : '/account';
}

const plainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** A link to another page of ours, followed without loading it anew. */
export function Link(props: AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; children: ReactNode }): ReactNode {
  const { to, children, ...rest } = props;
  const follow = (event: MouseEvent) => {
    if (!plainClick(event)) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
