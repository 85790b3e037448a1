/** How the page becomes an app: by the browser's own offer where it makes one, else in words. */
import { type ReactNode, useEffect, useState } from 'react';
import { pageMeta } from '../page-meta.ts';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';

/** Chromium's event; no standard has it yet. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

const isInstalled = (): boolean =>
  window.matchMedia('(display-mode: standalone)').matches ||
  ('standalone' in navigator && navigator.standalone === true);

/** Apple's phones and tablets install from the share menu alone, whichever browser it is. */
export const onApple = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (navigator.userAgent.includes('Mac OS X') && navigator.maxTouchPoints > 1);

let offered: InstallEvent | null = null;
const changed = new EventTarget();

window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offered = event as InstallEvent;
  changed.dispatchEvent(new Event('change'));
});
window.addEventListener('appinstalled', () => {
  offered = null;
  changed.dispatchEvent(new Event('change'));
});

function useOffer(): InstallEvent | null {
  const [offer, setOffer] = useState(offered);
  useEffect(() => {
    const look = () => setOffer(offered);
    look();
    changed.addEventListener('change', look);
    return () => changed.removeEventListener('change', look);
  }, []);
  return offer;
}

export function InstallCard(): ReactNode {
  const offer = useOffer();
  if (isInstalled() || (!offer && !onApple())) return null;
  return (
    <section className="slab hint">
      <h2>{t('install.title')}</h2>
      <p>{offer ? t('install.lead', { service: pageMeta.service }) : t('install.apple')}</p>
      {offer && <Button onClick={() => void offer.prompt()}>{t('install.do')}</Button>}
    </section>
  );
}
