/** `fill`: one thing to fill in: an address, a number, a name. */
import { type ReactNode, useId } from 'react';
import type { Prompt } from '../../../../server/src/flows/prompt.ts';
import { t, tAny } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, type FieldProps } from '../../ui/field.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AnswerForm } from '../answer-form.tsx';
import { useField, useFieldFocus } from '../field-state.ts';
import { Help } from '../help.tsx';
import { appAmong } from '../strongest.ts';
import type { PromptProps } from './prompt-props.ts';

type What = Extract<Prompt, { ask: 'fill' }>['what'];

const kinds: Readonly<Record<What, Partial<FieldProps>>> = {
  email: { inputMode: 'email', autoComplete: 'email', autoCapitalize: 'none', spellCheck: false, name: 'email' },
  phone: { type: 'tel', inputMode: 'tel', autoComplete: 'tel', name: 'tel' },
  serial: { inputMode: 'text', autoComplete: 'off', autoCapitalize: 'characters', spellCheck: false },
  name: { inputMode: 'text', autoComplete: 'name', autoCapitalize: 'words', spellCheck: false, name: 'name' },
};

interface NoticeProps extends Pick<PromptProps<'fill'>, 'flow'> {
  readonly notice: string;
  readonly id: string;
}

/** What has to be known before it is filled in, with the stronger way one click away (NIST SP 800-63B-4 §3.2.9). */
function BeforeField({ notice, flow, id }: NoticeProps): ReactNode {
  return (
    <div className="notice notice-warn before-field">
      <p id={id}>{tAny([`notice.${notice}`, notice], notice)}</p>
      <Button look="quiet" idle={flow.busy} onClick={() => void flow.rechoose(({ kinds }) => appAmong(kinds)?.kind)}>
        {t('fill.phone.instead')}
      </Button>
    </div>
  );
}

/** While something is enrolled: how it works, and back to the choice. */
function Enrolling({ what, flow }: { what: What } & Pick<PromptProps<'fill'>, 'flow'>): ReactNode {
  if (flow.answer?.step !== 'enrol') return null;
  return (
    <>
      <Help about={[what]} />
      <p className="later">
        <Button look="quiet" idle={flow.busy} onClick={() => void flow.submit({ accept: false })}>
          {t('offer.again')}
        </Button>
      </p>
    </>
  );
}

export function Fill({ prompt, flow, inner }: PromptProps<'fill'>): ReactNode {
  const { what, notice } = prompt;
  const id = useId();
  const field = useField(what === 'email' && flow.name !== 'address' ? flow.identifier : '');
  useFieldFocus(field.input, flow);
  const topic = flow.name === 'address' && what === 'email' ? 'address' : what;
  const send = () => {
    if (field.filled(t('field.empty.value'))) void flow.submit({ value: field.value.trim() });
  };
  return (
    <>
      <Heading inner={inner}>{t(`fill.${topic}.title`)}</Heading>
      <p className="lead" id={`${id}-lead`}>
        {t(`fill.${topic}.lead`)}
      </p>
      {notice !== undefined && <BeforeField notice={notice} flow={flow} id={`${id}-notice`} />}
      <AnswerForm
        flow={flow}
        ask="fill"
        id={id}
        submit={tAny([`fill.${what}.submit`], t('app.continue'))}
        onSubmit={send}
      >
        <Field
          label={t(`fill.${what}.label`)}
          value={field.value}
          onValue={field.set}
          input={field.input}
          fault={field.missing}
          faultId={flow.fault ? id : undefined}
          describedBy={notice === undefined ? `${id}-lead` : `${id}-notice ${id}-lead`}
          type="text"
          {...kinds[what]}
        />
      </AnswerForm>
      <Enrolling what={what} flow={flow} />
    </>
  );
}
