/** Ways to forge a passkey's answer, each with the reason that the audit is told: what breaks one rule breaks one alone. */
import { randomBytes } from 'node:crypto';
import type { How } from '../../peers/webauthn/software-key.ts';

/** What is wrong, how it is made, and why it is refused. */
export type Forgery = readonly [what: string, how: How, why: string];

const anew = (): string => randomBytes(32).toString('base64url');

/** The site is `https://login.example.org`. */
export const origins: readonly Forgery[] = [
  ['plain http', { origin: 'http://login.example.org' }, 'origin'],
  ['another port', { origin: 'https://login.example.org:8443' }, 'origin'],
  ['the port spelled out', { origin: 'https://login.example.org:443' }, 'origin'],
  ['a sub domain', { origin: 'https://a.login.example.org' }, 'origin'],
  ['a sister domain', { origin: 'https://shop.example.org' }, 'origin'],
  ['the domain above', { origin: 'https://example.org' }, 'origin'],
  ['a dot behind', { origin: 'https://login.example.org.' }, 'origin'],
  ['a slash behind', { origin: 'https://login.example.org/' }, 'origin'],
  ['another’s name before it', { origin: 'https://login.example.org.evil.example' }, 'origin'],
  ['no origin', { origin: '' }, 'origin'],
  ['null', { origin: 'null' }, 'origin'],
  ['in a frame of another', { crossOrigin: true }, 'cross-origin'],
  ['in a frame, and whose', { crossOrigin: true, topOrigin: 'https://login.example.org' }, 'cross-origin'],
  ['a top origin alone', { topOrigin: 'https://evil.example' }, 'cross-origin'],
];

/** What both ceremonies check alike. `other` is the other ceremony's type. */
export const inBoth = (other: string): readonly Forgery[] => [
  ['the other ceremony', { type: other }, 'type'],
  ['a type that is none', { type: 'payment.get' }, 'type'],
  ['a challenge that was not put', { challenge: anew() }, 'challenge'],
  ['no challenge', { challenge: '' }, 'challenge'],
  ['client data that is no JSON', { clientData: '{"type":' }, 'client-data'],
  ['client data that is a list', { clientData: '[]' }, 'client-data'],
  ['another site', { rpId: 'evil.example' }, 'rp-id'],
  ['the domain above', { rpId: 'example.org' }, 'rp-id'],
  ['nobody there', { flags: { UP: false } }, 'user-presence'],
  ['backed up, and never to be', { flags: { BE: false, BS: true } }, 'backup-flags'],
];

/** What an assertion alone can have wrong. */
export const assertions: readonly Forgery[] = [
  ['a bit of the signature', { flip: 'signature' }, 'signature'],
  ['a bit of the authenticator data', { flip: 'authData' }, 'signature'],
  ['a bit of the client data', { flip: 'clientData' }, 'challenge'],
  ['an empty signature', { signature: Buffer.alloc(0) }, 'malformed'],
  ['a signature that is none', { signature: Buffer.from('no') }, 'malformed'],
  ['authenticator data cut off', { cut: 20 }, 'malformed'],
  ['zeros for a signature', { signature: Buffer.from('3006020100020100', 'hex') }, 'signature'],
  ['may be copied now', { flags: { BE: true } }, 'backup-flags'],
  ['is copied now', { flags: { BE: true, BS: true } }, 'backup-flags'],
  ['another’s handle', { userHandle: anew() }, 'user-handle'],
];

/** What a registration alone can have wrong. */
export const registrations: readonly Forgery[] = [
  ['a bit of the client data', { flip: 'clientData' }, 'challenge'],
  [
    'a bit of the signature of its own attestation',
    { attestation: { format: 'packed' }, flip: 'signature' },
    'attestation',
  ],
  ['the attestation cut off', { cut: 20 }, 'malformed'],
  [
    'an attestation of nobody that says something',
    { attestation: { format: 'none', statement: new Map([['x', 1]]) } },
    'attestation',
  ],
  ['a format that is none', { attestation: { format: 'trust-me', statement: new Map() } }, 'attestation'],
  [
    'a format whose check would ask elsewhere',
    { attestation: { format: 'android-safetynet', statement: new Map() } },
    'attestation',
  ],
  ['no key in it', { flags: { AT: false } }, 'malformed'],
  ['another id without than within', { outerId: 'b3RoZXI' }, 'credential-id'],
  ['an id that is too long', { id: Buffer.alloc(1024, 7).toString('base64url') }, 'credential-id'],
];
