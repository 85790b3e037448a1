/** Notifications: asked for by a button only. Without them the open page still hears of everything. */
import { notifications } from '../../../../server/src/texts/en/notifications.ts';
import { Refused, tellSubscription } from './calls.ts';
import { type Device, noteTold } from './device.ts';
import { fromBase64url } from './signed-texts.ts';

const tag = 'secondlock-request';

/** `ask`: nobody was asked yet. `refused`: by the person, in the browser. `cannot`: this browser has none. */
export type Notifying = 'ask' | 'on' | 'refused' | 'cannot';

export function notifying(): Notifying {
  if (!('Notification' in window) || !('PushManager' in window) || !('serviceWorker' in navigator)) return 'cannot';
  const state = Notification.permission;
  return state === 'default' ? 'ask' : state === 'granted' ? 'on' : 'refused';
}

/** Asks the person, by the browser's own question. */
export async function askToNotify(): Promise<Notifying> {
  await Notification.requestPermission();
  return notifying();
}

const sameKey = (mine: ArrayBuffer | null | undefined, wanted: Uint8Array): boolean =>
  mine != null && new Uint8Array(mine).join() === wanted.join();

/** The browser's one subscription; it is made anew where it belongs to another key of the server. */
async function subscription(vapidKey: string): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const applicationServerKey = fromBase64url(vapidKey);
  const there = await pushManager.getSubscription();
  if (there && sameKey(there.options.applicationServerKey, applicationServerKey)) return there;
  await there?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

/** A browser that gets no answer from its push service waits for ever. */
const withinReason = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no push service')), 15_000)),
  ]);

const isGone = (thrown: unknown): boolean => thrown instanceof Refused && thrown.code === 'not-signed-in';

/** Tells the server where push messages go, for each account that does not know it yet. */
export async function subscribe(devices: readonly Device[]): Promise<void> {
  for (const device of devices) {
    const made = (await withinReason(subscription(device.vapidKey))).toJSON();
    if (made.endpoint === undefined || made.endpoint === device.told) continue;
    try {
      await tellSubscription(device, made);
      await noteTold(device.id, made.endpoint);
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
    }
  }
}

async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  if (!('serviceWorker' in navigator) || !('Notification' in window)) return undefined;
  return navigator.serviceWorker.getRegistration('/authenticator');
}

/** The page itself tells of a request while nobody looks at it; a push message that comes too replaces this. */
export async function tellWhenHidden(): Promise<void> {
  if (document.visibilityState === 'visible' || Notification.permission !== 'granted') return;
  const { title, body } = notifications;
  await (await registration())?.showNotification(title, { body, tag, icon: '/authenticator-192.png' });
}

/** Nothing waits any more, so nothing shall say so. */
export async function putNotificationAway(): Promise<void> {
  for (const shown of (await (await registration())?.getNotifications({ tag })) ?? []) shown.close();
}
