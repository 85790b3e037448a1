/** The half that approves sign-ins. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { pageMeta } from '../../page-meta.ts';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Icon } from '../icons.tsx';
import type { Device } from '../phone/device.ts';
import { AccountList } from './account-list.tsx';
import type { Card, Outcome } from './cards.ts';
import { GoneCard } from './gone-card.tsx';
import { NotifyCard } from './notify-card.tsx';
import { RequestCard } from './request-card.tsx';
import { ResultCard } from './result-card.tsx';
import type { Phone } from './use-board.ts';

interface RequestsViewProps {
  readonly phone: Phone;
  readonly onScan: () => void;
  readonly onPaste: () => void;
}

type Ways = Omit<RequestsViewProps, 'phone'>;

function Connect({ onScan, onPaste, look }: Ways & { readonly look: 'primary' | 'plain' }): ReactNode {
  return (
    <div className="row">
      <Button look={look} onClick={onScan}>
        <Icon name="scan" /> {t('phone.scan')}
      </Button>
      <Button onClick={onPaste}>{t('phone.paste')}</Button>
    </div>
  );
}

/** Nothing is connected yet: what this is for, and how it begins. */
function Empty(ways: Ways): ReactNode {
  return (
    <section className="slab empty">
      <h2>{t('requests.none.title')}</h2>
      <ol className="numbered">
        <li>{t('requests.none.one', { service: pageMeta.service })}</li>
        <li>{t('requests.none.two')}</li>
        <li>{t('requests.none.three')}</li>
      </ol>
      <Connect look="primary" {...ways} />
    </section>
  );
}

const hasOutcome = (card: Card): card is Card & { readonly outcome: Outcome } => card.outcome !== null;

function Cards({ phone }: { readonly phone: Phone }): ReactNode {
  const mine = useRef(new Set<string>());
  return phone.cards.map((card) =>
    hasOutcome(card) ? (
      <ResultCard
        key={card.request.id}
        card={card}
        mine={mine.current.has(card.request.id)}
        onClose={() => phone.putAway(card)}
      />
    ) : (
      <RequestCard
        key={card.request.id}
        card={card}
        onAnswer={(decision, number) => {
          mine.current.add(card.request.id);
          return phone.answer(card, decision, number);
        }}
        onExpired={() => phone.expire(card)}
      />
    ),
  );
}

/** Nothing waits: that the page listens, and for how long it has to stay open. */
function Quiet({ phone, devices }: { readonly phone: Phone; readonly devices: readonly Device[] }): ReactNode {
  const states = devices.map(({ id }) => phone.connections[id] ?? 'connecting');
  const off = states.includes('off') && !states.includes('on');
  return (
    <section className={`slab quiet-slab ${off ? 'quiet-off' : ''}`}>
      <Icon name="requests" />
      <div role="status">
        <h2>{off ? t('requests.off.title') : t('requests.quiet.title')}</h2>
        <p>{off ? t('requests.off.lead') : t('requests.quiet.lead')}</p>
      </div>
    </section>
  );
}

function Connected({
  phone,
  devices,
  ...ways
}: RequestsViewProps & { readonly devices: readonly Device[] }): ReactNode {
  const gone = devices.filter(({ id }) => phone.connections[id] === 'gone');
  const live = devices.filter((device) => !gone.includes(device));
  return (
    <>
      <Cards phone={phone} />
      {gone.map((device) => (
        <GoneCard key={device.id} device={device} onScan={ways.onScan} onForget={() => void phone.forget(device)} />
      ))}
      {phone.cards.length === 0 && live.length > 0 && <Quiet phone={phone} devices={live} />}
      {live.length > 0 && <NotifyCard devices={devices} />}
      {live.length > 0 && <AccountList devices={live} connections={phone.connections} onForget={phone.forget} />}
      <section className="slab hint">
        <h2>{t('requests.more')}</h2>
        <Connect look="plain" {...ways} />
      </section>
    </>
  );
}

/** Says how many wait, to those who listen, whenever that changes. */
function Told({ open }: { readonly open: number }): ReactNode {
  const [before, setBefore] = useState(0);
  useEffect(() => setBefore(open), [open]);
  return (
    <p role="status" className="for-ears">
      {open > 0 && open >= before && t('requests.waiting', { count: open })}
    </p>
  );
}

export function RequestsView(props: RequestsViewProps & { readonly focus: boolean }): ReactNode {
  const { phone, focus, onScan, onPaste } = props;
  const { devices } = phone;
  const body = (): ReactNode => {
    if (devices === 'unreadable') return <Notice tone="fault">{t('phone.unreadable')}</Notice>;
    if (devices === null) return null;
    if (devices.length === 0) return <Empty onScan={onScan} onPaste={onPaste} />;
    return <Connected phone={phone} devices={devices} onScan={onScan} onPaste={onPaste} />;
  };
  return (
    <>
      <Heading focus={focus}>{t('phone.requests')}</Heading>
      <Told open={phone.open} />
      {body()}
    </>
  );
}
