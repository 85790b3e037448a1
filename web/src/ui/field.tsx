/** One labelled field with its hint and its fault, both tied to it for those who listen instead of look. */
import { type InputHTMLAttributes, type ReactNode, type Ref, useId, useState } from 'react';
import { t } from '../texts.tsx';

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly fault?: string | undefined;
  /** The id of a fault that is told elsewhere on the page. */
  readonly faultId?: string | undefined;
  readonly hint?: ReactNode;
  readonly describedBy?: string | undefined;
  readonly input?: Ref<HTMLInputElement>;
  /** What stands inside the field, at its end. */
  readonly inside?: ReactNode;
}

export function Field(props: FieldProps): ReactNode {
  const { label, value, onValue, fault, faultId, hint, describedBy, input, inside, className, ...rest } = props;
  const id = useId();
  const wrong = fault !== undefined || faultId !== undefined;
  const told = [faultId, fault && `${id}-fault`, hint && `${id}-hint`, describedBy].filter(Boolean).join(' ');
  return (
    <div className={`field ${className ?? ''}`}>
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <input
          id={id}
          ref={input}
          value={value}
          onChange={(event) => onValue(event.target.value)}
          aria-invalid={wrong || undefined}
          aria-describedby={told || undefined}
          {...rest}
        />
        {inside}
      </div>
      {fault !== undefined && (
        <p className="field-fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
      {hint && (
        <div className="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}

/** A field for a password, which can be looked at. */
export function PasswordField(props: Omit<FieldProps, 'type' | 'inside'>): ReactNode {
  const [shown, setShown] = useState(false);
  return (
    <Field
      type={shown ? 'text' : 'password'}
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      {...props}
      className={`field-password ${props.className ?? ''}`}
      inside={
        <button
          type="button"
          className="field-toggle"
          aria-label={shown ? t('field.hide-password') : t('field.show-password')}
          onClick={() => setShown(!shown)}
        >
          {shown ? t('field.hide') : t('field.show')}
        </button>
      }
    />
  );
}
