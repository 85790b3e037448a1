/** An account that no longer knows this phone. */
import type { ReactNode } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import type { Device } from '../phone/device.ts';

interface GoneCardProps {
  readonly device: Device;
  readonly onScan: () => void;
  readonly onForget: () => void;
}

export function GoneCard({ device, onScan, onForget }: GoneCardProps): ReactNode {
  return (
    <section className="slab result" role="alert">
      <h2 className="heading">{t('gone.title')}</h2>
      <p>{t('gone.lead', { account: device.account, service: device.service })}</p>
      <div className="row">
        <Button look="primary" onClick={onScan}>
          {t('gone.again')}
        </Button>
        <Button onClick={onForget}>{t('forget.do')}</Button>
      </div>
    </section>
  );
}
