/** `/account/add`: another way of confirming that it is you. With `?kind=…` that one is begun at once. */

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Offerable } from '../../../server/src/flows/prompt.ts';
import { searched } from '../navigation.tsx';
import type { Flow } from '../sign-in/flow.ts';
import { useAbilities } from '../sign-in/passkey/able.ts';
import { badgeOf, offeredHere, whyKeys } from '../sign-in/strongest.ts';
import { kindName, t, tAny } from '../texts.tsx';
import { factorsQuery } from './data.ts';
import { FlowPanel } from './flow-panel.tsx';
import { useAccepted } from './passkeys/signal.ts';
import { Reading } from './reading.tsx';

interface KindsProps {
  readonly flow: Flow;
  readonly kinds: readonly Offerable[];
  /** The kinds that the person has. */
  readonly held: readonly string[];
}

function Kinds({ flow, kinds, held }: KindsProps): ReactNode {
  const [chosen, setChosen] = useState('');
  const able = useAbilities();
  if (!able) return <p className="waiting">{t('app.wait')}</p>;
  if (kinds.length === 0) return <p>{t('add.none')}</p>;
  const choose = (kind: string) => {
    setChosen(kind);
    flow.begin({ kind });
  };
  return (
    <ul className="ways">
      {offeredHere(kinds, able, held).map((offered) => (
        <li key={offered.kind}>
          <button
            type="button"
            className="way"
            aria-busy={(flow.busy && chosen === offered.kind) || undefined}
            aria-disabled={flow.busy || undefined}
            onClick={() => flow.busy || choose(offered.kind)}
          >
            <span className="way-name">
              {kindName(offered.kind)}
              <Badge>{badgeOf(offered)}</Badge>
            </span>
            <span className="way-hint">{tAny(whyKeys(offered, able), '')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

const Badge = ({ children }: { children: string | undefined }): ReactNode =>
  children === undefined ? null : <em className="badge">{children}</em>;

export function AddFactor(): ReactNode {
  const [kind] = useState(() => searched('kind') || undefined);
  const factors = useQuery(factorsQuery);
  useAccepted(factors);
  const held = (factors.data?.factors ?? []).filter(({ state }) => state === 'active').map(({ kind }) => kind);
  const everyday = (factors.data?.kinds ?? []).filter(({ kind }) => kind !== 'backup-codes' && kind !== 'paper-key');
  return (
    <FlowPanel
      name="enrolment"
      {...(kind === undefined ? {} : { start: { kind }, atOnce: true })}
      title={t('add.title')}
      lead={t('add.lead')}
      begin={(flow) => (
        <Reading of={[factors]}>
          <Kinds flow={flow} kinds={everyday} held={held} />
        </Reading>
      )}
      done={{ title: t('add.done.title'), lead: t('add.done.lead') }}
    />
  );
}
