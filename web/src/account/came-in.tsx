/** After coming in another way than the one that was asked: is that one lost? */
import { type ReactNode, useState } from 'react';
import { forgetLeftBehind, leftBehind } from '../sign-in/lost/left-behind.ts';
import { kindName, t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import type { Factor } from './data.ts';
import type { MethodTask } from './method-dialog.tsx';

interface CameInProps {
  readonly factors: readonly Factor[];
  readonly onTask: (task: MethodTask) => void;
}

export function CameInAnotherWay({ factors, onTask }: CameInProps): ReactNode {
  const [left, setLeft] = useState(leftBehind);
  const meant = factors.filter(({ id, kind, state }) => (id === left || kind === left) && state === 'active');
  const [factor] = meant;
  // Of several that were asked together, nobody knows which is meant.
  if (!factor || meant.length > 1) return null;
  const label = factor.label || kindName(factor.kind);
  const answered = (): void => {
    forgetLeftBehind();
    setLeft(undefined);
  };
  return (
    <div className="notice notice-warn came-in" role="status">
      <p>
        <b>{t('came-in.title')}</b>
      </p>
      <p>{t('came-in.lead', { label })}</p>
      <div className="row">
        <Button
          onClick={() => {
            answered();
            onTask({ what: 'lost', factor, label });
          }}
        >
          {t('methods.lost.do')}
        </Button>
        <Button onClick={answered}>{t('came-in.not-lost')}</Button>
      </div>
    </div>
  );
}
