/** The calls that change a way, each with a fresh proof where the server wants one. */
import { useQueryClient } from '@tanstack/react-query';
import { call } from '../api.ts';
import { t } from '../texts.tsx';
import type { Factor } from './data.ts';
import { wordsOf } from './dialog.tsx';
import { useGuard } from './step-up.tsx';
import { useTell } from './told.tsx';

interface MethodChange {
  readonly rename: (factor: Factor, label: string) => Promise<void>;
  readonly remove: (factor: Factor, label: string) => Promise<void>;
  readonly reportLost: (factor: Factor, label: string) => Promise<void>;
  /** Needs no dialog, so it says itself when it fails. */
  readonly prefer: (factor: Factor) => Promise<void>;
  /** Keeps a mailbox beside something stronger; says itself when it fails. */
  readonly keep: (factor: Factor) => Promise<void>;
}

export function useMethodChange(): MethodChange {
  const guard = useGuard();
  const tell = useTell();
  const client = useQueryClient();
  const change = async (action: () => Promise<unknown>, said: string) => {
    await guard(action);
    await client.invalidateQueries();
    tell(said);
  };
  const alone = (action: () => Promise<unknown>): Promise<void> =>
    change(action, t('methods.changed')).catch((thrown: unknown) => tell(wordsOf(thrown)));
  const at = (factor: Factor): string => `/account/factors/${encodeURIComponent(factor.id)}`;
  return {
    rename: (factor, label) => change(() => call('PATCH', at(factor), { label }), t('methods.changed')),
    remove: (factor, label) => change(() => call('DELETE', at(factor)), t('methods.removed', { label })),
    reportLost: (factor, label) =>
      change(() => call('POST', `${at(factor)}/lost`, {}), t('methods.reported', { label })),
    prefer: (factor) => alone(() => call('PATCH', at(factor), { preferred: true })),
    keep: (factor) => alone(() => call('PATCH', at(factor), { kept: true })),
  };
}
