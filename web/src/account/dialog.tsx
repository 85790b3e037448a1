/** Dialogs: for what must be confirmed, and for a proof in between. */
import { type ReactNode, useId, useState } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { asProblem } from '../api.ts';
import { t, tAny } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

interface FrameProps {
  readonly titleId: string;
  readonly alert?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The frame of every dialog. */
export function Frame({ titleId, alert = false, onClose, children }: FrameProps): ReactNode {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable={!alert} onOpenChange={(open) => open || onClose()}>
      <Modal className="modal">
        <Dialog className="dialog" role={alert ? 'alertdialog' : 'dialog'} aria-labelledby={titleId}>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly lead?: string;
  readonly action: string;
  readonly danger?: boolean;
  /** What else is in it: a field. */
  readonly children?: ReactNode;
  /** Does it; the dialog stays and says why when this fails. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** The words for a failed call. */
export const wordsOf = (thrown: unknown): string => tAny([`problem.${asProblem(thrown).code}`], t('problem.other'));

/** Asks before something is done that cannot be undone by another click. */
export function Confirm(props: ConfirmProps): ReactNode {
  const { title, lead, action, danger = false, children, onConfirm, onClose } = props;
  const titleId = useId();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const confirm = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setFault(wordsOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Frame titleId={titleId} alert={danger} onClose={onClose}>
      <form
        noValidate
        className="confirm"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void confirm();
        }}
      >
        <h2 id={titleId} className="heading">
          {title}
        </h2>
        {lead && <p className="lead">{lead}</p>}
        {children}
        {fault && <Notice tone="fault">{fault}</Notice>}
        <div className="row row-end">
          <Button onClick={onClose}>{t('account.cancel')}</Button>
          <Button type="submit" look="primary" className={danger ? 'button-danger' : ''} busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Frame>
  );
}
