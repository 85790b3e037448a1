/** The pairing that the page was opened with. It is a secret: it leaves the address at once and is used once. */
import { useSyncExternalStore } from 'react';
import { pairingIn } from './phone/pairing-link.ts';
import type { Pairing } from './phone/signed-texts.ts';

export type Opened = Pairing | 'broken' | null;

let opened: Opened = null;
const changed = new EventTarget();

/** Says what was opened, or that it is done with. */
export function setOpened(next: Opened): void {
  opened = next;
  changed.dispatchEvent(new Event('change'));
}

/** Takes the fragment out of the address, whatever it holds. */
export function takePairing(): void {
  const { pathname, search, hash } = window.location;
  if (hash.length < 2) return;
  window.history.replaceState(null, '', pathname + search);
  if (hash.startsWith('#pair=')) setOpened(pairingIn(hash) ?? 'broken');
}

function listen(tell: () => void): () => void {
  changed.addEventListener('change', tell);
  // A link that is opened in this very tab loads no new page.
  window.addEventListener('hashchange', takePairing);
  return () => {
    changed.removeEventListener('change', tell);
    window.removeEventListener('hashchange', takePairing);
  };
}

/** What is opened now. */
export const useOpened = (): Opened => useSyncExternalStore(listen, () => opened);
