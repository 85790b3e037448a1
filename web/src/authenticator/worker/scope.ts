/** The world of a service worker, as far as ours touches it: the compiler knows the world of pages only. */

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Clicked extends Extendable {
  readonly notification: Notification;
}

interface WindowClient {
  readonly url: string;
  postMessage(message: string): void;
  focus(): Promise<WindowClient>;
}

interface Clients {
  claim(): Promise<void>;
  matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly WindowClient[]>;
  openWindow(url: string): Promise<WindowClient | null>;
}

interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: Clients;
  readonly location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate' | 'push', listen: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listen: (event: Fetching) => void): void;
  addEventListener(type: 'notificationclick', listen: (event: Clicked) => void): void;
}

export const scope = globalThis as unknown as Scope;
