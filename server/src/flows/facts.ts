/** What a flow has established so far: plain data, sealed between two requests. */
import type { Purpose } from '../factors/factor.ts';
import type { Level } from '../levels.ts';
import type { Proof } from '../policy/policy.ts';
import type { Refused } from './prompt.ts';

/** The offer of a second factor, while it is open. */
export interface Offer {
  /** False where policy leaves no choice. */
  readonly skippable: boolean;
  /** Key of the sentence that says why. */
  readonly why: string;
}

/** Everything that steps decide from. Every path of every flow can be enumerated from these without I/O. */
export interface Facts {
  readonly purpose: Purpose;
  readonly proofs: readonly Proof[];
  /** Known once a password, a session or an address that can be reached has named somebody. */
  readonly userId?: string;
  /** The user's epoch when the flow first knew the user: any change since ends the flow. */
  readonly epoch?: number;
  readonly identifier?: string;
  /** The address that is to be confirmed or was. */
  readonly address?: { readonly typed: string; readonly canonical: string };
  /** False where the code went to nobody: nothing that is typed can be right. */
  readonly reachable?: boolean;
  readonly addressProved?: boolean;
  /** A person without an account yet: what they will be known by. */
  readonly newcomer?: {
    readonly id: string;
    readonly handle: string;
    readonly role: string;
    readonly by: 'registration' | 'invitation' | 'set-up';
    readonly invitation?: string;
  };
  readonly askPassword?: boolean;
  /** A second proof is needed; by one of `askable`, in this order. */
  readonly mustProve?: boolean;
  readonly askable?: readonly string[];
  /** The factor that is being asked. */
  readonly choice?: string;
  /** Factors that the risk check has ruled out: this flow sends them nothing. */
  readonly ruledOut?: readonly string[];
  readonly newPassword?: 'wanted' | 'set';
  readonly offer?: Offer | 'done';
  /** A hardware token was there to be had when the offer was made. */
  readonly tokenThere?: boolean;
  readonly enrolling?: string;
  /** Recovery kinds that are to be shown and kept. */
  readonly keep?: readonly string[];
  readonly lost?: 'ask' | 'answered';
  /** The token whose place is looked for, and the first of two codes once it was typed. */
  readonly resynchronising?: { readonly factor: string; readonly first?: string } | undefined;
  /** The level that a step-up must reach. */
  readonly wanted?: Level;
  /** What a step-up is proved for, as the one who asked for it named it. */
  readonly action?: string;
  readonly codesLeft?: number;
}

/** What a step says about an answer. `learn` makes the next facts of it, and nothing else does. */
export type Verdict =
  /** Refused; `ends` where the flow is over with it. */
  | { readonly is: 'no'; readonly refused: Refused; readonly ends?: boolean }
  /** An address was named. */
  | { readonly is: 'named'; readonly facts: Pick<Facts, 'address' | 'reachable' | 'userId' | 'epoch' | 'newcomer'> }
  /** The address is its holder's. */
  | { readonly is: 'confirmed'; readonly facts: Pick<Facts, 'proofs' | 'mustProve' | 'askable' | 'newPassword'> }
  /** The password is right: who it is, and what is asked next. */
  | {
      readonly is: 'known';
      readonly facts: Pick<
        Facts,
        'userId' | 'epoch' | 'identifier' | 'mustProve' | 'askable' | 'offer' | 'address' | 'reachable' | 'newPassword'
      >;
      readonly proof: Proof;
    }
  /** Another question is put, to this factor. */
  | { readonly is: 'asked'; readonly choice?: string; readonly again?: boolean }
  /** A factor was proved. */
  | { readonly is: 'proved'; readonly proof: Proof; readonly facts: Pick<Facts, 'codesLeft' | 'keep' | 'lost'> }
  /** A new password is set. */
  | { readonly is: 'password'; readonly proof: Proof; readonly facts: Pick<Facts, 'offer'> }
  /** The offer was answered. */
  | { readonly is: 'offered'; readonly facts: Pick<Facts, 'enrolling' | 'keep'> }
  /** A factor was added. */
  | { readonly is: 'enrolled'; readonly proof: Proof | undefined; readonly keep: readonly string[] }
  /** What was shown is kept. */
  | { readonly is: 'kept' }
  /** The first of two codes was typed. */
  | { readonly is: 'first-code'; readonly code: string }
  /** A token is in step again. */
  | { readonly is: 'resynchronised' }
  /** The question which factor is lost was answered. */
  | { readonly is: 'lost'; readonly facts: Pick<Facts, 'offer'> };

/** A refusal as a verdict. */
export const no = (code: Refused['code'], more: Omit<Refused, 'code'> = {}): Verdict => ({
  is: 'no',
  refused: { code, ...more },
});

/** Whether a second proof was given: any that is not the password and not the address that the flow confirmed. */
export const provedSecond = (facts: Facts): boolean =>
  facts.proofs.some((proof) => proof.use !== 'password' && proof.factorId !== null);
