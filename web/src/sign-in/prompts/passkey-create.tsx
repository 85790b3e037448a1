/** `passkey-create`: making a passkey, on this device where it can keep one, else on a security key or a phone. */
import { type ReactNode, useId } from 'react';
import { pageMeta } from '../../page-meta.ts';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Help } from '../help.tsx';
import { useAbilities } from '../passkey/able.ts';
import { createKey, type Where } from '../passkey/ceremony.ts';
import { TroubleSlot } from '../passkey/trouble.tsx';
import { useCeremonies } from '../passkey/use-ceremony.ts';
import type { PromptProps } from './prompt-props.ts';

type Props = PromptProps<'passkey-create'>;

function Ways({ prompt, flow, here }: Pick<Props, 'prompt' | 'flow'> & { here: boolean }): ReactNode {
  const fault = useId();
  const keys = useCeremonies(flow, prompt.options, () => flow.submit({ resend: true }));
  const make = (where: Where) => void keys.run((options) => createKey(options, where));
  const busy = keys.asking || flow.busy;
  return (
    <>
      <TroubleSlot flow={flow} told={keys.trouble} at="create" id={fault} />
      <Button look="primary" busy={busy} onClick={() => make(here ? 'here' : 'anywhere')}>
        {keys.asking ? t('passkey.asking') : t(here ? 'passkey-create.here' : 'passkey-create.elsewhere')}
      </Button>
      <span className="for-ears" role="status">
        {keys.asking && t('passkey.asking')}
      </span>
      {here && (
        <p className="second-way">
          <Button look="quiet" idle={busy} onClick={() => make('elsewhere')}>
            {t('passkey-create.other')}
          </Button>
        </p>
      )}
    </>
  );
}

export function PasskeyCreate({ prompt, flow, inner }: Props): ReactNode {
  const able = useAbilities();
  if (!able) return <p className="waiting">{t('app.wait')}</p>;
  return (
    <>
      <Heading focus inner={inner}>
        {t('passkey-create.title')}
      </Heading>
      <p className="lead">{t('passkey-create.what', { service: pageMeta.service })}</p>
      {able.passkeys ? (
        <>
          <p className="lead">{t(able.here ? 'passkey-create.lead-here' : 'passkey-create.lead-elsewhere')}</p>
          <Ways prompt={prompt} flow={flow} here={able.here} />
        </>
      ) : (
        <Notice tone="warn">{t('passkey.no-browser')}</Notice>
      )}
      <Help about={[`${prompt.kind}.create`, prompt.kind]} />
      <p className="later">
        <Button look="quiet" idle={flow.busy} onClick={() => void flow.submit({ accept: false })}>
          {t('offer.again')}
        </Button>
      </p>
    </>
  );
}
