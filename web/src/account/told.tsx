/** A short word that something worked, at the edge of the page, also read out. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

type Tell = (text: string) => void;

const Telling = createContext<Tell>(() => undefined);

/** Says something to the person in passing. */
export const useTell = (): Tell => useContext(Telling);

const stays = 7000;

export function Told({ children }: { children: ReactNode }): ReactNode {
  const [said, setSaid] = useState<{ readonly text: string }>();
  const tell = useMemo<Tell>(() => (text) => setSaid({ text }), []);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), stays);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Telling.Provider value={tell}>
      {children}
      <div className="told" role="status">
        {said && <p>{said.text}</p>}
      </div>
    </Telling.Provider>
  );
}
