/** Asks before something is done that cannot be undone; the browser's own dialog keeps the focus inside. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';

interface AskProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly action: string;
  readonly danger?: boolean;
  readonly children?: ReactNode;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Ask({ title, lead, action, danger = false, children, onConfirm, onClose }: AskProps): ReactNode {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="ask" aria-labelledby={id} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        <h2 id={id} className="heading">
          {title}
        </h2>
        {lead && <p className="lead">{lead}</p>}
        {children}
        <div className="row ask-do">
          <Button onClick={() => dialog.current?.close()}>{t('phone.cancel')}</Button>
          <Button type="submit" look="primary" className={danger ? 'button-danger' : ''}>
            {action}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
