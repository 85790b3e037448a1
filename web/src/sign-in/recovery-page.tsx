/** `/recovery`: a forgotten password. The mailed link leads here too, and works in the browser that asked. */
import { type ReactNode, useState } from 'react';
import { forgetFragment, fragment } from '../fragment.ts';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { Heading } from '../ui/heading.tsx';
import type { Flow } from './flow.ts';
import { FlowPage } from './flow-page.tsx';
import { Gate } from './gate.tsx';

interface Named {
  readonly flow: string;
  readonly link: string;
}

/** `<flow>.<secret>`, as the mail has it. */
function named(): Named | null {
  const [flow, link] = fragment()?.split('.') ?? [];
  return flow && link ? { flow, link } : null;
}

function Elsewhere({ onAgain }: { onAgain: () => void }): ReactNode {
  return (
    <div className="step">
      <Heading focus>{t('recovery.link.elsewhere.title')}</Heading>
      <p className="lead">{t('recovery.link.elsewhere.lead')}</p>
      <Button look="primary" onClick={onAgain}>
        {t('recovery.link.again')}
      </Button>
    </div>
  );
}

export function RecoveryPage(): ReactNode {
  const [link, setLink] = useState(named);
  const again = () => {
    forgetFragment();
    setLink(null);
  };
  const gate = (flow: Flow): ReactNode => {
    const code = flow.fault?.problem?.code;
    if (!link || code === 'no-such-flow' || code === 'flow-over') return <Elsewhere onAgain={again} />;
    return (
      <Gate
        title={t('recovery.link.title')}
        lead={t('recovery.link.lead')}
        submit={t('app.continue')}
        flow={flow}
        onClick={() => flow.enter(link.flow, { link: link.link })}
      />
    );
  };
  return <FlowPage name="recovery" first={{ ask: 'identifier' }} {...(link ? { gate } : {})} />;
}
