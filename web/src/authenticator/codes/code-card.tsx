/** One account's code: large, in groups, with the time that it still lives. */
import { type ReactNode, useEffect, useState } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { KeptCode } from './kept-codes.ts';
import { codeAt, grouped, stepAt } from './totp.ts';

/** What an account is called where only one name fits. */
export const nameOf = ({ issuer, account }: Pick<KeptCode, 'issuer' | 'account'>): string =>
  [issuer, account].filter(Boolean).join(', ') || t('codes.unnamed');

function useCode({ key, digits, period }: KeptCode, now: number): string | null {
  const step = stepAt(now, period);
  const [shown, setShown] = useState<{ step: number; code: string }>();
  useEffect(() => {
    let wanted = true;
    codeAt(key, step, digits).then((code) => wanted && setShown({ step, code }));
    return () => {
      wanted = false;
    };
  }, [key, step, digits]);
  return shown?.step === step ? shown.code : null;
}

/** A ring that empties. Drawn only; in words it stands beside. */
function Ring({ left, period }: { readonly left: number; readonly period: number }): ReactNode {
  return (
    <svg className="ring" viewBox="0 0 36 36" aria-hidden="true">
      <circle cx="18" cy="18" r="15" pathLength={period} />
      <circle className="ring-left" cx="18" cy="18" r="15" pathLength={period} strokeDasharray={`${left} ${period}`} />
    </svg>
  );
}

interface CodeCardProps {
  readonly code: KeptCode;
  readonly now: number;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

export function CodeCard({ code, now, onRename, onRemove }: CodeCardProps): ReactNode {
  const digits = useCode(code, now);
  const left = code.period - Math.floor((now / 1000) % code.period);
  const name = nameOf(code);
  return (
    <li className={`slab code ${left <= 5 ? 'code-ending' : ''}`}>
      <div className="code-names">
        <h2>{code.issuer || code.account || t('codes.unnamed')}</h2>
        {code.issuer && code.account && <p>{code.account}</p>}
      </div>
      <div className="code-line">
        <code className="digits">{digits === null ? '\u2007'.repeat(code.digits) : grouped(digits)}</code>
        <p className="code-left">
          <Ring left={left} period={code.period} />
          <span>
            <span className="for-ears">{t('codes.left')} </span>
            {t('codes.seconds', { left })}
          </span>
        </p>
      </div>
      <div className="code-do">
        <CopyButton text={digits ?? ''} what={t('codes.what', { name })} />
        <Button look="quiet" aria-label={t('codes.rename.of', { name })} onClick={onRename}>
          {t('codes.rename')}
        </Button>
        <Button look="quiet" aria-label={t('codes.remove.of', { name })} onClick={onRemove}>
          {t('codes.remove')}
        </Button>
      </div>
    </li>
  );
}
