/**
 * The one field for a code: labelled, plain text, so that typing, pasting, a phone's own suggestion and password managers
 * all work (WCAG 2.2 §3.3.8). Digits drop whatever else a paste brings along.
 */
import type { ReactNode, Ref } from 'react';
import { Field } from '../ui/field.tsx';

interface CodeFieldProps {
  readonly format: 'digits' | 'letters';
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly input: Ref<HTMLInputElement>;
  readonly fault?: string | undefined;
  readonly faultId?: string | undefined;
  readonly describedBy?: string;
}

export function CodeField({ format, onValue, ...rest }: CodeFieldProps): ReactNode {
  const digits = format === 'digits';
  return (
    <Field
      type="text"
      name="code"
      className={digits ? 'field-digits' : 'field-letters'}
      inputMode={digits ? 'numeric' : 'text'}
      autoComplete={digits ? 'one-time-code' : 'off'}
      autoCapitalize={digits ? 'off' : 'characters'}
      autoCorrect="off"
      spellCheck={false}
      onValue={(value) => onValue(digits ? value.replace(/\D/g, '') : value)}
      {...rest}
    />
  );
}
