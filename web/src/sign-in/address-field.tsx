/** The field for the address that one signs in with, as password managers know it. */
import type { ReactNode } from 'react';
import { t } from '../texts.tsx';
import { Field } from '../ui/field.tsx';
import type { FieldState } from './field-state.ts';

interface AddressFieldProps {
  readonly field: FieldState;
  readonly faultId: string | undefined;
  readonly describedBy?: string;
  /** Whether a passkey may be picked in it. */
  readonly passkeys?: boolean;
}

export function AddressField({ field, faultId, describedBy, passkeys }: AddressFieldProps): ReactNode {
  return (
    <Field
      label={t('field.identifier')}
      value={field.value}
      onValue={field.set}
      input={field.input}
      fault={field.missing}
      faultId={faultId}
      describedBy={describedBy}
      name="username"
      type="text"
      inputMode="email"
      autoComplete={passkeys ? 'username webauthn' : 'username'}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
    />
  );
}
