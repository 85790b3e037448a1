/** Copies a text, and says whether it worked. */
import { type ReactNode, useEffect, useState } from 'react';
import { t } from '../texts.tsx';
import { Button } from './button.tsx';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for those who only hear the button. */
  readonly what: string;
}

export function CopyButton({ text, what }: CopyButtonProps): ReactNode {
  const [told, setTold] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (told !== 'copied') return;
    const timer = setTimeout(() => setTold(null), 2500);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = async () => {
    try {
      // Not there on plain http elsewhere than on this machine.
      await navigator.clipboard.writeText(text);
      setTold('copied');
    } catch {
      setTold('failed');
    }
  };
  const label = told === 'copied' ? t('copy.done') : t('copy.do');
  return (
    <>
      <Button onClick={copy} aria-label={`${label}: ${what}`}>
        {label}
      </Button>
      <span className="for-ears" role="status">
        {told === 'copied' && t('copy.done')}
      </span>
      {told === 'failed' && <span className="field-fault">{t('copy.failed')}</span>}
    </>
  );
}
