/**
 * Tells the browser which passkeys of this account are in use, so that it offers none that are gone, and brings back one
 * that it hid by mistake (WebAuthn L3 §5.1.10).
 */
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Accepted, Factors } from '../data.ts';

interface Signalling {
  readonly signalAllAcceptedCredentials?: (accepted: Accepted) => Promise<void>;
}

/** Newer than the compiler's notion of a browser; older ones keep what they have. */
const signalling = (): Signalling => (window.PublicKeyCredential ?? {}) as unknown as Signalling;

/** Tells it each time the list is read, never from one that is known to be old: it would hide a passkey just made. */
export function useAccepted({ data, isFetching, isStale }: UseQueryResult<Factors>): void {
  const accepted = data && !isFetching && !isStale ? JSON.stringify(data.credentials) : undefined;
  useEffect(() => {
    if (accepted === undefined) return;
    // Nothing depends on it: a browser that will not listen is left alone.
    void signalling()
      .signalAllAcceptedCredentials?.(JSON.parse(accepted) as Accepted)
      .catch(() => undefined);
  }, [accepted]);
}
