/** Buttons: they show that they work, and take no second click meanwhile. */
import type { ButtonHTMLAttributes, ReactNode } from 'react';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'primary' | 'plain' | 'quiet';
  readonly busy?: boolean;
  /** Not possible for now, but still reachable by keyboard, so that the reason can be found. */
  readonly idle?: boolean;
  readonly children: ReactNode;
}

export function Button(props: ButtonProps): ReactNode {
  const { look = 'plain', busy = false, idle = false, children, className, onClick, ...rest } = props;
  const still = busy || idle;
  return (
    <button
      type="button"
      className={`button button-${look} ${className ?? ''}`}
      aria-busy={busy || undefined}
      aria-disabled={still || undefined}
      onClick={(event) => {
        if (!still) return onClick?.(event);
        event.preventDefault();
      }}
      {...rest}
    >
      <span className="button-text">{children}</span>
      {busy && <span className="button-busy" aria-hidden="true" />}
    </button>
  );
}
