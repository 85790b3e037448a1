/**
 * What is known against a number before a code goes to it: a swapped SIM card, a number that moved to another operator,
 * a number of voice over IP (NIST SP 800-63B-4 §3.1.3.3). Whoever knows is a service that the operator names.
 */
import { z } from 'zod';
import { address, call, demandSuccess, tryJson } from '../call.ts';
import { signWebhook } from '../webhook.ts';

/** Why nothing is sent to a number; `unavailable` where nobody could tell. */
export type RiskReason = 'swapped' | 'ported' | 'voip' | 'unavailable';

/** What a check says. */
export type RiskVerdict = { readonly ok: true } | { readonly ok: false; readonly why: RiskReason };

/** Says whether a code may go to a number now. Never throws; asked before each message and outside any transaction. */
export interface SmsRisk {
  check(about: { readonly number: string; readonly userId?: string | undefined }): Promise<RiskVerdict>;
}

/** Who is asked, and how. */
export interface RiskService {
  readonly url: string;
  /** Key of the signature, as the signed webhook has it. */
  readonly secret: string;
  /** What follows where the service gives no answer that can be read within two seconds. */
  readonly doubt: 'refuse' | 'allow';
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** Somebody waits for the code meanwhile. */
const timeoutMs = 2000;

const answer = z.object({ risk: z.enum(['none', 'swapped', 'ported', 'voip']) });

/**
 * The check by a signed webhook: `{ number, userId }` is posted, `{ "risk": "none" | "swapped" | "ported" | "voip" }`
 * answers. Throws where the address or the key is none.
 */
export function riskService({ url, secret, doubt, fetch, now }: RiskService): SmsRisk {
  if (!address.safeParse(url).success)
    throw new Error('SECONDLOCK_SMS_RISK_URL must be https, or http on this machine.');
  if (secret.length < 32) throw new Error('SECONDLOCK_SMS_RISK_URL needs SECONDLOCK_SMS_RISK_SECRET.');
  const ask = async (body: string) => {
    const headers = {
      'content-type': 'application/json',
      'secondlock-signature': signWebhook([secret], Math.floor(now() / 1000), body),
    };
    const said = await call(fetch, url, { headers, body, signal: AbortSignal.timeout(timeoutMs) });
    demandSuccess(said);
    return tryJson(said, answer)?.risk;
  };
  return {
    check: async ({ number, userId }) => {
      // What cannot be asked or read is a doubt like any other.
      const risk = await ask(JSON.stringify({ number, userId })).catch(() => undefined);
      if (risk === undefined) return doubt === 'allow' ? { ok: true } : { ok: false, why: 'unavailable' };
      return risk === 'none' ? { ok: true } : { ok: false, why: risk };
    },
  };
}
