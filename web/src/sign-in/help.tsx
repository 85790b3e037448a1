/** Help beside a prompt, in the same place on each: what it looks like, and what to do when it does not work. */
import type { ReactNode } from 'react';
import { pageMeta } from '../page-meta.ts';
import { t, tAny } from '../texts.tsx';

interface HelpProps {
  /** What it is about, the closest first; the first that there are words for is shown. */
  readonly about: readonly string[];
  /** Whether a code is on its way, which may not come. */
  readonly sent?: boolean;
}

export function Help({ about, sent = false }: HelpProps): ReactNode {
  const keys = about.map((topic) => `help.${topic}`);
  const lines = tAny(keys, t('help.other'), { service: pageMeta.service }).split('\n');
  return (
    <details className="fold help">
      <summary>{sent ? t('help.sent') : t('help.title')}</summary>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}
