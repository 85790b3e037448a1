/** One request: who asks for what, from where, and the number that only the person in front of the screen knows. */
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { locale, type TextKey, t, tAny } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { useSecondsLeft } from '../../ui/clock.ts';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Icon } from '../icons.tsx';
import { hereTime, Refused, type Request } from '../phone/calls.ts';
import type { Decision } from '../phone/signed-texts.ts';
import type { Card } from './cards.ts';

/** A sign-in and everything else look and read differently: one must not be taken for the other. */
export const isSignIn = ({ purpose }: Request): boolean => purpose === 'sign-in';

const titleOf = ({ purpose }: Request): string =>
  tAny([`request.${purpose}.title`], t('request.other.title', { purpose }));

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const clockAndDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });

const momentOf = (iso: string): string => {
  const date = new Date(iso);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : clockAndDay.format(date);
};

function Facts({ request }: { readonly request: Request }): ReactNode {
  const facts: readonly (readonly [TextKey, string])[] = [
    ['request.service', request.service],
    ['request.account', request.account],
    ['request.at', momentOf(request.at)],
    ['request.place', request.place || t('request.unknown')],
    ['request.address', request.address || t('request.unknown')],
    ['request.browser', request.browser || t('request.unknown')],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(name)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const timeOf = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

/** How long it can still be answered; that it ends soon is said once to those who listen. */
function TimeLeft({ left }: { readonly left: number }): ReactNode {
  return (
    <p className={left <= 20 ? 'time-left time-short' : 'time-left'}>
      {t('request.ends-in', { time: timeOf(left) })}
      <span className="for-ears" role="status">
        {left <= 20 && t('request.ends-soon')}
      </span>
    </p>
  );
}

interface RequestCardProps {
  readonly card: Card;
  readonly onAnswer: (decision: Decision, number?: string) => Promise<void>;
  readonly onExpired: () => void;
}

const faultOf = (thrown: unknown): string => {
  const code = thrown instanceof Refused ? thrown.code : 'other';
  return tAny([`request.fault.${code}`], t('request.fault.other'));
};

function useAnswer({ card, onAnswer }: RequestCardProps) {
  const [sent, setSent] = useState<Decision>();
  const [fault, setFault] = useState<string>();
  const send = async (decision: Decision, number?: string) => {
    if (card.busy) return;
    setSent(decision);
    setFault(undefined);
    try {
      await onAnswer(decision, number);
    } catch (thrown) {
      setFault(faultOf(thrown));
    }
  };
  return { send, fault, isSending: (decision: Decision) => card.busy && sent === decision };
}

type Answering = ReturnType<typeof useAnswer>;

function NumberForm({ card, answering }: { readonly card: Card; readonly answering: Answering }): ReactNode {
  const { digits } = card.request;
  const [number, setNumber] = useState('');
  const [missing, setMissing] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const approve = () => {
    if (number.length === digits) return void answering.send('approve', number);
    setMissing(t('request.number-missing', { digits }));
    input.current?.focus();
  };
  return (
    <form
      noValidate
      className="number-form"
      onSubmit={(event) => {
        event.preventDefault();
        approve();
      }}
    >
      <Field
        label={t(isSignIn(card.request) ? 'request.number' : 'request.number-change', { digits })}
        className="field-digits"
        type="text"
        inputMode="numeric"
        autoComplete="off"
        value={number}
        input={input}
        fault={missing}
        onValue={(value) => {
          setNumber(value.replace(/\D/g, '').slice(0, digits));
          setMissing(undefined);
        }}
      />
      <Button type="submit" look="primary" busy={answering.isSending('approve')} idle={card.busy}>
        {t('request.approve')}
      </Button>
    </form>
  );
}

export function RequestCard(props: RequestCardProps): ReactNode {
  const { card, onExpired } = props;
  const { request, busy } = card;
  const id = useId();
  const left = useSecondsLeft(hereTime(request.expiresAt));
  const answering = useAnswer(props);
  const expired = left === 0 && !busy;
  const signIn = isSignIn(request);
  const expire = useRef(onExpired);
  expire.current = onExpired;
  useEffect(() => {
    if (expired) expire.current();
  }, [expired]);
  return (
    <article className={`slab request ${signIn ? 'request-sign-in' : 'request-change'}`} aria-labelledby={id}>
      <header className="request-head">
        <Icon name={signIn ? 'key' : 'change'} />
        <div>
          <p className="kicker">{signIn ? t('request.is-sign-in') : t('request.is-change')}</p>
          <h2 id={id}>{titleOf(request)}</h2>
        </div>
      </header>
      <Facts request={request} />
      <p className="only-if">{signIn ? t('request.only-if') : t('request.only-if-change')}</p>
      <NumberForm card={card} answering={answering} />
      {answering.fault && <Notice tone="fault">{answering.fault}</Notice>}
      <div className="refuse">
        <Button busy={answering.isSending('deny')} idle={busy} onClick={() => void answering.send('deny')}>
          {t('request.deny')}
        </Button>
        <Button
          className="button-not-me"
          busy={answering.isSending('not-me')}
          idle={busy}
          onClick={() => void answering.send('not-me')}
        >
          {t('request.not-me')}
        </Button>
      </div>
      <TimeLeft left={left} />
    </article>
  );
}
