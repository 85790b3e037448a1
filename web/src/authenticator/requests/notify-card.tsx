/** Offers notifications, with the reason, and says how it stands with them. */
import { type ReactNode, useEffect, useState } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../icons.tsx';
import { onApple } from '../install-card.tsx';
import type { Device } from '../phone/device.ts';
import { askToNotify, notifying, subscribe } from '../phone/notify.ts';

export function NotifyCard({ devices }: { readonly devices: readonly Device[] }): ReactNode {
  const [state, setState] = useState(notifying);
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    // The browser renews its subscription now and then: what the server knows is looked at whenever the page opens.
    if (state !== 'on') return;
    subscribe(devices).then(
      () => setFailed(false),
      () => setFailed(true),
    );
  }, [state, devices]);
  const ask = async () => {
    setBusy(true);
    setState(await askToNotify());
    setBusy(false);
  };
  if (state === 'on' && !failed) return null;
  const how = state === 'cannot' && onApple() ? 'apple' : state === 'on' ? 'failed' : state;
  return (
    <section className="slab hint">
      <h2>
        <Icon name="bell" /> {t(state === 'ask' ? 'notify.title' : 'notify.off')}
      </h2>
      <p role="status">{t(`notify.${how}`)}</p>
      {state === 'ask' && (
        <Button busy={busy} onClick={() => void ask()}>
          {t('notify.do')}
        </Button>
      )}
    </section>
  );
}
