/** `offer`: turning on a second step, with more weight on doing it than on "later". */

import { type ReactNode, useId, useState } from 'react';
import type { Offerable } from '../../../../server/src/flows/prompt.ts';
import { kindName, t, tAny } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { AnswerForm } from '../answer-form.tsx';
import { type Abilities, useAbilities } from '../passkey/able.ts';
import { advisedFirst, badgeOf, offeredHere, whyKeys } from '../strongest.ts';
import type { PromptProps } from './prompt-props.ts';

interface KindChoiceProps {
  readonly offered: Offerable;
  readonly group: string;
  readonly checked: boolean;
  readonly badge: string | undefined;
  readonly why: string;
  readonly onChoose: () => void;
}

function KindChoice({ offered, group, checked, badge, why, onChoose }: KindChoiceProps): ReactNode {
  return (
    <label className="kind-choice">
      <input type="radio" name={group} value={offered.kind} checked={checked} onChange={onChoose} />
      <span className="kind-name">
        {kindName(offered.kind)} {badge && <em>{badge}</em>}
      </span>
      <span className="kind-why">{why}</span>
    </label>
  );
}

function Later({ flow }: Pick<PromptProps<'offer'>, 'flow'>): ReactNode {
  return (
    <p className="later">
      <Button look="quiet" idle={flow.busy} onClick={() => void flow.submit({ accept: false })}>
        {t('offer.later')}
      </Button>
    </p>
  );
}

export function Offer(props: PromptProps<'offer'>): ReactNode {
  const able = useAbilities();
  // What comes first depends on it, and nothing may move under the finger.
  return able ? <Choice {...props} able={able} /> : <p className="waiting">{t('app.wait')}</p>;
}

function Choice({ prompt, flow, inner, able }: PromptProps<'offer'> & { able: Abilities }): ReactNode {
  const group = useId();
  const kinds = offeredHere(prompt.kinds, able);
  const [kind, setKind] = useState(advisedFirst(kinds)?.kind ?? '');
  const why = tAny([prompt.why, `offer.${prompt.why}`], t('offer.choice'));
  return (
    <>
      <Heading focus inner={inner}>
        {t('offer.title')}
      </Heading>
      <p className="lead">{why}</p>
      {kinds.length === 0 ? (
        <Button look="primary" busy={flow.busy} onClick={() => void flow.submit({ accept: false })}>
          {t('offer.again')}
        </Button>
      ) : (
        <AnswerForm
          flow={flow}
          ask="offer"
          id={`${group}-fault`}
          submit={t('offer.submit')}
          onSubmit={() => void flow.submit({ accept: kind })}
        >
          <fieldset className="kind-choices">
            <legend className="for-ears">{t('offer.choices')}</legend>
            {kinds.map((offered) => (
              <KindChoice
                key={offered.kind}
                offered={offered}
                group={group}
                checked={offered.kind === kind}
                badge={badgeOf(offered)}
                why={tAny(whyKeys(offered, able), '')}
                onChoose={() => setKind(offered.kind)}
              />
            ))}
          </fieldset>
        </AnswerForm>
      )}
      {prompt.skippable && <Later flow={flow} />}
    </>
  );
}
