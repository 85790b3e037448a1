/** The end of a flow that was refused on the phone. */
import type { ReactNode } from 'react';
import { Link } from '../../navigation.tsx';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import type { PromptProps } from '../prompts/prompt-props.ts';

/** Flows of somebody who is signed in, and changes the password on the account page. */
const signedIn: readonly string[] = ['step-up', 'enrolment', 'password', 'address', 'resynchronisation'];

export function Denied({ flow, inner }: Pick<PromptProps<'done'>, 'flow' | 'inner'>): ReactNode {
  return (
    <>
      <Heading focus inner={inner}>
        {t('denied.title')}
      </Heading>
      <p className="lead" role="status">
        {t('denied.lead')}
      </p>
      <Button look="primary" busy={flow.busy} onClick={flow.restart}>
        {t('denied.again')}
      </Button>
      <p className="lead">
        {t('denied.not-you')}{' '}
        <Link to={signedIn.includes(flow.name) ? '/account/password' : '/recovery'}>{t('denied.password')}</Link>
      </p>
    </>
  );
}
