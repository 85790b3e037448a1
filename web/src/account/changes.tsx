/** The changes that go through a flow of their own. */
import type { ReactNode } from 'react';
import { searched } from '../navigation.tsx';
import { t } from '../texts.tsx';
import { FlowPanel } from './flow-panel.tsx';

/** `/account/password`, also where `/.well-known/change-password` leads. */
export function ChangePassword(): ReactNode {
  return (
    <FlowPanel
      name="password"
      title={t('change-password.title')}
      lead={t('change-password.lead')}
      begin={t('change-password.start')}
      done={{ title: t('change-password.done.title'), lead: t('change-password.done.lead') }}
    />
  );
}

export function ChangeAddress(): ReactNode {
  return (
    <FlowPanel
      name="address"
      title={t('change-address.title')}
      lead={t('change-address.lead')}
      begin={t('change-address.start')}
      done={{ title: t('change-address.done.title'), lead: t('change-address.done.lead') }}
    />
  );
}

export function NewBackupCodes(): ReactNode {
  return (
    <FlowPanel
      name="enrolment"
      start={{ kind: 'backup-codes' }}
      title={t('backup.codes.start.title')}
      lead={t('backup.codes.start.lead')}
      begin={t('backup.start')}
      done={{ title: t('backup.done.title'), lead: t('backup.done.lead') }}
    />
  );
}

export function NewPaperKey(): ReactNode {
  return (
    <FlowPanel
      name="enrolment"
      start={{ kind: 'paper-key' }}
      title={t('backup.key.start.title')}
      lead={t('backup.key.start.lead')}
      begin={t('backup.start')}
      done={{ title: t('backup.done.title'), lead: t('backup.done.lead') }}
    />
  );
}

/** `/account/resynchronise?factor=…`: two codes in a row find a token's place again. */
export function Resynchronise(): ReactNode {
  return (
    <FlowPanel
      name="resynchronisation"
      start={{ factor: searched('factor') ?? '' }}
      title={t('resynchronise.title')}
      lead={t('resynchronise.lead')}
      begin={t('resynchronise.start')}
      done={{ title: t('resynchronise.done.title'), lead: t('resynchronise.done.lead') }}
    />
  );
}
