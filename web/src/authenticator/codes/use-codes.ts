/** The codes that this phone keeps, and the moment that all of them are shown for. */
import { useEffect, useState } from 'react';
import { forgetCode, type KeptCode, keepCode, keptCodes, renameCode } from './kept-codes.ts';
import type { CodeKey } from './otpauth.ts';

export interface Codes {
  readonly list: readonly KeptCode[] | null | 'unreadable';
  readonly add: (key: CodeKey) => Promise<'kept' | 'there-already'>;
  readonly rename: (id: string, issuer: string, account: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
}

export function useCodes(): Codes {
  const [list, setList] = useState<Codes['list']>(null);
  const read = () => keptCodes().then(setList, () => setList('unreadable'));
  useEffect(() => void keptCodes().then(setList, () => setList('unreadable')), []);
  return {
    list,
    add: async (key) => {
      const kept = await keepCode(key);
      await read();
      return kept;
    },
    rename: async (id, issuer, account) => {
      await renameCode(id, issuer, account);
      await read();
    },
    remove: async (id) => {
      await forgetCode(id);
      await read();
    },
  };
}

/** Milliseconds since 1970, looked at four times a second while the page is seen. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && setNow(Date.now());
    const timer = setInterval(look, 250);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return now;
}
