/** How an authenticator says who made it: attestation objects (WebAuthn §6.5.4, §8) and makers with certificates. */
import { sign } from 'node:crypto';
import { type Cbor, cbor } from './cbor.ts';
import { type Holder, issue } from './certificate.ts';
import type { Pair } from './pairs.ts';

/** Who makes authenticators: its root, its works, and the certificate that is in each device of a model. */
export interface Maker {
  readonly root: Holder;
  readonly works: Holder;
  readonly device: Holder;
}

/** Founds a maker whose devices carry the given model in their certificates (WebAuthn §8.2.1). */
export function foundMaker(
  given: { readonly aaguid?: string; readonly to?: Date; readonly root?: Holder } = {},
): Maker {
  const root = given.root ?? issue({ subject: { C: 'AA', O: 'Keys', CN: 'Keys Root' }, ca: true });
  const works = issue({ subject: { C: 'AA', O: 'Keys', CN: 'Keys Works' }, by: root, ca: true });
  const device = issue({
    subject: { C: 'AA', O: 'Keys', OU: 'Authenticator Attestation', CN: 'Keys Model 1' },
    by: works,
    ...(given.aaguid === undefined ? {} : { aaguid: given.aaguid }),
    ...(given.to === undefined ? {} : { to: given.to }),
  });
  return { root, works, device };
}

/** What to attest with: nothing, the new key itself, or a maker's certificate. */
export type Attesting =
  | { readonly format: 'none' | 'packed' }
  | { readonly format: 'packed' | 'fido-u2f'; readonly maker: Maker }
  /** Anything else, as it stands. */
  | { readonly format: string; readonly statement: ReadonlyMap<string, Cbor> };

interface Registering {
  readonly authData: Buffer;
  readonly clientDataHash: Buffer;
  readonly rpIdHash: Buffer;
  readonly credentialId: Buffer;
  readonly pair: Pair;
  readonly changed: (data: Buffer, part: 'signature' | 'authData') => Buffer;
}

/** Writes the attestation object; keys are in CTAP2's order, as browsers pass them on. */
export function attestationObject(attesting: Attesting, given: Registering): Buffer {
  const statement = 'statement' in attesting ? attesting.statement : statementOf(attesting, given);
  return cbor(
    new Map<string, Cbor>([
      ['fmt', attesting.format],
      ['attStmt', statement],
      ['authData', given.changed(given.authData, 'authData')],
    ]),
  );
}

function statementOf(attesting: Exclude<Attesting, { statement: unknown }>, given: Registering): Map<string, Cbor> {
  if (attesting.format === 'none') return new Map();
  const signed = (data: Buffer): Buffer => given.changed(data, 'signature');
  const data = Buffer.concat([given.authData, given.clientDataHash]);
  if (!('maker' in attesting))
    return new Map<string, Cbor>([
      ['alg', given.pair.alg],
      ['sig', signed(given.pair.sign(data))],
    ]);
  const { device, works } = attesting.maker;
  if (attesting.format === 'fido-u2f') {
    // The raw message of U2F: 0x00, application, challenge, key handle, point (WebAuthn §8.6).
    const point = Buffer.concat([Buffer.from([4]), coordinate(given.pair, -2), coordinate(given.pair, -3)]);
    const message = Buffer.concat([Buffer.from([0]), given.rpIdHash, given.clientDataHash, given.credentialId, point]);
    const sig = signed(sign('sha256', message, device.privateKey));
    return new Map<string, Cbor>([
      ['sig', sig],
      ['x5c', [device.certificate.raw]],
    ]);
  }
  return new Map<string, Cbor>([
    ['alg', -7],
    ['sig', signed(sign('sha256', data, device.privateKey))],
    ['x5c', [device.certificate.raw, works.certificate.raw]],
  ]);
}

function coordinate(pair: Pair, label: -2 | -3): Buffer {
  return Buffer.from(pair.cose.get(label) as Buffer);
}
