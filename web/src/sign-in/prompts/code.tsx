/** `code`: a code that was sent, shown by an app, or kept on paper. One field, typed, pasted or filled in by the phone. */
import { type ReactNode, useId, useRef, useState } from 'react';
import { service } from '../../service.ts';
import { kindName, rich, t, tAny } from '../../texts.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AnswerForm } from '../answer-form.tsx';
import { CodeField } from '../code-field.tsx';
import { useField, useFieldFocus } from '../field-state.ts';
import type { FlowView } from '../flow.ts';
import { Others } from '../others.tsx';
import { Resend } from '../resend.tsx';
import type { PromptProps } from './prompt-props.ts';

type CodePrompt = PromptProps<'code'>['prompt'];

/** What the page says above the field. At recovery it does not say whether there is an account. */
function lead(prompt: CodePrompt, flow: FlowView): ReactNode {
  const { kind, sentTo, length } = prompt;
  const parameters = { length, service: service.service, kind: kindName(kind) };
  const asked = flow.name === 'recovery' && kind === 'email' ? 'recovery' : 'lead';
  const keys = [`code.${kind}.${asked}`, `code.${kind}.lead`, 'code.other.lead'];
  const plain = [`code.${kind}.${asked}-plain`, `code.${kind}.lead-plain`, 'code.other.lead-plain'];
  return rich(tAny(sentTo ? keys : plain, '', parameters), { sentTo: sentTo ?? '' });
}

function Outbox(): ReactNode {
  return (
    <p className="outbox">
      <a href="/dev/outbox" target="_blank" rel="noreferrer">
        {t('code.outbox')} <span className="for-ears">{t('code.outbox-opens')}</span>
      </a>
    </p>
  );
}

const label = ({ format, kind, length }: CodePrompt): string =>
  format === 'digits' ? t('field.digits', { length }) : tAny([`field.letters.${kind}`], t('field.letters'));

export function Code({ prompt, flow, inner }: PromptProps<'code'>): ReactNode {
  const fault = useId();
  const code = useField();
  const [resent, setResent] = useState(false);
  // A full code goes off by itself once; after a refusal the person says when, so that no try is lost while correcting.
  const sentByItself = useRef(false);
  useFieldFocus(code.input, flow);

  const send = (value: string) => {
    setResent(false);
    void flow.submit({ code: value });
  };
  const type = (value: string) => {
    code.set(value);
    if (prompt.format !== 'digits' || value.length !== prompt.length || sentByItself.current || flow.busy) return;
    sentByItself.current = true;
    send(value);
  };
  const resend = async () => {
    if ((await flow.submit({ resend: true })) !== 'on') return;
    code.set('');
    sentByItself.current = false;
    setResent(true);
    code.input.current?.focus();
  };
  return (
    <>
      <Heading inner={inner}>{tAny([`code.${prompt.kind}.title`], t('code.other.title'))}</Heading>
      <p className="lead" id={`${fault}-lead`}>
        {lead(prompt, flow)}
      </p>
      <AnswerForm
        flow={flow}
        ask="code"
        id={fault}
        submit={t('code.submit')}
        onSubmit={() => code.filled(t('field.empty.code')) && send(code.value.trim())}
      >
        <CodeField
          format={prompt.format}
          label={label(prompt)}
          value={code.value}
          onValue={type}
          input={code.input}
          fault={code.missing}
          faultId={flow.fault ? fault : undefined}
          describedBy={`${fault}-lead`}
        />
      </AnswerForm>
      {prompt.sentTo !== undefined || prompt.resendAfter !== undefined ? (
        <Resend after={prompt.resendAfter} answer={flow.answer} busy={flow.busy} resent={resent} onResend={resend} />
      ) : null}
      {service.development && prompt.kind === 'email' && <Outbox />}
      <Others others={prompt.others} flow={flow} />
    </>
  );
}
