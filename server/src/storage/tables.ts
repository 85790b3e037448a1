/**
 * The tables, as Kysely sees them. Every row that belongs to a directory of users carries its tenant. Times are
 * milliseconds since 1970; flags are 0 or 1; sealed columns hold what `security/sealing.ts` made.
 */
import type { Level } from '../levels.ts';

export interface TenantRow {
  id: string;
  name: string;
  /** Origins, JSON array; the first is the one that links are built from. */
  origins: string;
  rp_id: string;
  /** The name an authenticator shows. */
  issuer: string;
  sender: string;
  profile: 'balanced' | 'nist' | 'pci' | 'psd2';
  registration: 'open' | 'invited' | 'closed';
  /** The role table, JSON. */
  roles: string;
  version: number;
  created_at: number;
}

export interface UserRow {
  tenant: string;
  id: string;
  /** 64 random bytes, base64url: what authenticators know the user by (WebAuthn L3, user handle privacy). */
  handle: string;
  name: string;
  email: string;
  /** The address folded to the form that is unique and looked up. */
  email_canonical: string;
  locale: string;
  password_hash: string;
  password_changed_at: number;
  /** Raised by every change of password, factor, role, address, hold or recovery. */
  epoch: number;
  state: 'active' | 'held' | 'disabled';
  created_at: number;
  last_sign_in_at: number | null;
  /** Since when somebody else is known to have the password: it has to be changed at the next sign-in. */
  password_exposed_at: number | null;
}

export interface UserRoleRow {
  tenant: string;
  user_id: string;
  role: string;
  given_at: number;
}

export interface FactorRow {
  tenant: string;
  id: string;
  user_id: string;
  kind: string;
  use: 'everyday' | 'recovery';
  label: string;
  state: 'active' | 'lost' | 'spent';
  /** The most this factor proves; recovery kinds at most the level of the session that made them. */
  level: Level;
  /** Where its proofs come from: two proofs over one channel count once. */
  channel: string;
  /** Unique per tenant and kind where set (passkey ids, serials). */
  lookup: string | null;
  /** Masked, for lists. */
  hint: string;
  preferred: number;
  /** 1 where the owner keeps it beside a stronger one. */
  kept: number;
  data: string;
  version: number;
  created_at: number;
  created_from: string;
  last_used_at: number | null;
}

export interface FlowRow {
  tenant: string;
  id: string;
  name: string;
  transport: 'cookie' | 'token';
  /** SHA-256 of the cookie or token that alone may continue it. */
  holder_hash: string;
  user_id: string | null;
  epoch: number | null;
  session_id: string | null;
  /** The step that was entered last. */
  step: string;
  facts: string;
  version: number;
  address: string;
  browser: string;
  created_at: number;
  expires_at: number;
  done_at: number | null;
}

export interface ChallengeRow {
  tenant: string;
  id: string;
  flow_id: string;
  user_id: string | null;
  factor_id: string | null;
  kind: string;
  purpose: string;
  state: 'open' | 'answered' | 'denied' | 'dead';
  attempts: number;
  /** Sealed `{ prompt, pending }`. */
  pending: string;
  created_at: number;
  expires_at: number;
  resend_at: number | null;
  /** Sealed: what another device answered; the flow collects it. */
  answer: string | null;
  answered_at: number | null;
}

export interface AttemptRow {
  tenant: string;
  /** A user's id, or the keyed hash of an identifier that nobody has. */
  subject: string;
  kind: string;
  /** `known`, `other`, `recovery`, or `all`: the total over the lanes. */
  lane: string;
  count: number;
  /** Until when no answer is judged. */
  open_at: number;
  last_at: number;
}

export interface ThrottleRow {
  tenant: string;
  key: string;
  window_start: number;
  count: number;
}

export interface SessionRow {
  tenant: string;
  id: string;
  user_id: string;
  token_hash: string;
  transport: 'cookie' | 'token';
  level: Level;
  /** JSON array of RFC 8176 values. */
  amr: string;
  /** When the first and the latest proof of `level` were given. */
  authenticated_at: number;
  fresh_at: number;
  fresh_level: Level;
  created_at: number;
  last_seen_at: number;
  idle_ms: number;
  expires_at: number;
  ended_at: number | null;
  address: string;
  browser: string;
  place: string;
}

