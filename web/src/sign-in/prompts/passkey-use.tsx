/** `passkey-use`: a proof by a passkey or security key: asked for once by itself, then by a click. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Help } from '../help.tsx';
import { Others } from '../lost/others.tsx';
import { knowsPasskeys } from '../passkey/able.ts';
import { askForKey, type Options } from '../passkey/ceremony.ts';
import { TroubleSlot } from '../passkey/trouble.tsx';
import { type Ceremonies, useCeremonies } from '../passkey/use-ceremony.ts';
import type { PromptProps } from './prompt-props.ts';

const ask = (options: Options) => askForKey(options, { fill: false });

/** Begins by itself when the page is shown and looked at; a browser that wants a click first gets one. */
function useFirstTry({ run }: Ceremonies): void {
  const tried = useRef(false);
  useEffect(() => {
    if (tried.current || !knowsPasskeys()) return;
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return;
    tried.current = true;
    void run(ask, { byItself: true });
  }, [run]);
}

export function PasskeyUse({ prompt, flow, inner }: PromptProps<'passkey-use'>): ReactNode {
  const fault = useId();
  const keys = useCeremonies(flow, prompt.options, () => flow.submit({ resend: true }));
  useFirstTry(keys);
  const able = knowsPasskeys();
  const tried = keys.trouble !== undefined || flow.fault !== null;
  return (
    <>
      <Heading focus inner={inner}>
        {t('passkey-use.title')}
      </Heading>
      <p className="lead">{t('passkey-use.lead')}</p>
      {able ? (
        <>
          <TroubleSlot flow={flow} told={keys.trouble} at="use" id={fault} />
          <Button look="primary" busy={keys.asking || flow.busy} onClick={() => void keys.run(ask)}>
            {keys.asking ? t('passkey.asking') : t(tried ? 'passkey-use.again' : 'passkey-use.go')}
          </Button>
          <span className="for-ears" role="status">
            {keys.asking && t('passkey.asking')}
          </span>
        </>
      ) : (
        <Notice tone="warn">{t('passkey.no-browser')}</Notice>
      )}
      <Help about={[`${prompt.kind}.use`, prompt.kind]} />
      <Others
        others={prompt.others}
        flow={flow}
        asked={flow.answer?.step === 'second-factor' ? prompt.kind : undefined}
      />
    </>
  );
}
