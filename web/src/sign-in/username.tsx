/** Tells password managers whose password is typed in this form. Nobody sees or reaches it otherwise. */
import type { ReactNode } from 'react';

export function Username({ value }: { value: string }): ReactNode {
  if (!value) return null;
  return (
    <input
      className="for-managers"
      type="text"
      name="username"
      autoComplete="username"
      value={value}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
