/** `new-password`: choosing a password, with advice while one types. */
import { type ReactNode, useId } from 'react';
import { t } from '../../texts.tsx';
import { PasswordField } from '../../ui/field.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AnswerForm } from '../answer-form.tsx';
import { useField, useFieldFocus } from '../field-state.ts';
import { StrengthMeter } from '../strength/meter.tsx';
import { useStrength } from '../strength/use-strength.ts';
import { Username } from '../username.tsx';
import type { PromptProps } from './prompt-props.ts';

const lengthOf = (text: string): number => Array.from(text.normalize('NFC')).length;

export function NewPassword({ prompt, flow, inner }: PromptProps<'new-password'>): ReactNode {
  const fault = useId();
  const password = useField();
  const strength = useStrength(password.value, prompt.own);
  useFieldFocus(password.input, flow);
  const short = Math.max(0, prompt.minLength - lengthOf(password.value));
  const send = () => {
    if (!password.filled(t('field.empty.password'))) return;
    if (short > 0) return void password.input.current?.focus();
    void flow.submit({ password: password.value });
  };
  const first = flow.name === 'registration' || flow.name === 'set-up' || flow.name === 'invitation';
  return (
    <>
      <Heading inner={inner}>{first ? t('new-password.title') : t('new-password.title-new')}</Heading>
      <p className="lead" id={`${fault}-lead`}>
        {t('new-password.lead', { minLength: prompt.minLength })}
      </p>
      <AnswerForm flow={flow} ask="new-password" id={fault} submit={t('new-password.submit')} onSubmit={send}>
        <Username value={flow.identifier} />
        <PasswordField
          label={t('field.new-password')}
          value={password.value}
          onValue={password.set}
          onFocus={strength.prepare}
          input={password.input}
          fault={password.missing}
          faultId={flow.fault ? fault : undefined}
          describedBy={`${fault}-lead ${fault}-meter`}
          name="new-password"
          autoComplete="new-password"
        />
        <StrengthMeter
          id={`${fault}-meter`}
          empty={password.value === ''}
          short={short}
          minScore={prompt.minScore}
          verdict={strength.verdict}
        />
      </AnswerForm>
    </>
  );
}
