/** Connects this phone, after one clear click: opening a link alone does nothing. */
import { type ReactNode, useState } from 'react';
import { pageMeta } from '../../page-meta.ts';
import { t, tAny } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { pair, Refused } from '../phone/calls.ts';
import type { Device } from '../phone/device.ts';
import type { Pairing } from '../phone/signed-texts.ts';
import { askToStay } from '../vault.ts';

interface PairStepProps {
  readonly pairing: Pairing | 'broken';
  readonly onPaired: (device: Device) => Promise<void>;
  readonly onBack: () => void;
}

const codeOf = (thrown: unknown): string => (thrown instanceof Refused ? thrown.code : 'other');

/** A link that is used up, too old, or only half of one: nothing but a new one helps. */
function Over({ onBack }: { readonly onBack: () => void }): ReactNode {
  return (
    <section className="slab">
      <Heading focus>{t('pair.over.title')}</Heading>
      <p className="lead">{t('pair.over.lead')}</p>
      <Button look="primary" onClick={onBack}>
        {t('phone.back')}
      </Button>
    </section>
  );
}

export function PairStep({ pairing, onPaired, onBack }: PairStepProps): ReactNode {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  if (pairing === 'broken' || fault === 'link-over' || fault === 'bad-request') return <Over onBack={onBack} />;
  const connect = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      await onPaired(await pair(pairing));
      askToStay();
    } catch (thrown) {
      setFault(codeOf(thrown));
      setBusy(false);
    }
  };
  return (
    <section className="slab">
      <Heading focus>{t('pair.title')}</Heading>
      <p className="lead">{t('pair.lead', { service: pageMeta.service })}</p>
      {fault && <Notice tone="fault">{tAny([`pair.fault.${fault}`], t('pair.fault.other'))}</Notice>}
      <Button look="primary" className="button-wide" busy={busy} onClick={() => void connect()}>
        {t('pair.do', { host: window.location.host })}
      </Button>
      <Button look="quiet" onClick={onBack}>
        {t('pair.not-now')}
      </Button>
    </section>
  );
}
