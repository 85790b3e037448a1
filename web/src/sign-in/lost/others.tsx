/** "Lost your device?" on every challenge: the other ways that this person has, or what to do where there is none. */
import { type ReactNode, useState } from 'react';
import type { Way } from '../../../../server/src/flows/prompt.ts';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import type { FlowView } from '../flow.ts';
import { Ways } from '../prompts/choose.tsx';
import { leaveBehind } from './left-behind.ts';
import { NoMailbox, NoneOfThese } from './no-way.tsx';

interface OthersProps {
  readonly others: readonly Way[];
  readonly flow: FlowView;
  /** The factor that is asked, or the kind where all of one kind are. */
  readonly asked: string | undefined;
}

export function Others({ others, flow, asked }: OthersProps): ReactNode {
  const [open, setOpen] = useState(false);
  if (others.length === 0) {
    // Only a factor that is asked can be lost; what is enrolled or confirmed now is at hand.
    return asked === undefined ? <NoMailbox flow={flow} /> : <NoneOfThese title={t('others.none')} />;
  }
  return (
    <div className="others">
      <Button look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? t('others.hide') : t('others.title')}
      </Button>
      {open && (
        <>
          <Ways ways={others} flow={flow} about="proof" onChoose={(chosen) => leaveBehind(asked, chosen)} />
          <p className="others-lost">{t('others.lost')}</p>
          <NoneOfThese title={t('choose.none-of-these')} />
        </>
      )}
    </div>
  );
}
