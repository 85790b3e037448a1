/** Scans a QR code, of a sign-in to approve or of codes to show: the page knows which. */
import { type ReactNode, useId } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useCamera } from './use-camera.ts';

interface ScanProps {
  readonly lead: string;
  /** What was wrong with what was read. */
  readonly fault: ReactNode;
  /** What can be done without a camera. */
  readonly otherwise: string;
  readonly onText: (text: string) => void;
  readonly onOtherwise: () => void;
  readonly onBack: () => void;
}

export function ScanStep({ lead, fault, otherwise, onText, onOtherwise, onBack }: ScanProps): ReactNode {
  const id = useId();
  const { video, state } = useCamera(onText);
  const working = state === 'on' || state === 'starting';
  return (
    <section className="slab" aria-labelledby={id}>
      <Heading focus id={id}>
        {t('camera.title')}
      </Heading>
      <p className="lead">{lead}</p>
      <div className="viewfinder" hidden={!working}>
        <video ref={video} muted playsInline aria-label={t('camera.picture')} />
        <span className="viewfinder-frame" aria-hidden="true" />
      </div>
      <p role="status" className={state === 'on' ? 'quiet' : 'for-ears'}>
        {state === 'starting' ? t('camera.starting') : state === 'on' && t('camera.looking')}
      </p>
      {!working && <Notice tone="warn">{t(`camera.${state}`)}</Notice>}
      {fault && <Notice tone="fault">{fault}</Notice>}
      <div className="row">
        <Button onClick={onOtherwise}>{otherwise}</Button>
        <Button look="quiet" onClick={onBack}>
          {t('phone.cancel')}
        </Button>
      </div>
    </section>
  );
}
