/** `/authenticator`: the phone's page. It approves sign-ins, and shows codes. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { remember, searched } from '../navigation.tsx';
import { t } from '../texts.tsx';
import { ScanStep } from './camera/scan-step.tsx';
import { nameOf } from './codes/code-card.tsx';
import { CodesView } from './codes/codes-view.tsx';
import { type CodeKey, isOtpauth, readOtpauth } from './codes/otpauth.ts';
import { TypeStep } from './codes/type-step.tsx';
import { type Codes, useCodes } from './codes/use-codes.ts';
import { Frame, type View } from './frame.tsx';
import { InstallCard } from './install-card.tsx';
import { type Opened, setOpened, useOpened } from './opened-link.ts';
import { readPairingLink } from './phone/pairing-link.ts';
import { isSecure, PlaceNotice } from './place-notice.tsx';
import { PairStep } from './requests/pair-step.tsx';
import { PasteStep } from './requests/paste-step.tsx';
import { RequestsView } from './requests/requests-view.tsx';
import { type Phone, usePhone } from './requests/use-board.ts';
import { askToStay } from './vault.ts';

type Step = 'list' | 'scan' | 'by-hand';

interface Place {
  readonly view: View;
  readonly step: Step;
  /** Whether somebody came here by a click, so that the focus goes along. */
  readonly moved: boolean;
  /** What was wrong with a code that was scanned or a link that was pasted. */
  readonly fault?: string;
}

const start = (): Place => ({ view: searched('view') === 'codes' ? 'codes' : 'requests', step: 'list', moved: false });

interface Screen {
  readonly place: Place;
  readonly told: string;
  readonly show: (view: View, step?: Step) => void;
  /** Takes what was scanned or pasted, whichever half it is for. */
  readonly take: (text: string) => void;
  readonly addKey: (key: CodeKey) => Promise<void>;
  readonly say: (text: string) => void;
}

/** Where one is, and what becomes of what is read there. */
function useScreen(codes: Codes): Screen {
  const [place, setPlace] = useState(start);
  const [told, setTold] = useState('');
  useEffect(() => remember('view', place.view === 'codes' ? 'codes' : null), [place.view]);
  const show = (view: View, step: Step = 'list') => {
    setTold('');
    setPlace({ view, step, moved: true });
  };
  const refuse = (fault: string) => setPlace((now) => ({ ...now, fault }));
  const addKey = async (key: CodeKey) => {
    try {
      const kept = await codes.add(key);
      show('codes');
      setTold(t(kept === 'kept' ? 'codes.added' : 'codes.there-already', { name: nameOf(key) }));
      askToStay();
    } catch {
      refuse(t('phone.unreadable'));
    }
  };
  const take = (text: string) => {
    if (isOtpauth(text)) {
      const read = readOtpauth(text);
      return read.ok ? void addKey(read.key) : refuse(t(`otpauth.${read.why}`));
    }
    const link = readPairingLink(text);
    if (!link) return refuse(t('camera.unknown'));
    if (link.origin !== window.location.origin)
      return refuse(t('camera.elsewhere', { host: new URL(link.origin).host }));
    show('requests');
    setOpened(link.pairing);
  };
  return { place, told, show, take, addKey, say: setTold };
}

function StepPage({ screen }: { readonly screen: Screen }): ReactNode {
  const { place, show, take, addKey } = screen;
  const { view, step, fault } = place;
  const back = () => show(view);
  if (step === 'scan') {
    return (
      <ScanStep
        lead={t(`camera.lead-${view}`)}
        fault={fault}
        otherwise={view === 'codes' ? t('codes.type') : t('phone.paste')}
        onText={take}
        onOtherwise={() => show(view, 'by-hand')}
        onBack={back}
      />
    );
  }
  if (view === 'requests') return <PasteStep fault={fault} onText={take} onBack={back} />;
  return <TypeStep fault={fault} onLink={take} onKey={(key) => void addKey(key)} onBack={back} />;
}

interface BodyProps {
  readonly screen: Screen;
  readonly opened: Opened;
  readonly phone: Phone;
  readonly codes: Codes;
}

function Body({ screen, opened, phone, codes }: BodyProps): ReactNode {
  const { view, step, moved } = screen.place;
  if (opened) {
    const paired: Parameters<typeof PairStep>[0]['onPaired'] = async (device) => {
      await phone.add(device);
      setOpened(null);
      screen.show('requests');
      screen.say(t('pair.done', { account: device.account, service: device.service }));
    };
    return <PairStep pairing={opened} onPaired={paired} onBack={() => setOpened(null)} />;
  }
  if (step !== 'list') return <StepPage screen={screen} />;
  const scan = () => screen.show(view, 'scan');
  const byHand = () => screen.show(view, 'by-hand');
  return (
    <>
      {view === 'codes' ? (
        <CodesView codes={codes} focus={moved} onScan={scan} onType={byHand} />
      ) : (
        <RequestsView phone={phone} focus={moved} onScan={scan} onPaste={byHand} />
      )}
      <InstallCard />
    </>
  );
}

/** What just worked. */
function Told({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <p role="status" className={children ? 'notice notice-good just-told' : 'for-ears'}>
      {children}
    </p>
  );
}

/** A click on a notification leads to what it told of, wherever the page was. */
function useNotificationClicks(showRequests: () => void): void {
  const show = useRef(showRequests);
  show.current = showRequests;
  useEffect(() => {
    const { serviceWorker } = navigator;
    const take = ({ data }: MessageEvent) => data === 'show-requests' && show.current();
    serviceWorker?.addEventListener('message', take);
    return () => serviceWorker?.removeEventListener('message', take);
  }, []);
}

/** All that needs the browser's keys: nothing of it is begun where there are none. */
function Working(): ReactNode {
  const opened = useOpened();
  const phone = usePhone();
  const codes = useCodes();
  const screen = useScreen(codes);
  const view = opened ? 'requests' : screen.place.view;
  const leave = (to: View) => {
    setOpened(null);
    screen.show(to);
  };
  const { say } = screen;
  useEffect(() => {
    // A request that arrives takes the place of what was told: that is what matters then.
    if (phone.open > 0) say('');
  }, [phone.open, say]);
  useNotificationClicks(() => leave('requests'));
  return (
    <Frame view={view} waiting={phone.open} onView={leave}>
      <Told>{screen.told}</Told>
      <Body screen={screen} opened={opened} phone={phone} codes={codes} />
      <PlaceNotice />
    </Frame>
  );
}

export function Authenticator(): ReactNode {
  if (isSecure) return <Working />;
  return (
    <Frame view="requests" waiting={0} onView={() => undefined}>
      <PlaceNotice />
    </Frame>
  );
}
