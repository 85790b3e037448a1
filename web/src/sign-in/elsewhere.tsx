/** The way back where a code was sent to, or asked of, the wrong place: a mistyped number or address, another token. */
import type { ReactNode } from 'react';
import type { Prompt } from '../../../server/src/flows/prompt.ts';
import { t, tAny } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import type { FlowView } from './flow.ts';

interface ElsewhereProps {
  readonly prompt: Extract<Prompt, { ask: 'code' }>;
  readonly flow: FlowView;
}

export function Elsewhere({ prompt: { kind, serial }, flow }: ElsewhereProps): ReactNode {
  const step = flow.answer?.step;
  const typed = step === 'confirm-address' && (flow.name === 'registration' || flow.name === 'recovery');
  if (step !== 'enrol' && !typed) return null;
  // A token is asked by the kind that it turned out to be, which is not what was chosen.
  const known = serial === undefined ? tAny([`code.${kind}.elsewhere`], '') : '';
  const back = (): void => {
    if (typed) flow.restart();
    else if (known === '') void flow.submit({ accept: false });
    else void flow.rechoose(({ kinds }) => kinds.find((offered) => offered.kind === kind)?.kind);
  };
  return (
    <Button look="quiet" idle={flow.busy} onClick={back}>
      {known || t('offer.again')}
    </Button>
  );
}
