/** The accounts that this phone approves for, how each is connected, and forgetting one. */
import { type ReactNode, useState } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Ask } from '../ask.tsx';
import type { Device } from '../phone/device.ts';
import type { Connection } from './listen.ts';

interface AccountListProps {
  readonly devices: readonly Device[];
  readonly connections: Readonly<Record<string, Connection>>;
  readonly onForget: (device: Device) => Promise<void>;
}

function Row(props: { device: Device; connection: Connection; onForget: () => void }): ReactNode {
  const { device, connection, onForget } = props;
  return (
    <li className="account-row">
      <span className={`dot dot-${connection}`} aria-hidden="true" />
      <div className="account-words">
        <p className="account-name">{device.service}</p>
        <p>{device.account}</p>
        <p className="account-state">{t(`connection.${connection}`)}</p>
      </div>
      <Button
        look="quiet"
        aria-label={t('forget.of', { account: device.account, service: device.service })}
        onClick={onForget}
      >
        {t('forget.short')}
      </Button>
    </li>
  );
}

export function AccountList({ devices, connections, onForget }: AccountListProps): ReactNode {
  const [forgetting, setForgetting] = useState<Device>();
  return (
    <section className="slab">
      <h2>{t('accounts.title')}</h2>
      <ul>
        {devices.map((device) => (
          <Row
            key={device.id}
            device={device}
            connection={connections[device.id] ?? 'connecting'}
            onForget={() => setForgetting(device)}
          />
        ))}
      </ul>
      {forgetting && (
        <Ask
          danger
          title={t('forget.title')}
          lead={t('forget.lead', { account: forgetting.account, service: forgetting.service })}
          action={t('forget.do')}
          onConfirm={() => {
            setForgetting(undefined);
            void onForget(forgetting);
          }}
          onClose={() => setForgetting(undefined)}
        />
      )}
    </section>
  );
}
