/** `scan-and-code`: connecting an authenticator app, by picture, by link or by typed key, proved by its first code. */
import { type ReactNode, useId, useRef } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { picture } from '../../ui/picture.ts';
import { AnswerForm } from '../answer-form.tsx';
import { AppList } from '../app-list.tsx';
import { CodeField } from '../code-field.tsx';
import { useField, useRefusedFocus } from '../field-state.ts';
import { Help } from '../help.tsx';
import type { PromptProps } from './prompt-props.ts';

/** In groups of four, as a person copies it by eye. */
const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

function Connect({ prompt }: Pick<PromptProps<'scan-and-code'>, 'prompt'>): ReactNode {
  return (
    <>
      <li>
        <h2>{t('scan.app')}</h2>
        <p>{t('scan.app.hint')}</p>
        <AppList />
      </li>
      <li>
        <h2>{t('scan.qr')}</h2>
        <div className="scan">
          <img className="qr" src={picture(prompt.qr)} alt={t('scan.qr.alt')} width="208" height="208" />
          <div className="scan-key">
            <a className="button button-plain on-phones" href={prompt.uri}>
              {t('scan.open')}
            </a>
            <p>{t('scan.key')}</p>
            <code>{grouped(prompt.secret)}</code>
            <CopyButton text={prompt.secret} what={t('scan.key')} />
          </div>
        </div>
      </li>
    </>
  );
}

export function ScanAndCode({ prompt, flow, inner }: PromptProps<'scan-and-code'>): ReactNode {
  const fault = useId();
  const code = useField();
  const sentByItself = useRef(false);
  useRefusedFocus(code.input, flow);
  const type = (value: string) => {
    code.set(value);
    if (value.length !== prompt.length || sentByItself.current || flow.busy) return;
    sentByItself.current = true;
    void flow.submit({ code: value });
  };
  return (
    <>
      <Heading focus inner={inner}>
        {t('scan.title')}
      </Heading>
      <ol className="steps">
        <Connect prompt={prompt} />
        <li>
          <h2 id={`${fault}-lead`}>{t('scan.code')}</h2>
          <AnswerForm
            flow={flow}
            ask="scan-and-code"
            id={fault}
            submit={t('scan.submit')}
            onSubmit={() => code.filled(t('field.empty.code')) && void flow.submit({ code: code.value })}
          >
            <CodeField
              format="digits"
              label={t('field.digits', { length: prompt.length })}
              value={code.value}
              onValue={type}
              input={code.input}
              fault={code.missing}
              faultId={flow.fault ? fault : undefined}
              describedBy={`${fault}-lead`}
            />
          </AnswerForm>
        </li>
      </ol>
      <Help about={[`${prompt.kind}.scan-and-code`, 'scan-and-code']} />
      <p className="later">
        <Button look="quiet" idle={flow.busy} onClick={() => void flow.submit({ accept: false })}>
          {t('offer.again')}
        </Button>
      </p>
    </>
  );
}
