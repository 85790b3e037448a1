/**
 * The authenticator's service worker: keeps the page and its parts for when there is no net, and shows that something
 * waits. The API is never kept, nor anything else that is not in the list.
 */
import { notifications } from '../../../../server/src/texts/en/notifications.ts';
import { scope } from './scope.ts';

/** Written in at build time: the page's parts, and a name that changes with any of them. */
declare const __PARTS__: readonly string[];
declare const __BUILD__: string;

const page = '/authenticator';
const prefix = 'authenticator-';
const cacheName = prefix + __BUILD__;
const parts: ReadonlySet<string> = new Set(__PARTS__);
/** The same tag here and in the page: one notification, however often it is told. */
const tag = 'secondlock-request';
/** A net that takes longer than this for a page is as good as none. */
const patience = 4_000;

/** Languages that the notifications are in. */
const languages: Readonly<Record<string, typeof notifications>> = { en: notifications };

const words = (): typeof notifications =>
  navigator.languages.map((wish) => languages[wish.slice(0, 2)]).find((found) => found !== undefined) ?? notifications;

async function keepParts(): Promise<void> {
  const cache = await caches.open(cacheName);
  // Past the browser's own memory, which may hold an older page.
  await cache.addAll([page, ...parts].map((path) => new Request(path, { cache: 'reload' })));
  await scope.skipWaiting();
}

/** The build before this one stays as well: a page of it may be open and still fetch a part. */
async function clearUp(): Promise<void> {
  const mine = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(mine.slice(0, -1).map((name) => caches.delete(name)));
  await scope.clients.claim();
}

const kept = (path: string): Promise<Response | undefined> => caches.match(path, { ignoreVary: true });

/** The newest page while the server answers, else the one that was kept with this build's parts. */
async function showPage(request: Request): Promise<Response> {
  const fresh = fetch(request, { signal: AbortSignal.timeout(patience) }).catch(() => undefined);
  const answer = await fresh;
  if (answer?.ok) return answer;
  const cache = await caches.open(cacheName);
  return (await cache.match(page, { ignoreVary: true })) ?? answer ?? Response.error();
}

const givePart = async (request: Request): Promise<Response> =>
  (await kept(new URL(request.url).pathname)) ?? fetch(request);

/** Shows the page that is open, or opens one. */
async function openPage(): Promise<void> {
  const windows = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find(({ url }) => new URL(url).pathname === page);
  if (!open) return void (await scope.clients.openWindow(page));
  open.postMessage('show-requests');
  await open.focus();
}

scope.addEventListener('install', (event) => event.waitUntil(keepParts()));
scope.addEventListener('activate', (event) => event.waitUntil(clearUp()));

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== scope.location.origin) return;
  if (request.mode === 'navigate' && pathname === page) event.respondWith(showPage(request));
  else if (parts.has(pathname)) event.respondWith(givePart(request));
});

// The message says only that something waits, so what is shown depends on nothing in it.
scope.addEventListener('push', (event) => {
  const { title, body } = words();
  const shown = { body, tag, renotify: true, icon: '/authenticator-192.png', requireInteraction: true };
  event.waitUntil(scope.registration.showNotification(title, shown));
});

scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPage());
});
