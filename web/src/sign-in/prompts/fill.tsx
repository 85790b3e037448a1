/** `fill`: one thing to fill in: an address, a number, a name. */
import { type ReactNode, useId } from 'react';
import type { Prompt } from '../../../../server/src/flows/prompt.ts';
import { t, tAny } from '../../texts.tsx';
import { Field, type FieldProps } from '../../ui/field.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AnswerForm } from '../answer-form.tsx';
import { useField, useFieldFocus } from '../field-state.ts';
import type { PromptProps } from './prompt-props.ts';

type What = Extract<Prompt, { ask: 'fill' }>['what'];

const kinds: Readonly<Record<What, Partial<FieldProps>>> = {
  email: { inputMode: 'email', autoComplete: 'email', autoCapitalize: 'none', spellCheck: false, name: 'email' },
  phone: { inputMode: 'tel', autoComplete: 'tel', name: 'tel' },
  serial: { inputMode: 'text', autoComplete: 'off', autoCapitalize: 'characters', spellCheck: false },
  name: { inputMode: 'text', autoComplete: 'name', autoCapitalize: 'words', spellCheck: false, name: 'name' },
};

export function Fill({ prompt, flow, inner }: PromptProps<'fill'>): ReactNode {
  const fault = useId();
  const field = useField(prompt.what === 'email' && flow.name !== 'address' ? flow.identifier : '');
  useFieldFocus(field.input, flow);
  const topic = flow.name === 'address' && prompt.what === 'email' ? 'address' : prompt.what;
  const send = () => {
    if (field.filled(t('field.empty.value'))) void flow.submit({ value: field.value.trim() });
  };
  return (
    <>
      <Heading inner={inner}>{t(`fill.${topic}.title`)}</Heading>
      <p className="lead" id={`${fault}-lead`}>
        {t(`fill.${topic}.lead`)}
      </p>
      <AnswerForm flow={flow} ask="fill" id={fault} submit={t('app.continue')} onSubmit={send}>
        <Field
          label={t(`fill.${prompt.what}.label`)}
          value={field.value}
          onValue={field.set}
          input={field.input}
          fault={field.missing}
          faultId={flow.fault ? fault : undefined}
          describedBy={`${fault}-lead`}
          hint={prompt.notice && tAny([prompt.notice, `notice.${prompt.notice}`], prompt.notice)}
          type="text"
          {...kinds[prompt.what]}
        />
      </AnswerForm>
    </>
  );
}
