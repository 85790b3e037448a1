/** What went wrong with a passkey: what the browser said, or else what the server did. */
import type { ReactNode } from 'react';
import { t } from '../../texts.tsx';
import { FaultSlot } from '../answer-form.tsx';
import type { FlowView } from '../flow.ts';
import type { Told } from './use-ceremony.ts';

/** The line that tells it, read out once. */
export function TroubleLine({ told, at }: { told: Told; at: 'create' | 'use' }): ReactNode {
  const { what } = told;
  return (
    <p className="field-fault" role="alert" key={told.at}>
      {what === 'cancelled' ? t(`passkey.cancelled.${at}`) : t(`passkey.${what}`)}
    </p>
  );
}

interface TroubleSlotProps {
  readonly flow: FlowView;
  readonly told: Told | undefined;
  readonly at: 'create' | 'use';
  readonly id: string;
}

/** The place for it on a page of its own. */
export function TroubleSlot({ flow, told, at, id }: TroubleSlotProps): ReactNode {
  if (!told) return <FaultSlot flow={flow} ask={`passkey-${at}`} id={id} />;
  return (
    <div className="fault-slot">
      <TroubleLine told={told} at={at} />
    </div>
  );
}
