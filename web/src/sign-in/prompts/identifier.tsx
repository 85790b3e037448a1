/** `identifier`: which address registers, or forgot its password. */
import { type ReactNode, useId } from 'react';
import { Link } from '../../navigation.tsx';
import { t } from '../../texts.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AddressField } from '../address-field.tsx';
import { AnswerForm } from '../answer-form.tsx';
import { useField, useFieldFocus } from '../field-state.ts';
import type { PromptProps } from './prompt-props.ts';

function Aside({ recovery }: { recovery: boolean }): ReactNode {
  if (recovery) {
    return (
      <p className="aside">
        <Link to="/sign-in">{t('app.back-to-sign-in')}</Link>
      </p>
    );
  }
  return (
    <p className="aside">
      {t('registration.have-one')} <Link to="/sign-in">{t('registration.sign-in')}</Link>
    </p>
  );
}

export function Identifier({ flow, inner }: PromptProps<'identifier'>): ReactNode {
  const fault = useId();
  const address = useField(flow.identifier);
  useFieldFocus(address.input, flow);
  const recovery = flow.name === 'recovery';
  const send = () => {
    if (address.filled(t('field.empty.identifier'))) void flow.submit({ identifier: address.value.trim() });
  };
  return (
    <>
      <Heading inner={inner}>{recovery ? t('recovery.title') : t('registration.title')}</Heading>
      <p className="lead" id={`${fault}-lead`}>
        {recovery ? t('recovery.lead') : t('registration.lead')}
      </p>
      <AnswerForm
        flow={flow}
        ask="identifier"
        id={fault}
        submit={recovery ? t('recovery.submit') : t('app.continue')}
        onSubmit={send}
        after={<Aside recovery={recovery} />}
      >
        <AddressField field={address} faultId={flow.fault ? fault : undefined} describedBy={`${fault}-lead`} />
      </AnswerForm>
    </>
  );
}
