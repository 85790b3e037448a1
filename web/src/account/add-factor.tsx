/** `/account/add`: another way of confirming that it is you. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Flow } from '../sign-in/flow.ts';
import { strongestFirst } from '../sign-in/strongest.ts';
import { kindName, t, tAny } from '../texts.tsx';
import { type Addable, factorsQuery } from './data.ts';
import { FlowPanel } from './flow-panel.tsx';
import { Reading } from './reading.tsx';

interface KindsProps {
  readonly flow: Flow;
  readonly kinds: readonly Addable[];
}

function Kinds({ flow, kinds }: KindsProps): ReactNode {
  const [chosen, setChosen] = useState('');
  if (kinds.length === 0) return <p>{t('add.none')}</p>;
  const choose = (kind: string) => {
    setChosen(kind);
    flow.begin({ kind });
  };
  return (
    <ul className="ways">
      {strongestFirst(kinds).map(({ kind, why }, at) => (
        <li key={kind}>
          <button
            type="button"
            className="way"
            aria-busy={(flow.busy && chosen === kind) || undefined}
            aria-disabled={flow.busy || undefined}
            onClick={() => flow.busy || choose(kind)}
          >
            <span className="way-name">
              {kindName(kind)}
              {at === 0 && kinds.length > 1 && <em className="badge">{t('offer.strongest')}</em>}
            </span>
            <span className="way-hint">{tAny([why, `kind.${kind}.why`], '')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function AddFactor(): ReactNode {
  const factors = useQuery(factorsQuery);
  const everyday = (factors.data?.kinds ?? []).filter(({ kind }) => kind !== 'backup-codes' && kind !== 'paper-key');
  return (
    <FlowPanel
      name="enrolment"
      title={t('add.title')}
      lead={t('add.lead')}
      begin={(flow) => (
        <Reading of={[factors]}>
          <Kinds flow={flow} kinds={everyday} />
        </Reading>
      )}
      done={{ title: t('add.done.title'), lead: t('add.done.lead') }}
    />
  );
}
