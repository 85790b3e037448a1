/** `done`: what happened. Flows that open a session move on by themselves; this is for those that do not. */
import type { ReactNode } from 'react';
import { Link } from '../../navigation.tsx';
import { t } from '../../texts.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Denied } from '../waiting/denied.tsx';
import type { PromptProps } from './prompt-props.ts';

export function Done({ flow, inner }: PromptProps<'done'>): ReactNode {
  if (flow.answer?.refused?.code === 'denied') return <Denied flow={flow} inner={inner} />;
  if (flow.name === 'recovery') {
    return (
      <>
        <Heading focus inner={inner}>
          {t('done.recovery.title')}
        </Heading>
        <p className="lead">{t('done.recovery.lead')}</p>
        <Link to="/sign-in" className="button button-primary">
          {t('done.recovery.go')}
        </Link>
      </>
    );
  }
  return (
    <>
      <Heading focus inner={inner}>
        {flow.answer?.session ? t('done.signing-in') : t('done.title')}
      </Heading>
      <p className="lead">{flow.answer?.session ? t('app.wait') : t('done.lead')}</p>
    </>
  );
}
