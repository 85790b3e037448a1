/** The other ways to confirm, one click away. */
import { type ReactNode, useState } from 'react';
import type { Way } from '../../../server/src/flows/prompt.ts';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import type { FlowView } from './flow.ts';
import { Ways } from './prompts/choose.tsx';

interface OthersProps {
  readonly others: readonly Way[];
  readonly flow: FlowView;
}

export function Others({ others, flow }: OthersProps): ReactNode {
  const [open, setOpen] = useState(false);
  if (others.length === 0) return null;
  return (
    <div className="others">
      <Button look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? t('others.hide') : t('others.title')}
      </Button>
      {open && <Ways ways={others} flow={flow} about="proof" />}
    </div>
  );
}
