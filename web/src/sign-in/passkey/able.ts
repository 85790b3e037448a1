/** What this browser can do with passkeys. It is asked when the page opens, so that it is known when it matters. */
import { useEffect, useState } from 'react';

/** What can be done here. */
export interface Abilities {
  /** Whether it knows passkeys and security keys at all: not on plain http, nor in some apps. */
  readonly passkeys: boolean;
  /** Whether this device keeps passkeys itself, behind a fingerprint, a face or a PIN. */
  readonly here: boolean;
}

/** Whether the browser knows passkeys. */
export const knowsPasskeys = (): boolean => typeof window.PublicKeyCredential === 'function';

const none: Abilities = { passkeys: false, here: false };

/** A browser that never answers is taken for one that cannot, rather than waited for. */
const patience = 1500;

let known: Abilities | undefined = knowsPasskeys() ? undefined : none;

async function ask(): Promise<Abilities> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, patience, false));
  const there = PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
  known = { passkeys: true, here: await Promise.race([there, late]) };
  return known;
}

const asked = known ? Promise.resolve(known) : ask().catch(() => none);

/** What can be done here; undefined for the moment in which it is not known yet. */
export function useAbilities(): Abilities | undefined {
  const [abilities, set] = useState(known);
  useEffect(() => {
    void asked.then(set);
  }, []);
  return abilities;
}

/** Whether the browser offers passkeys in a field, among the addresses that it fills in. */
export async function fillsIn(): Promise<boolean> {
  if (!knowsPasskeys() || typeof PublicKeyCredential.isConditionalMediationAvailable !== 'function') return false;
  return PublicKeyCredential.isConditionalMediationAvailable().catch(() => false);
}
