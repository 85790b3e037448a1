/** Connecting a phone: it opens a link, by picture or by text, and this page moves on once it has. */
import { type ReactNode, useId } from 'react';
import { pageMeta } from '../../page-meta.ts';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { picture } from '../../ui/picture.ts';
import { FaultSlot } from '../answer-form.tsx';
import { Help } from '../help.tsx';
import type { PromptProps } from '../prompts/prompt-props.ts';
import { WaitState } from './state.tsx';

/** The keys of a phone are kept by its browser, which does so over https only. */
const overHttp = (): boolean => window.location.protocol === 'http:';

function TheLink({ uri, qr }: { uri: string; qr: string }): ReactNode {
  return (
    <div className="scan">
      <img className="qr" src={picture(qr)} alt={t('connect.qr.alt')} width="208" height="208" />
      <div className="scan-key">
        <p>{t('connect.link')}</p>
        <a className="pair-link" href={uri} target="_blank" rel="noreferrer">
          {uri}
          <span className="for-ears"> {t('code.outbox-opens')}</span>
        </a>
        <CopyButton text={uri} what={t('connect.link.what')} />
      </div>
    </div>
  );
}

interface PairingProps extends PromptProps<'wait'> {
  readonly state: 'waiting' | 'answered' | 'over';
  readonly until: number;
}

export function Pairing({ prompt, flow, inner, state, until }: PairingProps): ReactNode {
  const fault = useId();
  const { uri = '', qr = '' } = prompt;
  return (
    <>
      <Heading focus inner={inner}>
        {t('connect.title')}
      </Heading>
      {overHttp() && <Notice tone="warn">{t('connect.http', { origin: window.location.origin })}</Notice>}
      {state !== 'over' && (
        <ol className="steps">
          <li>
            <h2>{t('connect.scan')}</h2>
            <TheLink uri={uri} qr={qr} />
          </li>
          <li>
            <h2>{t('connect.connect', { service: pageMeta.service })}</h2>
            <p>{t('connect.connect.hint')}</p>
          </li>
          <li>
            <h2>{t('connect.return')}</h2>
          </li>
        </ol>
      )}
      <WaitState state={state} what="pairing" until={until} />
      <FaultSlot flow={flow} ask="wait" id={fault} />
      {(state === 'over' || (state === 'answered' && flow.fault)) && (
        <Button
          look="primary"
          busy={flow.busy}
          onClick={() => void flow.submit(state === 'over' ? { resend: true } : {})}
        >
          {t(state === 'over' ? 'connect.again' : 'app.continue')}
        </Button>
      )}
      <Help about={[`${prompt.kind}.pair`, prompt.kind]} />
      <p className="later">
        <Button look="quiet" idle={flow.busy} onClick={() => void flow.submit({ accept: false })}>
          {t('offer.again')}
        </Button>
      </p>
    </>
  );
}
