import { Problem } from '../../errors.ts';
import { no, type Verdict } from '../facts.ts';
import type { OpenChallenge, Scene } from '../flow.ts';

/** Seconds until another code may be asked for, for prompts whose codes are sent. */
export const mayResend = (scene: Scene, open: OpenChallenge): { resendAfter?: number } =>
  open.resendAt === null ? {} : { resendAfter: Math.max(0, Math.ceil((open.resendAt - scene.now) / 1000)) };

/** Another code, once the pause is over; what sends nothing cannot be asked for again. */
export function resend(scene: Scene, open: OpenChallenge | undefined): Verdict {
  if (open && open.resendAt === null) {
    throw new Problem('bad-request', { fields: [{ field: 'resend', why: 'nothing is sent for this factor' }] });
  }
  if (open && open.resendAt !== null && open.resendAt > scene.now) {
    return no('limited', { retryAfter: Math.ceil((open.resendAt - scene.now) / 1000) });
  }
  return { is: 'asked', again: true };
}
