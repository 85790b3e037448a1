/** `/set-up` and `/invitation`: begun by the link that the server printed or mailed. */
import { type ReactNode, useMemo } from 'react';
import { fragment } from '../fragment.ts';
import { usePath } from '../navigation.tsx';
import { pageMeta } from '../page-meta.ts';
import { t } from '../texts.tsx';
import type { Flow } from './flow.ts';
import { FlowPage } from './flow-page.tsx';
import { Gate } from './gate.tsx';

function gateOf(name: 'set-up' | 'invitation', link: string | null): (flow: Flow) => ReactNode {
  return (flow) => {
    if (flow.fault?.problem?.code === 'link-over') {
      return <Gate title={t('link.over.title')} lead={t(`link.over.${name}`)} flow={{ ...flow, fault: null }} />;
    }
    if (link === null) return <Gate title={t(`${name}.no-link.title`)} lead={t(`${name}.no-link.lead`)} flow={flow} />;
    return (
      <Gate
        title={t(`${name}.title`, { service: pageMeta.service })}
        lead={t(`${name}.lead`, { service: pageMeta.service })}
        submit={t(`${name}.submit`)}
        flow={flow}
        onClick={() => flow.begin()}
      />
    );
  };
}

export function LinkPage(): ReactNode {
  const name = usePath().startsWith('/set-up') ? 'set-up' : 'invitation';
  const link = fragment();
  const start = useMemo(() => (link === null ? {} : { link }), [link]);
  return <FlowPage name={name} start={start} gate={gateOf(name, link)} />;
}
