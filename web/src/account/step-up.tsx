/**
 * A fresh proof in between: a call that needs one is answered `step-up-required`; then a dialog asks for it and the call
 * is made again.
 */
import { createContext, type ReactNode, useCallback, useContext, useId, useMemo, useRef, useState } from 'react';
import { ApiProblem } from '../api.ts';
import { FaultSlot } from '../sign-in/answer-form.tsx';
import { type Flow, useFlow } from '../sign-in/flow.ts';
import { FlowBody } from '../sign-in/flow-body.tsx';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { leftOver } from './data.ts';
import { Frame } from './dialog.tsx';

/** Makes a call, with a fresh proof in between where it needs one. */
export type Guard = <T>(action: () => Promise<T>) => Promise<T>;

const Guarding = createContext<Guard>((action) => action());

/** The guard of the account pages. */
export const useGuard = (): Guard => useContext(Guarding);

const needsProof = (thrown: unknown): thrown is ApiProblem =>
  thrown instanceof ApiProblem && thrown.code === 'step-up-required';

/** What is shown where there is no question: it could not be fetched, or its last try was used. */
function Stuck({ flow }: { flow: Flow }): ReactNode {
  const fault = useId();
  if (!flow.fault) return <p className="waiting">{t('app.wait')}</p>;
  return (
    <div className="step">
      <FaultSlot flow={flow} ask="step-up" id={fault} />
      <Button busy={flow.busy} onClick={() => flow.begin()}>
        {t('account.retry')}
      </Button>
    </div>
  );
}

interface ProofDialogProps {
  readonly level: string | undefined;
  readonly onProved: () => void;
  readonly onCancel: () => void;
}

function ProofDialog({ level, onProved, onCancel }: ProofDialogProps): ReactNode {
  const title = useId();
  const flow = useFlow({ name: 'step-up', start: level ? { level } : {}, atOnce: true, onDone: onProved });
  return (
    <Frame titleId={title} onClose={onCancel}>
      <p className="dialog-for" id={title}>
        {t('step-up.title')}
      </p>
      {flow.answer ? <FlowBody flow={flow} inner /> : <Stuck flow={flow} />}
      <Button look="quiet" onClick={onCancel}>
        {t('account.cancel')}
      </Button>
    </Frame>
  );
}

interface Wanted {
  readonly problem: ApiProblem;
  readonly settle: (proved: boolean) => void;
}

/** Gives the pages below it a guard. */
export function StepUp({ children }: { children: ReactNode }): ReactNode {
  const [wanted, setWanted] = useState<Wanted>();
  const pending = useRef<Wanted>(undefined);

  const ask = useCallback((problem: ApiProblem): Promise<boolean> => {
    return new Promise((resolve) => {
      const next: Wanted = {
        problem,
        settle: (proved) => {
          pending.current = undefined;
          setWanted(undefined);
          resolve(proved);
        },
      };
      pending.current?.settle(false);
      pending.current = next;
      setWanted(next);
    });
  }, []);

  const guard = useMemo<Guard>(
    () => async (action) => {
      try {
        return await action();
      } catch (thrown) {
        leftOver(thrown);
        if (!needsProof(thrown) || !(await ask(thrown))) throw thrown;
        return action();
      }
    },
    [ask],
  );

  return (
    <Guarding.Provider value={guard}>
      {children}
      {wanted && (
        <ProofDialog
          level={wanted.problem.level}
          onProved={() => wanted.settle(true)}
          onCancel={() => wanted.settle(false)}
        />
      )}
    </Guarding.Provider>
  );
}