export interface KnownBrowserRow {
  tenant: string;
  user_id: string;
  token_hash: string;
  browser: string;
  created_at: number;
  last_seen_at: number;
}

export interface MessageRow {
  tenant: string;
  id: string;
  channel: 'email' | 'sms' | 'push';
  user_id: string | null;
  text: string;
  locale: string;
  /** Sealed `{ to, parameters }`, emptied after the last try. */
  body: string;
  state: 'queued' | 'sending' | 'sent' | 'delivered' | 'failed' | 'expired' | 'nobody';
  tries: number;
  next_at: number;
  lease_until: number;
  not_after: number | null;
  created_at: number;
  sent_at: number | null;
  provider: string;
  error: string;
  /** The question whose code it carries. */
  challenge_id: string | null;
  /** When its code was answered rightly: what a provider's conversion is counted by. */
  converted_at: number | null;
  /** The country calling code of an SMS, `+49`; empty for other channels. */
  prefix: string;
  /** The destination, masked: what is left of it when the body has gone. */
  hint: string;
}

/** One try to hand a message to one provider. */
export interface MessageTryRow {
  tenant: string;
  message_id: string;
  /** 1, 2, 3 …, over all providers. */
  number: number;
  provider: string;
  state: 'sent' | 'delivered' | 'failed';
  /** The provider's id of the message. */
  reference: string | null;
  error: string;
  /** A decimal number as text, and its currency, where the provider says. */
  cost: string | null;
  currency: string;
  at: number;
  /** When the provider last told something about it. */
  receipt_at: number | null;
}

/** A hardware token that was imported. Its secret is here while nobody has it, and in its factor from then on. */
export interface TokenRow {
  tenant: string;
  serial: string;
  /** The kind of factor that it becomes. */
  kind: string;
  maker: string;
  model: string;
  state: 'free' | 'reserved' | 'assigned' | 'lost' | 'revoked';
  /** Whom it is reserved for or assigned to. */
  user_id: string | null;
  factor_id: string | null;
  /** Sealed, as the kind's `data`; empty while it is assigned. */
  data: string;
  starts_at: number | null;
  expires_at: number | null;
  created_at: number;
  version: number;
}

export interface InvitationRow {
  tenant: string;
  id: string;
  token_hash: string;
  email: string;
  role: string;
  created_by: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface EventRow {
  tenant: string;
  id: string;
  at: number;
  type: string;
  /** Who did it: a user's id, or null where nobody is known. */
  actor: string | null;
  /** Whom it concerns. */
  user_id: string | null;
  /** The flow or request it belongs to. */
  correlation: string;
  address: string;
  browser: string;
  /** JSON, without personal data and without secrets. */
  details: string;
  /** The sealer's columns: number, chain and signature; empty until it has passed. */
  number: number | null;
  personal_digest: string | null;
  previous_hash: string | null;
  hash: string | null;
  signature: string | null;
}

export interface EventPersonRow {
  tenant: string;
  event_id: string;
  salt: string;
  /** JSON: the personal fields that erasure deletes. */
  data: string;
}

/** A key pair of the service itself. */
export interface ServiceKeyRow {
  tenant: string;
  /** What it is for. */
  name: string;
  public_key: string;
  /** Sealed. */
  private_key: string;
  created_at: number;
}

export interface Tables {
  tenants: TenantRow;
  users: UserRow;
  user_roles: UserRoleRow;
  factors: FactorRow;
  flows: FlowRow;
  challenges: ChallengeRow;
  attempts: AttemptRow;
  throttles: ThrottleRow;
  sessions: SessionRow;
  known_browsers: KnownBrowserRow;
  messages: MessageRow;
  message_tries: MessageTryRow;
  tokens: TokenRow;
  invitations: InvitationRow;
  events: EventRow;
  event_persons: EventPersonRow;
  service_keys: ServiceKeyRow;
}
