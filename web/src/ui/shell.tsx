/** The page around a flow: one card, drawn as the body of a lock with two shackles. They close, one for each proof. */
import type { ReactNode } from 'react';
import { pageMeta } from '../page-meta.ts';
import { t } from '../texts.tsx';

interface ShellProps {
  readonly locks: 0 | 1 | 2;
  readonly children: ReactNode;
}

export function Shell({ locks, children }: ShellProps): ReactNode {
  return (
    <div className="shell">
      <div className={`shackles shackles-${locks}`} aria-hidden="true">
        <span />
        <span />
      </div>
      <main className="card">
        <p className="brand">{pageMeta.service}</p>
        {children}
      </main>
      <footer className="promise">{t('app.promise', { service: pageMeta.service })}</footer>
    </div>
  );
}
