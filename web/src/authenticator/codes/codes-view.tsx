/** The half that shows codes, with a net or without. */
import { type ReactNode, useState } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Heading } from '../../ui/heading.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Icon } from '../icons.tsx';
import { CodeCard } from './code-card.tsx';
import { RemoveDialog, RenameDialog } from './code-dialogs.tsx';
import type { KeptCode } from './kept-codes.ts';
import { type Codes, useNow } from './use-codes.ts';

interface CodesViewProps {
  readonly codes: Codes;
  readonly focus: boolean;
  readonly onScan: () => void;
  readonly onType: () => void;
}

function Add({ onScan, onType }: Pick<CodesViewProps, 'onScan' | 'onType'>): ReactNode {
  return (
    <div className="row">
      <Button look="primary" onClick={onScan}>
        <Icon name="scan" /> {t('phone.scan')}
      </Button>
      <Button onClick={onType}>{t('codes.type')}</Button>
    </div>
  );
}

interface Task {
  readonly what: 'rename' | 'remove';
  readonly code: KeptCode;
}

function TaskDialog({ task, codes, onClose }: { task: Task; codes: Codes; onClose: () => void }): ReactNode {
  const { code } = task;
  const after = (work: Promise<void>) => {
    onClose();
    void work;
  };
  if (task.what === 'remove') {
    return <RemoveDialog code={code} onRemove={() => after(codes.remove(code.id))} onClose={onClose} />;
  }
  const rename = (issuer: string, account: string) => after(codes.rename(code.id, issuer, account));
  return <RenameDialog code={code} onRename={rename} onClose={onClose} />;
}

function List({ list, codes }: { readonly list: readonly KeptCode[]; readonly codes: Codes }): ReactNode {
  const now = useNow();
  const [task, setTask] = useState<Task>();
  return (
    <>
      <ul className="code-list">
        {list.map((code) => (
          <CodeCard
            key={code.id}
            code={code}
            now={now}
            onRename={() => setTask({ what: 'rename', code })}
            onRemove={() => setTask({ what: 'remove', code })}
          />
        ))}
      </ul>
      {task && <TaskDialog task={task} codes={codes} onClose={() => setTask(undefined)} />}
    </>
  );
}

export function CodesView({ codes, focus, ...add }: CodesViewProps): ReactNode {
  const { list } = codes;
  const body = (): ReactNode => {
    if (list === 'unreadable') return <Notice tone="fault">{t('phone.unreadable')}</Notice>;
    if (list === null) return null;
    if (list.length > 0) return <List list={list} codes={codes} />;
    return (
      <section className="slab empty">
        <h2>{t('codes.none.title')}</h2>
        <p>{t('codes.none.lead')}</p>
        <Add {...add} />
      </section>
    );
  };
  const some = Array.isArray(list) && list.length > 0;
  return (
    <>
      <Heading focus={focus}>{t('phone.codes')}</Heading>
      {body()}
      {some && (
        <section className="slab hint">
          <h2>{t('codes.more')}</h2>
          <Add {...add} />
        </section>
      )}
    </>
  );
}
