/** `password`: the password again, of someone who is known. */
import { type ReactNode, useId } from 'react';
import { rich, t } from '../../texts.tsx';
import { PasswordField } from '../../ui/field.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AnswerForm } from '../answer-form.tsx';
import { useField, useFieldFocus } from '../field-state.ts';
import { Username } from '../username.tsx';
import type { PromptProps } from './prompt-props.ts';

export function Password({ prompt, flow, inner }: PromptProps<'password'>): ReactNode {
  const fault = useId();
  const password = useField();
  useFieldFocus(password.input, flow);
  const send = () => {
    if (password.filled(t('field.empty.password'))) void flow.submit({ password: password.value });
  };
  return (
    <>
      <Heading inner={inner}>{t('password.title')}</Heading>
      <p className="lead" id={`${fault}-lead`}>
        {prompt.identifier ? rich(t('password.lead'), { identifier: prompt.identifier }) : t('password.lead-plain')}
      </p>
      <AnswerForm flow={flow} ask="password" id={fault} submit={t('app.continue')} onSubmit={send}>
        <Username value={prompt.identifier} />
        <PasswordField
          label={t('field.password')}
          value={password.value}
          onValue={password.set}
          input={password.input}
          fault={password.missing}
          faultId={flow.fault ? fault : undefined}
          describedBy={`${fault}-lead`}
          name="password"
          autoComplete="current-password"
        />
      </AnswerForm>
    </>
  );
}
