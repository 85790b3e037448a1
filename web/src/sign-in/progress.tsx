/** How far one is in making an account: four stages, as a thin line and in words for those who listen. */
import type { ReactNode } from 'react';
import type { Prompt } from '../../../server/src/flows/prompt.ts';
import type { FlowName } from '../api.ts';
import { type TextKey, t } from '../texts.tsx';

const stages = ['stage.address', 'stage.password', 'stage.second', 'stage.keep'] as const satisfies TextKey[];

const secondStep: readonly Prompt['ask'][] = ['offer', 'scan-and-code', 'passkey-create', 'wait'];

const stageOf = (prompt: Prompt): number => {
  if (prompt.ask === 'new-password') return 1;
  if (secondStep.includes(prompt.ask)) return 2;
  // An address comes first; what else is filled in belongs to the second step.
  if (prompt.ask === 'fill') return prompt.what === 'email' ? 0 : 2;
  if (prompt.ask === 'keep' || prompt.ask === 'done') return 3;
  return prompt.ask === 'code' && prompt.kind !== 'email' ? 2 : 0;
};

export function Progress({ flow, prompt }: { flow: FlowName; prompt: Prompt }): ReactNode {
  if (flow !== 'registration' && flow !== 'set-up' && flow !== 'invitation') return null;
  const at = stageOf(prompt);
  const name = t(stages[at] ?? 'stage.address');
  return (
    <div className="progress">
      <p className="for-ears">{t('stage.of', { n: at + 1, all: stages.length, name })}</p>
      <ol aria-hidden="true">
        {stages.map((stage, n) => (
          <li key={stage} className={n < at ? 'past' : n === at ? 'now' : ''}>
            {t(stage)}
          </li>
        ))}
      </ol>
    </div>
  );
}
