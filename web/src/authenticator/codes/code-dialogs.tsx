/** Renaming a code, and removing one: it is not kept anywhere else, so that is asked first. */
import { type ReactNode, useState } from 'react';
import { t } from '../../texts.tsx';
import { Field } from '../../ui/field.tsx';
import { Ask } from '../ask.tsx';
import { nameOf } from './code-card.tsx';
import type { KeptCode } from './kept-codes.ts';

interface RenameProps {
  readonly code: KeptCode;
  readonly onRename: (issuer: string, account: string) => void;
  readonly onClose: () => void;
}

export function RenameDialog({ code, onRename, onClose }: RenameProps): ReactNode {
  const [issuer, setIssuer] = useState(code.issuer);
  const [account, setAccount] = useState(code.account);
  return (
    <Ask
      title={t('codes.rename.title')}
      action={t('codes.rename.do')}
      onConfirm={() => onRename(issuer.trim(), account.trim())}
      onClose={onClose}
    >
      <Field label={t('codes.issuer')} value={issuer} onValue={setIssuer} maxLength={80} autoComplete="off" />
      <Field label={t('codes.account')} value={account} onValue={setAccount} maxLength={120} autoComplete="off" />
    </Ask>
  );
}

interface RemoveProps {
  readonly code: KeptCode;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}

export function RemoveDialog({ code, onRemove, onClose }: RemoveProps): ReactNode {
  const name = nameOf(code);
  return (
    <Ask
      danger
      title={t('codes.remove.title', { name })}
      lead={t('codes.remove.lead', { name: code.issuer || name })}
      action={t('codes.remove.do')}
      onConfirm={onRemove}
      onClose={onClose}
    />
  );
}
