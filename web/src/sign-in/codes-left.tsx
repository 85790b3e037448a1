/** After a backup code: how many are left, and what to do when they run out. */
import type { ReactNode } from 'react';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { Heading } from '../ui/heading.tsx';
import { Notice } from '../ui/notice.tsx';

export function CodesLeft({ left, onContinue }: { left: number; onContinue: () => void }): ReactNode {
  return (
    <div className="step">
      <Heading focus>{t('codes-left.title')}</Heading>
      <p className="lead">{left === 0 ? t('codes-left.none') : t('codes-left.some', { count: left })}</p>
      {left <= 2 && <Notice tone="warn">{t('codes-left.few')}</Notice>}
      <Button look="primary" onClick={onContinue}>
        {t('codes-left.go')}
      </Button>
    </div>
  );
}
