/** A request that is answered on the phone: the number to be typed there, and what becomes of it. */
import { type ReactNode, useId, useState } from 'react';
import { pageMeta } from '../../page-meta.ts';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { FaultSlot } from '../answer-form.tsx';
import { Help } from '../help.tsx';
import { Others } from '../lost/others.tsx';
import type { PromptProps } from '../prompts/prompt-props.ts';
import { Resend } from '../resend.tsx';
import { WaitState } from './state.tsx';

/** Six digits in two groups, as one remembers them on the way to the phone. */
const grouped = (number: string): string => (number.length > 4 ? number.replace(/(.{3})(?=.)/g, '$1 ') : number);

/** The number, large for the eye and digit by digit for the ear. */
function TheNumber({ children }: { children: string }): ReactNode {
  return (
    <p className="the-number">
      <span className="for-ears">{t('wait.number', { number: [...children].join(' ') })}</span>
      <span aria-hidden="true">{grouped(children)}</span>
    </p>
  );
}

interface ApprovalProps extends PromptProps<'wait'> {
  readonly state: 'waiting' | 'answered' | 'over';
  readonly until: number;
}

export function Approval({ prompt, flow, inner, state, until }: ApprovalProps): ReactNode {
  const fault = useId();
  const [resent, setResent] = useState(false);
  const again = async () => setResent((await flow.submit({ resend: true })) === 'on');
  return (
    <>
      <Heading focus inner={inner}>
        {t('wait.title')}
      </Heading>
      <p className="lead">{t(state === 'over' ? 'wait.over' : 'wait.lead', { service: pageMeta.service })}</p>
      {state !== 'over' && prompt.number !== undefined && <TheNumber>{prompt.number}</TheNumber>}
      <WaitState state={state} what="approval" until={until} />
      <FaultSlot flow={flow} ask="wait" id={fault} />
      {state === 'over' && (
        <Button look="primary" busy={flow.busy} onClick={() => void again()}>
          {t('wait.again')}
        </Button>
      )}
      {state === 'waiting' && prompt.resendAfter !== undefined && (
        <Resend flow={flow} after={prompt.resendAfter} resent={resent} what="wait" onResend={() => void again()} />
      )}
      {state === 'answered' && flow.fault && (
        <Button look="primary" busy={flow.busy} onClick={() => void flow.submit({})}>
          {t('app.continue')}
        </Button>
      )}
      <Help about={[`${prompt.kind}.wait`, prompt.kind]} />
      <Others
        others={prompt.others}
        flow={flow}
        asked={flow.answer?.step === 'second-factor' ? prompt.factorId : undefined}
      />
    </>
  );
}
