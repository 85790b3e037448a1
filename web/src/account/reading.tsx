/** What stands in a page's place until everything it needs is read, so that nothing jumps; and what if that fails. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { wordsOf } from './dialog.tsx';

interface ReadingProps {
  readonly of: readonly UseQueryResult<unknown>[];
  readonly children: ReactNode;
}

export function Reading({ of, children }: ReadingProps): ReactNode {
  if (of.every((query) => query.data !== undefined)) return children;
  const failed = of.find((query) => query.isError);
  if (!failed) return <p className="waiting">{t('app.wait')}</p>;
  const again = () => {
    for (const query of of) if (query.isError) void query.refetch();
  };
  return (
    <>
      <Notice tone="fault">{wordsOf(failed.error)}</Notice>
      <div>
        <Button onClick={again}>{t('account.retry')}</Button>
      </div>
    </>
  );
}
