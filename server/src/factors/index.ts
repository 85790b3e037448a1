/** The factor kinds there are, the most advisable first. A new kind is one file and one line here. */
import { backupCodes } from './backup-codes.ts';
import { email } from './email.ts';
import type { AnyFactorKind } from './factor.ts';
import { hotp } from './oath/hotp.ts';
import { totp } from './oath/totp.ts';
import { paperKey } from './paper-key.ts';
import { passkey } from './passkey/passkey.ts';
import { push } from './push/push.ts';
import { sms } from './sms/sms.ts';
import { yubikey } from './yubikey.ts';

/** Every kind, in the order in which they are offered. */
export const factorKinds: readonly AnyFactorKind[] = [
  passkey,
  totp,
  hotp,
  yubikey,
  push,
  sms,
  email,
  backupCodes,
  paperKey,
];

/** The kind of that name; a stored name that nobody knows is a broken promise, never a factor. */
export function kindOf(kind: string): AnyFactorKind {
  const found = factorKinds.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no such factor kind: ${kind}`);
  return found;
}
