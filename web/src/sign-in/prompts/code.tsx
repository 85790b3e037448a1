/** `code`: a code that was sent, shown by an app, or kept on paper. One field, typed, pasted or filled in by the phone. */
import { type ReactNode, useId, useRef, useState } from 'react';
import { pageMeta } from '../../page-meta.ts';
import { kindName, rich, t, tAny } from '../../texts.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AnswerForm, FaultSlot } from '../answer-form.tsx';
import { CodeField } from '../code-field.tsx';
import { Elsewhere } from '../elsewhere.tsx';
import { type FieldState, useField, useFieldFocus } from '../field-state.ts';
import type { FlowView } from '../flow.ts';
import { Help } from '../help.tsx';
import { Others } from '../lost/others.tsx';
import { Resend } from '../resend.tsx';
import type { PromptProps } from './prompt-props.ts';

type CodePrompt = PromptProps<'code'>['prompt'];

type Purpose = 'recovery' | 'confirm' | 'enrol' | 'lead' | 'first' | 'second';

/** What a code is for, where it is not simply the second step. At recovery it is not said who has an account. */
function purposeOf({ part }: CodePrompt, { name, answer }: FlowView): Purpose {
  if (part) return part;
  if (answer?.step === 'enrol') return 'enrol';
  if (answer?.step !== 'confirm-address') return 'lead';
  if (name === 'recovery') return 'recovery';
  return name === 'sign-in' ? 'confirm' : 'lead';
}

/** What the words are about: a token is one, whichever way it counts. */
const topicOf = ({ kind, serial, part }: CodePrompt): string => ((serial ?? part) === undefined ? kind : 'token');

const titleOf = (topic: string, purpose: Purpose): string =>
  tAny([`code.${topic}.${purpose}-title`, `code.${topic}.title`], t('code.other.title'));

/** What the page says above the field. */
function leadOf(prompt: CodePrompt, topic: string, purpose: Purpose): ReactNode {
  const { kind, sentTo, serial = '', length } = prompt;
  const parameters = { length, service: pageMeta.service, kind: kindName(kind) };
  const keys = [`code.${topic}.${purpose}`, `code.${topic}.lead`, 'code.other.lead'];
  const plain = [`code.${topic}.${purpose}-plain`, `code.${topic}.lead-plain`, 'code.other.lead-plain'];
  return rich(tAny(sentTo ? keys : plain, '', parameters), { sentTo, serial });
}

const labelOf = ({ format, kind, length }: CodePrompt): string =>
  format === 'digits' ? t('field.digits', { length }) : tAny([`field.letters.${kind}`], t('field.letters'));

/** The factor that is asked for as a proof, and so may be lost; not one that is added, or put back in step. */
const challenged = ({ factorId }: CodePrompt, { answer }: FlowView): string | undefined =>
  answer?.step === 'second-factor' ? factorId : undefined;

function Outbox(): ReactNode {
  return (
    <p className="outbox">
      <a href="/dev/outbox" target="_blank" rel="noreferrer">
        {t('code.outbox')} <span className="for-ears">{t('code.outbox-opens')}</span>
      </a>
    </p>
  );
}

interface Typing extends FieldState {
  readonly resent: boolean;
  readonly type: (value: string) => void;
  readonly send: (value: string) => void;
  readonly resend: () => Promise<void>;
}

/** The field and what it sends. A full code goes off by itself once; after a refusal the person says when. */
function useTyping(prompt: CodePrompt, flow: FlowView): Typing {
  const field = useField();
  const [resent, setResent] = useState(false);
  const sentByItself = useRef(false);
  const send = (value: string) => {
    setResent(false);
    void flow.submit({ code: value });
  };
  return {
    ...field,
    resent,
    send,
    type: (value) => {
      field.set(value);
      if (prompt.format !== 'digits' || value.length !== prompt.length || sentByItself.current || flow.busy) return;
      sentByItself.current = true;
      send(value);
    },
    resend: async () => {
      if ((await flow.submit({ resend: true })) !== 'on') return;
      field.set('');
      sentByItself.current = false;
      setResent(true);
      field.input.current?.focus();
    },
  };
}

/** Where too many codes were sent for one to leave now, there is none to type yet. */
function Unsent({ prompt, flow, inner }: PromptProps<'code'>): ReactNode {
  const fault = useId();
  return (
    <>
      <Heading focus inner={inner}>
        {t('code.unsent.title')}
      </Heading>
      <p className="lead">{rich(t('code.unsent.lead'), { sentTo: prompt.sentTo })}</p>
      <FaultSlot flow={flow} ask="code" id={fault} />
      <div className="beside-code">
        <Resend flow={flow} after={undefined} resent={false} onResend={() => void flow.submit({ resend: true })} />
        <Elsewhere prompt={prompt} flow={flow} />
      </div>
      <Others others={prompt.others} flow={flow} asked={challenged(prompt, flow)} />
    </>
  );
}

function Sent({ prompt, flow, inner }: PromptProps<'code'>): ReactNode {
  const fault = useId();
  const code = useTyping(prompt, flow);
  useFieldFocus(code.input, flow);
  const purpose = purposeOf(prompt, flow);
  const topic = topicOf(prompt);
  return (
    <>
      <Heading inner={inner}>{titleOf(topic, purpose)}</Heading>
      <p className="lead" id={`${fault}-lead`}>
        {leadOf(prompt, topic, purpose)}
      </p>
      <AnswerForm
        flow={flow}
        ask={topic === 'token' ? topic : 'code'}
        id={fault}
        submit={t('code.submit')}
        onSubmit={() => code.filled(t('field.empty.code')) && code.send(code.value.trim())}
      >
        <CodeField
          format={prompt.format}
          label={labelOf(prompt)}
          value={code.value}
          onValue={code.type}
          input={code.input}
          fault={code.missing}
          faultId={flow.fault && !flow.fault.sending ? fault : undefined}
          describedBy={`${fault}-lead`}
        />
      </AnswerForm>
      <div className="beside-code">
        {prompt.resendAfter !== undefined && (
          <Resend flow={flow} after={prompt.resendAfter} resent={code.resent} onResend={code.resend} />
        )}
        <Elsewhere prompt={prompt} flow={flow} />
      </div>
      {pageMeta.development && prompt.resendAfter !== undefined && <Outbox />}
      <Help about={[`${topic}.${purpose}`, topic]} sent={prompt.resendAfter !== undefined} />
      <Others others={prompt.others} flow={flow} asked={challenged(prompt, flow)} />
    </>
  );
}

export function Code(props: PromptProps<'code'>): ReactNode {
  const { sentTo, resendAfter } = props.prompt;
  // What is sent can be asked for again: where it cannot, nothing was.
  return sentTo !== undefined && resendAfter === undefined ? <Unsent {...props} /> : <Sent {...props} />;
}
