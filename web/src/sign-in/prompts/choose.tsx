/** `choose`: which way to prove that one is there, or which factor is lost. */
import { type ReactNode, useId, useState } from 'react';
import type { Way } from '../../../../server/src/flows/prompt.ts';
import { pageMeta } from '../../page-meta.ts';
import { kindName, t, tAny } from '../../texts.tsx';
import { Heading } from '../../ui/heading.tsx';
import { FaultSlot } from '../answer-form.tsx';
import type { FlowView } from '../flow.ts';
import { NoneOfThese } from '../lost/no-way.tsx';
import type { PromptProps } from './prompt-props.ts';

interface WaysProps {
  readonly ways: readonly Way[];
  readonly flow: FlowView;
  readonly about: 'proof' | 'lost';
  readonly onChoose?: (way: Way) => void;
}

const nameOf = (way: Way, about: 'proof' | 'lost'): string => {
  if (way.factorId === 'none') return t('choose.lost.none');
  if (about === 'lost') return way.label || kindName(way.kind);
  return way.serial === undefined ? tAny([`way.${way.kind}`], kindName(way.kind)) : t('way.token');
};

const hintOf = (way: Way, name: string): string => {
  if (way.factorId === 'none') return t('choose.lost.none-hint');
  return [way.label, way.hint].filter((text) => text && text !== name && text !== kindName(way.kind)).join(' · ');
};

/** Ways as a list of buttons: one click each. */
export function Ways({ ways, flow, about, onChoose }: WaysProps): ReactNode {
  const [chosen, setChosen] = useState('');
  const choose = (way: Way) => {
    setChosen(way.factorId);
    onChoose?.(way);
    void flow.submit({ choose: way.factorId });
  };
  return (
    <ul className="ways">
      {ways.map((way) => {
        const name = nameOf(way, about);
        const hint = hintOf(way, name);
        return (
          <li key={way.factorId}>
            <button
              type="button"
              className="way"
              aria-busy={(flow.busy && chosen === way.factorId) || undefined}
              aria-disabled={flow.busy || undefined}
              onClick={() => flow.busy || choose(way)}
            >
              <span className="way-name">{name}</span>
              {hint && <span className="way-hint">{hint}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function Choose({ prompt, flow, inner }: PromptProps<'choose'>): ReactNode {
  const fault = useId();
  const about = prompt.options.length === 0 ? 'empty' : prompt.about;
  return (
    <>
      <Heading focus inner={inner}>
        {t(`choose.${about}.title`)}
      </Heading>
      <p className="lead">{t(`choose.${about}.lead`)}</p>
      <FaultSlot flow={flow} ask={prompt.options.length > 1 ? 'choose' : 'choose-one'} id={fault} />
      <Ways ways={prompt.options} flow={flow} about={prompt.about} />
      {about === 'empty' && <p className="lead">{t('others.none.lead', { service: pageMeta.service })}</p>}
      {about === 'proof' && <NoneOfThese title={t('choose.none-of-these')} />}
    </>
  );
}
