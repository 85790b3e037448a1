/** A sentence that matters: a fault, a warning, or that something worked. */
import type { ReactNode } from 'react';

interface NoticeProps {
  readonly tone: 'fault' | 'warn' | 'good' | 'plain';
  readonly id?: string;
  readonly children: ReactNode;
}

export function Notice({ tone, id, children }: NoticeProps): ReactNode {
  return (
    <div className={`notice notice-${tone}`} id={id} role={tone === 'fault' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
