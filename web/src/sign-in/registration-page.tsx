/** `/registration`. */
import type { ReactNode } from 'react';
import { Link, searched } from '../navigation.tsx';
import { pageMeta } from '../page-meta.ts';
import { t } from '../texts.tsx';
import { Heading } from '../ui/heading.tsx';
import { Shell } from '../ui/shell.tsx';
import { FlowPage } from './flow-page.tsx';

export function RegistrationPage(): ReactNode {
  const { registration } = pageMeta;
  if (registration === 'open' || searched('flow')) {
    return <FlowPage name="registration" first={{ ask: 'identifier' }} />;
  }
  return (
    <Shell locks={0}>
      <div className="step">
        <Heading focus>{t(`registration.${registration}.title`)}</Heading>
        <p className="lead">{t(`registration.${registration}.lead`, { service: pageMeta.service })}</p>
        <Link to="/sign-in" className="button button-plain">
          {t('app.back-to-sign-in')}
        </Link>
      </div>
    </Shell>
  );
}
