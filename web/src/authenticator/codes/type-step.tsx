/** Adds a code by hand: the key that stands beside every QR code, or the whole link that it holds. */
import { type ReactNode, useId, useState } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Heading } from '../../ui/heading.tsx';
import { fromBase32 } from './base32.ts';
import { type Algorithm, algorithms, type CodeKey, isOtpauth } from './otpauth.ts';

interface TypeStepProps {
  /** What was wrong with a link. */
  readonly fault: string | undefined;
  readonly onLink: (text: string) => void;
  readonly onKey: (key: CodeKey) => void;
  readonly onBack: () => void;
}

interface Settings {
  readonly algorithm: Algorithm;
  readonly digits: number;
  readonly period: number;
}

const usual: Settings = { algorithm: 'SHA1', digits: 6, period: 30 };

interface ChoiceProps {
  readonly label: string;
  readonly value: string | number;
  readonly options: readonly (readonly [value: string | number, shown: string])[];
  readonly onValue: (value: string) => void;
}

function Choice({ label, value, options, onValue }: ChoiceProps): ReactNode {
  const id = useId();
  return (
    <div className="field choice">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onValue(event.target.value)}>
        {options.map(([option, shown]) => (
          <option key={option} value={option}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What hardly any service asks for, so that it is out of the way. */
function More({ settings, onChange }: { settings: Settings; onChange: (settings: Settings) => void }): ReactNode {
  const set = (change: Partial<Settings>) => onChange({ ...settings, ...change });
  return (
    <details className="fold">
      <summary>{t('type.more')}</summary>
      <div className="choices">
        <Choice
          label={t('type.algorithm')}
          value={settings.algorithm}
          options={algorithms.map((name) => [name, name.replace('SHA', 'SHA-')])}
          onValue={(name) => set({ algorithm: algorithms.find((one) => one === name) ?? 'SHA1' })}
        />
        <Choice
          label={t('type.digits')}
          value={settings.digits}
          options={[6, 7, 8].map((digits) => [digits, String(digits)])}
          onValue={(digits) => set({ digits: Number(digits) })}
        />
        <Choice
          label={t('type.period')}
          value={settings.period}
          options={[30, 60].map((seconds) => [seconds, t('type.seconds', { seconds })])}
          onValue={(seconds) => set({ period: Number(seconds) })}
        />
      </div>
    </details>
  );
}

export function TypeStep({ fault, onLink, onKey, onBack }: TypeStepProps): ReactNode {
  const [key, setKey] = useState('');
  const [issuer, setIssuer] = useState('');
  const [account, setAccount] = useState('');
  const [settings, setSettings] = useState(usual);
  const [wrong, setWrong] = useState<string>();
  const isLink = isOtpauth(key);
  const add = () => {
    if (isLink) return onLink(key);
    const secret = fromBase32(key);
    if (!secret) return setWrong(t('type.wrong'));
    onKey({ ...settings, secret, issuer: issuer.trim(), account: account.trim() });
  };
  return (
    <section className="slab">
      <Heading focus>{t('type.title')}</Heading>
      <p className="lead">{t('type.lead')}</p>
      <form
        noValidate
        className="by-hand"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Field
          label={t('type.key')}
          className="field-letters"
          type="text"
          autoComplete="off"
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          value={key}
          onValue={(value) => {
            setKey(value);
            setWrong(undefined);
          }}
          fault={wrong ?? fault}
        />
        {!isLink && (
          <>
            <Field label={t('codes.issuer')} value={issuer} onValue={setIssuer} maxLength={80} autoComplete="off" />
            <Field label={t('codes.account')} value={account} onValue={setAccount} maxLength={120} autoComplete="off" />
            <More settings={settings} onChange={setSettings} />
          </>
        )}
        <Button type="submit" look="primary">
          {t('type.do')}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {t('phone.cancel')}
        </Button>
      </form>
    </section>
  );
}
