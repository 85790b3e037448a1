/** The typed list of everything that happens. What is not here is not recorded; secrets and codes never are. */

import type { RiskReason } from '../delivery/sms/risk.ts';

/** Details of each event: no personal data, no secrets. */
export interface EventDetails {
  'registration.started': Record<string, never>;
  'registration.address-taken': Record<string, never>;
  'registration.completed': { readonly by: 'registration' | 'invitation' | 'set-up' };
  'address.confirmed': Record<string, never>;
  'address.change-started': Record<string, never>;
  'address.changed': Record<string, never>;
  'password.accepted': Record<string, never>;
  'password.refused': { readonly reason: 'wrong' | 'unknown-user' | 'not-active' };
  'password.set': { readonly by: 'registration' | 'change' | 'recovery' };
  'password.not-good-enough': { readonly reason: string };
  'challenge.put': { readonly kind: string; readonly purpose: string };
  'proof.accepted': { readonly kind: string; readonly factor: string; readonly purpose: string };
  'proof.refused': {
    readonly kind: string;
    readonly factor: string;
    readonly purpose: string;
    readonly reason: string;
  };
  /** Accepted all the same: the operator's setting says so. */
  'proof.risky': { readonly kind: string; readonly factor: string; readonly purpose: string; readonly risk: string };
  /** Answered on another device; the browser that asked has yet to collect it. */
  'proof.given-elsewhere': { readonly kind: string; readonly factor: string; readonly purpose: string };
  /** Somebody said no on another device. */
  'proof.denied': {
    readonly kind: string;
    readonly factor: string;
    readonly purpose: string;
    readonly reason: 'deny' | 'not-me';
  };
  'device.paired': { readonly kind: string };
  'device.refused': { readonly reason: string };
  'password.exposed': Record<string, never>;
  'attempts.refused': {
    readonly kind: string;
    readonly lane: string;
    readonly reason: 'paused' | 'disabled' | 'spent';
  };
  'sending.risky': { readonly channel: string; readonly why: RiskReason };
  'sending.refused': { readonly channel: string; readonly reason: string };
  'factor.added': { readonly kind: string; readonly factor: string; readonly by: 'owner' | 'policy' };
  'factor.removed': { readonly kind: string; readonly factor: string };
  'factor.lost': { readonly kind: string; readonly factor: string };
  'factor.spent': { readonly kind: string; readonly factor: string };
  'factor.renamed': { readonly kind: string; readonly factor: string };
  'factor.preferred': { readonly kind: string; readonly factor: string };
  'factor.kept': { readonly kind: string; readonly factor: string; readonly kept: boolean };
  /** It would have been asked, and its kind does not work as the server is configured. */
  'factor.unavailable': { readonly kind: string; readonly factor: string };
  'factor.disabled': { readonly kind: string };
  'recovery-set.renewed': { readonly kind: string; readonly factor: string };
  'offer.declined': Record<string, never>;
  'recovery.started': { readonly known: boolean };
  'recovery.completed': Record<string, never>;
  'session.started': { readonly session: string; readonly level: string; readonly flow: string };
  'session.replaced': { readonly session: string; readonly before: string; readonly level: string };
  'session.ended': { readonly session: string; readonly by: 'sign-out' | 'owner' | 'change' };
  'sessions.ended': { readonly count: number; readonly by: 'owner' | 'change' };
  'browser.new': Record<string, never>;
  'step-up.demanded': { readonly level: string; readonly for: string };
  /** `for` is what whoever asked for the proof called it. */
  'step-up.proved': { readonly for?: string };
  'profile.changed': { readonly fields: readonly string[] };
  'invitation.made': { readonly role: string };
  'token.imported': { readonly serial: string; readonly kind: string };
  'token.import-refused': { readonly format: string; readonly reason: string; readonly serial?: string };
  'token.reserved': { readonly serial: string };
  'token.assigned': { readonly serial: string; readonly factor: string };
  'token.freed': { readonly serial: string };
  'token.lost': { readonly serial: string };
  'token.revoked': { readonly serial: string };
  'token.resynchronised': { readonly serial: string; readonly by: 'owner' | 'console' };
  'receipt.refused': {
    /** Empty where the address names none of ours. */
    readonly account: string;
    readonly reason: 'no-such-account' | 'not-genuine' | 'unknown-message';
  };
  /** An account of a provider took nothing several times in a row: out of reach, too slow, a refusal or garbage. */
  'account.failing': { readonly account: string; readonly channel: string; readonly reason: string };
  'access.denied': { readonly reason: string; readonly path: string };
  'flow.refused': { readonly reason: string; readonly path: string };
}

/** The name of an event. */
export type EventType = keyof EventDetails;

/** One event: what, about whom, by whom; personal fields apart, because erasure deletes them. */
export type AuditEvent = {
  readonly [Type in EventType]: {
    readonly type: Type;
    readonly details: EventDetails[Type];
    readonly userId?: string | null;
    readonly actor?: string | null;
    readonly person?: Readonly<Record<string, string>>;
  };
}[EventType];

/** The events that an owner sees in their own activity. */
export const eventsShown = {
  done: [
    'registration.completed',
    'address.changed',
    'password.set',
    'factor.added',
    'factor.removed',
    'factor.lost',
    'factor.spent',
    'factor.disabled',
    'factor.preferred',
    'recovery-set.renewed',
    'token.reserved',
    'token.revoked',
    'token.resynchronised',
    'recovery.started',
    'recovery.completed',
    'session.started',
    'session.ended',
    'sessions.ended',
    'step-up.proved',
    'browser.new',
  ],
  refused: ['password.refused', 'proof.refused', 'proof.denied'],
} satisfies Readonly<Record<string, readonly EventType[]>>;
