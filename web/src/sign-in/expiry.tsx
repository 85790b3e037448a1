/** A flow ends by itself after some minutes: this says so in time, with a way to start again (WCAG 2.2 §2.2.1). */
import type { ReactNode } from 'react';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { useSecondsLeft } from '../ui/clock.ts';
import type { FlowView } from './flow.ts';

/** How long before the end it is said, in seconds. */
const notice = 60;

export function Expiry({ flow }: { flow: FlowView }): ReactNode {
  const left = useSecondsLeft(flow.endsAt);
  const near = flow.endsAt !== undefined && left <= notice;
  return (
    <div className={near ? 'notice notice-warn expiry' : 'for-ears'}>
      <p role="status">{near && (left > 0 ? t('expiry.soon') : t('expiry.over'))}</p>
      {near && (
        <Button idle={flow.busy} onClick={flow.restart}>
          {t('expiry.restart')}
        </Button>
      )}
    </div>
  );
}
