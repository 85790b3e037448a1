/** Beneath the password: signing in without one. */
import type { ReactNode } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import type { FlowView } from '../flow.ts';
import { knowsPasskeys } from './able.ts';
import { askForKey } from './ceremony.ts';
import { TroubleLine } from './trouble.tsx';
import type { Ceremonies } from './use-ceremony.ts';

export function ByPasskey({ flow, keys }: { flow: FlowView; keys: Ceremonies }): ReactNode {
  if (!knowsPasskeys()) return null;
  return (
    <div className="by-passkey">
      <Button
        className="button-wide"
        idle={flow.busy}
        busy={keys.asking}
        onClick={() => void keys.run((options) => askForKey(options, { fill: false }))}
      >
        {t('sign-in.passkey')}
      </Button>
      <span className="for-ears" role="status">
        {keys.asking && t('passkey.asking')}
      </span>
      {keys.trouble && <TroubleLine told={keys.trouble} at="use" />}
    </div>
  );
}
