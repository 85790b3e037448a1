/** `keep`: backup codes and paper key, shown this once, on a page that can be copied, saved and printed. */
import { type ReactNode, useEffect, useId, useState } from 'react';
import { flushSync } from 'react-dom';
import type { FlowName } from '../../api.ts';
import { pageMeta } from '../../page-meta.ts';
import { locale, t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { useSecondsLeft } from '../../ui/clock.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { picture } from '../../ui/picture.ts';
import { AnswerForm, FaultSlot } from '../answer-form.tsx';
import type { PromptProps } from './prompt-props.ts';

/** Flows in which a paper key is used, so that one shown in them takes the place of it. */
const usingFlows: readonly FlowName[] = ['sign-in', 'recovery', 'step-up', 'password'];

type KeepPrompt = PromptProps<'keep'>['prompt'];

/** The page as a text file. */
function asText({ codes, paperKey }: KeepPrompt, identifier: string): string {
  const lines = [t('keep.file', { service: pageMeta.service })];
  if (identifier) lines.push(t('keep.file.for', { identifier }));
  lines.push(t('keep.file.made', { date: new Date().toLocaleDateString(locale, { dateStyle: 'long' }) }), '');
  if (codes) lines.push(t('keep.codes'), t('keep.codes.for'), '', ...codes.map((code) => `  ${code}`), '');
  if (paperKey) lines.push(t('keep.paper-key'), t('keep.paper-key.for'), '', `  ${paperKey}`, '');
  lines.push(t('keep.not-where'), '');
  return lines.join('\r\n');
}

function download(text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  link.download = t('keep.file.name', { service: pageMeta.service });
  link.click();
  // The browser reads the file after the click; its address is let go once that is surely done.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** True once the page was left: what was shown once is not there when the browser brings the page back. */
function useGone(prompt: KeepPrompt): boolean {
  const [gone, setGone] = useState<KeepPrompt>();
  useEffect(() => {
    const leave = () => flushSync(() => setGone(prompt));
    window.addEventListener('pagehide', leave);
    return () => window.removeEventListener('pagehide', leave);
  }, [prompt]);
  return gone === prompt;
}

function Sheet({ prompt, identifier }: { prompt: KeepPrompt; identifier: string }): ReactNode {
  const { codes, paperKey, paperKeyQr } = prompt;
  return (
    <div className="sheet">
      <div className="on-paper">
        <p>{t('keep.file', { service: pageMeta.service })}</p>
        {identifier && <p>{t('keep.file.for', { identifier })}</p>}
      </div>
      {codes && (
        <section>
          <h2>{t('keep.codes')}</h2>
          <p>{t('keep.codes.for')}</p>
          <ol className="codes">
            {codes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ol>
        </section>
      )}
      {paperKey && (
        <section>
          <h2>{t('keep.paper-key')}</h2>
          <p>{t('keep.paper-key.for')}</p>
          <div className="paper-key">
            <code>{paperKey}</code>
            {paperKeyQr && (
              <img className="qr" src={picture(paperKeyQr)} alt={t('keep.qr.alt')} width="112" height="112" />
            )}
          </div>
        </section>
      )}
      <p className="sheet-warning">{t('keep.not-where')}</p>
    </div>
  );
}

/** What is left when they were shown before: go on, or make new ones. */
function Shown({ flow, inner }: Pick<PromptProps<'keep'>, 'flow' | 'inner'>): ReactNode {
  const fault = useId();
  const waiting = useSecondsLeft(flow.fault?.retryAt) > 0;
  return (
    <>
      <Heading focus inner={inner}>
        {t('keep.shown.title')}
      </Heading>
      <p className="lead">{t('keep.shown.lead')}</p>
      <FaultSlot flow={flow} ask="keep" id={fault} />
      <div className="row">
        <Button look="primary" busy={flow.busy} idle={waiting} onClick={() => void flow.submit({ renew: true })}>
          {t('keep.renew')}
        </Button>
        <Button idle={flow.busy} onClick={() => void flow.submit({ kept: true })}>
          {t('keep.submit')}
        </Button>
      </div>
    </>
  );
}

export function Keep({ prompt, flow, inner }: PromptProps<'keep'>): ReactNode {
  const fault = useId();
  const gone = useGone(prompt);
  if (prompt.shown || gone) return <Shown flow={flow} inner={inner} />;
  const successor = prompt.codes === undefined && usingFlows.includes(flow.name);
  const text = asText(prompt, flow.identifier);
  const copied = [...(prompt.codes ?? []), ...(prompt.paperKey ? [prompt.paperKey] : [])].join('\n');
  return (
    <>
      <Heading focus inner={inner}>
        {successor ? t('keep.successor.title') : t('keep.title')}
      </Heading>
      <p className="lead">{successor ? t('keep.successor.lead') : t('keep.lead')}</p>
      <Sheet prompt={prompt} identifier={flow.identifier} />
      <div className="row row-even">
        <CopyButton text={copied} what={prompt.codes ? t('keep.codes') : t('keep.paper-key')} />
        <Button onClick={() => download(text)}>{t('keep.download')}</Button>
        <Button onClick={() => window.print()}>{t('keep.print')}</Button>
      </div>
      <AnswerForm
        flow={flow}
        ask="keep"
        id={fault}
        submit={prompt.codes ? t('keep.submit') : t('keep.submit-key')}
        onSubmit={() => void flow.submit({ kept: true })}
      >
        {null}
      </AnswerForm>
    </>
  );
}
