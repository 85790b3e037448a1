/** Naming, removing, and reporting lost: each asks first. */
import { type ReactNode, useState } from 'react';
import { t } from '../texts.tsx';
import { Field } from '../ui/field.tsx';
import type { Factor } from './data.ts';
import { Confirm } from './dialog.tsx';
import { useMethodChange } from './method-change.ts';

/** What is to be done with which way. */
export interface MethodTask {
  readonly what: 'rename' | 'lost' | 'remove';
  readonly factor: Factor;
  readonly label: string;
}

interface MethodDialogProps {
  readonly task: MethodTask;
  /** Whether it is the only one left. */
  readonly last: boolean;
  readonly onClose: () => void;
}

function Rename({ task, onClose }: Omit<MethodDialogProps, 'last'>): ReactNode {
  const { rename } = useMethodChange();
  const [label, setLabel] = useState(task.label);
  return (
    <Confirm
      title={t('methods.rename.title', { label: task.label })}
      action={t('account.save')}
      onConfirm={() => rename(task.factor, label.trim())}
      onClose={onClose}
    >
      <Field
        label={t('methods.rename.label')}
        value={label}
        onValue={setLabel}
        maxLength={60}
        autoComplete="off"
        autoFocus
      />
    </Confirm>
  );
}

export function MethodDialog({ task, last, onClose }: MethodDialogProps): ReactNode {
  const { remove, reportLost } = useMethodChange();
  const { factor, label } = task;
  if (task.what === 'rename') return <Rename task={task} onClose={onClose} />;
  if (task.what === 'lost') {
    return (
      <Confirm
        danger
        title={t('methods.lost.title', { label })}
        lead={t('methods.lost.lead')}
        action={t('methods.lost.do')}
        onConfirm={() => reportLost(factor, label)}
        onClose={onClose}
      />
    );
  }
  return (
    <Confirm
      danger
      title={t('methods.remove.title', { label })}
      lead={last && factor.state === 'active' ? t('methods.remove.last') : t('methods.remove.lead')}
      action={t('methods.remove.do')}
      onConfirm={() => remove(factor, label)}
      onClose={onClose}
    />
  );
}
