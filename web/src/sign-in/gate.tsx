/** Opening a link does nothing by itself: it takes a click, so that no scanner or preview can use it up. */
import { type ReactNode, useId } from 'react';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { Heading } from '../ui/heading.tsx';
import { FaultSlot } from './answer-form.tsx';
import type { FlowView } from './flow.ts';

interface GateProps {
  readonly title: string;
  readonly lead: string;
  readonly submit?: string;
  readonly flow: FlowView;
  readonly onClick?: () => void;
}

export function Gate({ title, lead, submit, flow, onClick }: GateProps): ReactNode {
  const fault = useId();
  return (
    <div className="step" key={title}>
      <Heading focus>{title}</Heading>
      <p className="lead">{lead}</p>
      <FaultSlot flow={flow} ask="link" id={fault} />
      {submit && (
        <Button look="primary" busy={flow.busy} onClick={onClick}>
          {submit}
        </Button>
      )}
      <span className="for-ears" role="status">
        {flow.busy && t('app.wait')}
      </span>
    </div>
  );
}
